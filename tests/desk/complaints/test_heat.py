import pytest

from amends.desk.complaints import actions, queries
from amends.desk.complaints.heat import heat_of


@pytest.mark.parametrize(
    ("signals", "heat"),
    [
        ([], 0),
        (["content", "thanks"], 0),
        (["wants-person"], 1),
        (["repeat-contact"], 1),
        (["anger"], 2),
        (["anger", "leaving"], 3),
        (["insult"], 3),
    ],
)
def test_signals_are_weighed(signals, heat):
    assert heat_of(signals) == heat


@pytest.mark.parametrize(
    ("language", "angry", "calm"),
    [
        ("en", "This is a disgrace! You are idiots.", "Could you tell me when it comes?"),
        ("tr", "Bu tam bir rezalet! Sizi aptallar.", "Ne zaman gelir acaba?"),
        ("fa", "این افتضاح است! شما احمق هستید.", "لطفاً بفرمایید کی می‌رسد؟"),
        ("mn", "Энэ чинь ичгүүр! Тэнэгүүд ээ.", "Хэзээ ирэх вэ?"),
    ],
)
def test_anger_is_noticed_in_every_language(make_complaint, now, language, angry, calm):
    hot = make_complaint(text=angry, language=language)
    cool = make_complaint(text=calm, language=language)
    assert (hot.heat >= 2, cool.heat) == (True, 0)
    event = hot.events.get(kind="customer-wrote")
    assert {"anger", "insult"} & set(event.content.data["signals"])
    assert [row.number for row in queries.inbox(agent=hot.owner, view="hot", now=now)] == [hot.number]


def test_who_knows_better_says_so(make_complaint, now):
    complaint = make_complaint(text="This is a disgrace!", language="en", heat=0)
    assert complaint.heat == 0
    actions.customer_writes(complaint=complaint, text="Fine.", heat=3, channel="mail", now=now)
    assert complaint.heat == 3


def test_a_no_in_anger_is_hot_too(make_complaint, now):
    complaint = make_complaint(language="en")
    actions.say_not_content(complaint=complaint, text="You are idiots!", now=now)
    assert complaint.heat == 3
