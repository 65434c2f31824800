"""What else is done to a complaint, by the API: pins, what it is about, words that are due, time limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.clocks import actions as clocks
from amends.desk.clocks.models import CustomerGroup
from amends.desk.complaints import listed
from amends.desk.complaints.models import EventKind, Product
from amends.desk.people.models import Role
from amends.desk.remedies import rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def ahead(**span):
    return (timezone.now() + timedelta(**span)).isoformat()


@pytest.fixture
def complaint(make_complaint):
    return make_complaint(language="en", text="My number is 4711. The lid broke.")


@pytest.fixture
def at(complaint):
    return f"complaints/{complaint.number}"


def test_words_of_the_customer_are_pinned_and_taken_off(program, complaint, at):
    event = complaint.events.get(kind=EventKind.CUSTOMER_WROTE).pk
    (pin,) = program("POST", f"{at}/pins", {"event": event, "words": "My number is 4711."}).json()["pins"]
    assert (pin["words"], pin["event"]) == ("My number is 4711.", event)
    assert program("POST", f"{at}/pins", {"event": event, "words": "Not theirs"}).json()["code"] == "unable"
    assert program("DELETE", f"{at}/pins/{pin['id']}").json()["pins"] == []
    assert program("GET", f"{at}/pins").json()["pins"] == []


def test_it_is_said_what_it_is_about_and_whose_fault_it_was(program, complaint, at):
    listed.keep("product", entry=None, name="Kettle", names={})
    product = Product.objects.get().pk
    told = program("PUT", f"{at}/about", {"product": product}).json()
    assert (told["product"], told["branch"], told["products"]) == (product, None, [{"id": product, "name": "Kettle"}])
    assert program("GET", f"{at}/about").json() == told
    assert program("PUT", f"{at}/about", {"branch": 999_999}).json()["errors"][0]["place"] == "branch"
    assert program("PUT", f"{at}/our-fault", {"ours": True}).json()["ours"] is True
    assert program("PUT", f"{at}/our-fault", {"ours": False}).json()["ours"] is False
    owner = complaint.owner
    rule = rules.write(title="Thirty days", text="None.", purpose="Costs", owner=owner, by=owner, now=timezone.now())
    assert program("PUT", f"{at}/because", {"rule": rule.pk}).json()["rule"] == rule.pk
    assert program("GET", f"{at}/because").json()["rule"] == rule.pk
    remedy = {"kind": "refund", "what": "All of it", "reason": "Broken twice", "rule": rule.pk}
    assert program("POST", f"{at}/remedies", remedy).json()["is_exception"] is True
    assert program("POST", f"{at}/remedies", {**remedy, "carrier": "team"}).json()["code"] == "unable"
    assert program("POST", f"{at}/remedies", {**remedy, "rule": 999_999}).json()["errors"][0]["place"] == "rule"
    assert program("PUT", f"{at}/because", {"rule": None}).json()["rule"] is None
    assert program("PUT", f"{at}/because", {"rule": 999_999}).json()["errors"][0]["place"] == "rule"


def test_the_next_word_and_a_promise_that_will_not_be_kept_are_told_in_time(program, complaint, at):
    wait = {"who": "The workshop", "until": ahead(days=1), "told": "phone"}
    waits = program("POST", f"{at}/third-parties", wait).json()
    word = {"text": "No news yet, I am at it.", "until": ahead(days=2)}
    assert program("POST", f"third-parties/{waits['id']}/word", word, key="w").status_code == 201
    assert (
        program("POST", f"third-parties/{waits['id']}/word", {**word, "until": ahead(days=-2)}, key="v").json()["code"]
        == "unable"
    )
    promise = program("POST", f"{at}/promises", {"words": "A new lid", "due_at": ahead(days=1)}).json()["id"]
    notice = {"text": "I am sorry: it takes until Friday.", "due_at": ahead(days=3)}
    assert program("POST", f"promises/{promise}/notice", notice, key="n").status_code == 201
    rows = program("GET", f"{at}/promises").json()["promises"]
    assert next(one["told_in_advance"] for one in rows if one["id"] == promise) is True
    assert program("POST", f"promises/{promise}/notice", notice, key="m").json()["code"] == "unable"


def test_a_draft_is_read_in_its_conversation_and_kept_nowhere(program, complaint, at):
    told = program("POST", f"{at}/read-draft", {"text": "That is our policy. I will call you tomorrow."}).json()
    assert told["language"] == "en"
    assert told["findings"]
    whole = {"text": "I am sorry."}
    assert program("POST", f"{at}/read-apology", whole).json()["sorry"] is True
    assert not complaint.drafts.exists()


def test_the_heat_is_told_and_a_pause_is_taken_back(program, complaint, at):
    assert len(program("GET", f"{at}/heat").json()["marks"]) == 1
    program("POST", f"{at}/take-five", {"until": ahead(hours=1)})
    paused = {"event": complaint.events.get(kind=EventKind.PAUSED).pk}
    assert program("POST", f"{at}/undo", paused).status_code == 200
    assert complaint.events.filter(kind=EventKind.UNDONE).exists()
    assert program("POST", f"{at}/undo", paused).json()["code"] == "unable"
    assert program("POST", f"{at}/undo", {"event": 999_999}).status_code == 404


class TestTimeLimits:
    @pytest.fixture(autouse=True)
    def _laws(self, make_agent):
        clocks.set_law(code="uk.final", is_on=True, by=make_agent(role=Role.ADMINISTRATOR), now=timezone.now())

    @pytest.fixture
    def complaint(self, make_complaint):
        return make_complaint(language="en", at=timezone.now() - DAY)

    def test_they_are_listed_with_the_sum_behind_each(self, program, at):
        limits = program("GET", f"{at}/time-limits").json()["limits"]
        law = next(one for one in limits if one["is_legal"])
        why = program("GET", f"time-limits/{law['id']}/why").json()
        assert (why["id"], bool(why["lines"])) == (law["id"], True)

    def test_the_last_reply_is_marked_as_the_final_answer_once(self, program, complaint, at):
        assert program("POST", f"{at}/final-answer").json()["code"] == "unable"
        program("POST", f"{at}/reply", {"text": "We cannot refund it."}, key="r")
        assert program("POST", f"{at}/final-answer").status_code == 200
        assert complaint.events.filter(kind=EventKind.FINAL_ANSWER).count() == 1
        assert program("POST", f"{at}/final-answer").json()["code"] == "unable"

    def test_a_first_day_is_entered_for_a_law_that_begins_on_one(self, program, at):
        today = timezone.now().date()
        no_such = program("POST", f"{at}/time-limits", {"code": "uk.final", "began": today.isoformat()}).json()
        assert no_such["code"] == "unable"
        known = program("GET", f"{at}/time-limits").json()["startable"]
        assert isinstance(known, list)

    def test_the_customer_is_put_into_a_group_and_out_of_it(self, program, at):
        group = CustomerGroup.objects.create(name="Old friends", position=1)
        assert program("PUT", f"{at}/customer-group", {"group": group.pk}).json()["group"] == group.pk
        assert program("PUT", f"{at}/customer-group", {"group": 999_999}).json()["errors"][0]["place"] == "group"
        assert program("PUT", f"{at}/customer-group", {"group": None}).json()["group"] is None
