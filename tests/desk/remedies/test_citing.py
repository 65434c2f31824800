import json
from decimal import Decimal

import pytest

from amends.desk.remedies import citing, rules
from amends.desk.remedies.models import Rule

CALLED = """
return period
thirty days
iade süresi
مهلت مرجوعی
буцаах хугацаа
"""


@pytest.fixture
def returns(house, now):
    return rules.write(
        title="Returns within 30 days",
        text="Goods come back within thirty days.",
        purpose="The season is sold off after that.",
        room="Take it back against credit, up to two weeks later.",
        called=CALLED,
        owner=house["lead"],
        by=house["lead"],
        now=now,
    )


@pytest.fixture
def delivery(house, now):
    return rules.write(
        title="Free delivery from 50 €",
        text="…",
        purpose="…",
        called="delivery fee\nteslimat ücreti\nهزینهٔ ارسال\nхүргэлтийн төлбөр",
        owner=house["lead"],
        by=house["lead"],
        now=now,
    )


DRAFTS = {
    "en": "I am afraid our policy does not allow this: the return period is over.",
    "tr": "Maalesef kurallarımız gereği iade süreniz dolduğu için bunu yapamıyoruz.",
    "fa": "متأسفانه طبق قوانین فروشگاه مهلت مرجوعی شما تمام شده است.",
    "mn": "Манай журмын дагуу буцаах хугацаа нь өнгөрсөн тул боломжгүй.",
}


@pytest.mark.parametrize("language", list(DRAFTS))
@pytest.mark.usefixtures("delivery")
def test_it_says_how_far_the_rule_may_be_bent(language, complaint, house, returns, now):
    (one,) = citing.possible(complaint=complaint, agent=house["agent"], text=DRAFTS[language], now=now)
    assert one.rule_id == returns.pk
    assert returns.room in one.words
    assert "Returns within 30 days" in one.words
    assert any(digits in one.words for digits in ("50", "۵۰"))
    assert DRAFTS[language][one.start : one.end].strip()


def test_a_draft_that_cites_no_rule_hears_nothing(complaint, house, returns, now):
    kind = "I am so sorry. We take it back today, and the money is with you by Friday."
    assert citing.possible(complaint=complaint, agent=house["agent"], text=kind, now=now) == []


def test_it_does_not_guess(complaint, house, returns, delivery, now):
    vague = "That is against our policy."
    assert citing.possible(complaint=complaint, agent=house["agent"], text=vague, now=now) == []
    both = "Our policy on the return period and the delivery fee does not allow this."
    assert citing.possible(complaint=complaint, agent=house["agent"], text=both, now=now) == []


def test_what_the_matter_is_about_helps(make_complaint, house, returns, delivery, now):
    complaint = make_complaint(
        owner=house["agent"], language="en", text="You want a delivery fee from me although I spent 60 €?"
    )
    (one,) = citing.possible(complaint=complaint, agent=house["agent"], text="That is against our policy.", now=now)
    assert one.rule_id == delivery.pk


def test_without_room_it_says_whom_to_ask(complaint, house, returns, make_agent, now):
    poor = make_agent(team=house["agent"].team)
    (one,) = citing.possible(complaint=complaint, agent=poor, text=DRAFTS["en"], now=now)
    assert "Leyla" in one.words


def test_a_rule_out_of_force_is_not_proposed(complaint, house, returns, now):
    rules.retire(rule=returns, by=house["lead"], now=now)
    assert citing.possible(complaint=complaint, agent=house["agent"], text=DRAFTS["en"], now=now) == []


@pytest.mark.parametrize(
    ("known", "said", "same"),
    [("period", "periods", True), ("suresi", "sureniz", True), ("day", "days", False), ("30", "300", False),
     ("хугацаа", "хугацааг", True), ("fee", "feed", False)],
)  # fmt: skip
def test_endings_do_not_matter_and_short_words_do(known, said, same):
    assert citing._same(known, said) is same


def test_the_coach_says_it_on_the_card(client, complaint, house, returns):
    client.force_login(house["agent"])
    address = f"/desk/coach/read/{complaint.number}/"
    told = json.loads(client.post(address, {"text": DRAFTS["en"]}).content)
    card = told["findings"][0]
    assert card["name"] == "rule-book"
    assert card["instead"].startswith("You may bend “Returns within 30 days” up to €50")
    softened = "Our policy is a return period of thirty days, but of course I will refund you today."
    told = json.loads(client.post(address, {"text": softened}).content)
    about = [one for one in told["findings"] if one["name"] in {"rule-book", "room"}]
    assert any("You may bend" in one["instead"] for one in about)
    assert all(one["hint"] for one in about)
    nothing = json.loads(client.post(address, {"text": "Hello, a new one leaves today."}).content)
    assert all("You may bend" not in one["instead"] for one in nothing["findings"])


def test_the_limit_is_what_is_left(complaint, house, returns, now):
    from amends.desk.remedies import actions

    actions.put_right(complaint=complaint, by=house["agent"], kind="gift", cost=Decimal(35), currency="EUR", now=now)
    (one,) = citing.possible(complaint=complaint, agent=house["agent"], text=DRAFTS["en"], now=now)
    assert "€15" in one.words
    assert Rule.objects.count() == 1
