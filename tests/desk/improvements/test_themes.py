"""Themes: found where nobody named them, named, merged and split; and whether they were planned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from amends.desk.complaints.models import Complaint
from amends.desk.improvements import actions, finding, planned, themes
from amends.desk.improvements.models import Cause, Found, Plan, Theme
from amends.desk.remedies import rules

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/improvements/themes/"
CARDS = (
    "My gift card expired and the shop kept the money.",
    "The gift card expired after a year, nobody said so.",
    "Your gift card expired in my drawer, I want the money.",
    "An expired gift card is money that the shop kept.",
    "They say that my gift card expired last week.",
)
OTHERS = (
    "The kettle leaks from below.",
    "A waiter shouted at my father.",
    "No seats in the upper deck bus.",
    "Blue paint peels off the fence.",
)


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch):
    monkeypatch.setattr(actions, "load_vectors", lambda: None)


@pytest.fixture
def lead(make_agent):
    return make_agent(name="Deniz Kaya", role="quality")


@pytest.fixture
def told(lead, make_complaint, make_customer, now):
    customer = make_customer(language="en", name="Ann Carter")
    return [
        make_complaint(customer=customer, owner=lead, text=text, at=now - timedelta(days=3 + place))
        for place, text in enumerate((*CARDS, *OTHERS))
    ]


class TestWhatIsAlike:
    def test_is_found_named_and_not_found_again(self, client, lead, told, now):
        assert finding.find(now=now, vectors=None) == 1
        found = Found.objects.get()
        assert set(found.members) == {one.pk for one in told[: len(CARDS)]}

        client.force_login(lead)
        page = client.get(ADDRESS).content.decode()
        assert CARDS[0] in page
        assert OTHERS[0] not in page
        refused = client.post(ADDRESS, {"act": "name", "found": found.pk, "complaint": found.members, "name": " "})
        assert refused.status_code == 422
        ticked = found.members[1:]
        sent = {"act": "name", "found": found.pk, "complaint": ticked, "name": "Cards expire", "layer": "message"}
        assert client.post(ADDRESS, {**sent, "plan": "as-planned"}).status_code == 302
        causes = Cause.objects.filter(theme__name="Cards expire", confirmed_by=lead)
        assert {cause.complaint_id for cause in causes} == set(ticked)
        assert Theme.objects.get(name="Cards expire").plan == Plan.AS_PLANNED
        with pytest.raises(themes.UnableToName):
            themes.name_found(found=found, complaint_ids=ticked, layer="message", name="Again", by=lead, now=now)
        assert finding.find(now=now, vectors=None) == 0

    def test_leaves_what_was_not_ticked_to_be_named_otherwise(self, client, lead, make_complaint, make_customer, now):
        customer = make_customer(language="en", name="Ann Carter")
        more = (
            "My gift card expired and the shop kept all of it.",
            "A gift card that expired: the shop kept the money.",
        )
        for place, text in enumerate((*CARDS, *more, *more)):
            make_complaint(customer=customer, owner=lead, text=text, at=now - timedelta(days=3 + place))
        finding.find(now=now, vectors=None)
        found = Found.objects.get()
        ticked, rest = found.members[:-4], found.members[-4:]
        client.force_login(lead)
        sent = {"act": "name", "found": found.pk, "complaint": ticked, "name": "Cards expire", "layer": "message"}
        assert client.post(ADDRESS, sent).status_code == 302
        left = Found.objects.get(put_away_at=None)
        assert left.members == rest
        assert finding.find(now=now, vectors=None) == 1  # the night does not take it away
        left = Found.objects.get(put_away_at=None)
        assert set(left.members) >= set(rest)
        sent = {"act": "name", "found": left.pk, "complaint": left.members, "name": "Money kept", "layer": "process"}
        assert client.post(ADDRESS, sent).status_code == 302
        assert Cause.objects.filter(theme__name="Money kept").count() == len(left.members)
        assert not Found.objects.filter(put_away_at=None).exists()

    def test_is_not_laid_on_who_did_as_a_rule_says(self, client, lead, told, now):
        finding.find(now=now, vectors=None)
        found = Found.objects.get()
        rule = rules.write(
            title="Cards run out", text="After a year.", purpose="Bookkeeping.", owner=lead, by=lead, now=now
        )
        rules.say_trouble(complaint=told[0], rule=rule, by=lead, now=now)
        client.force_login(lead)
        sent = {"act": "name", "found": found.pk, "complaint": found.members, "name": "Cards", "layer": "employee"}
        refused = client.post(ADDRESS, sent)
        assert refused.status_code == 422
        assert not Cause.objects.filter(layer="employee").exists()

    def test_does_not_come_back_once_it_was_put_away(self, lead, told, now):
        finding.find(now=now, vectors=None)
        themes.put_away(found=Found.objects.get(), by=lead, now=now)
        assert finding.find(now=now, vectors=None) == 0

    def test_is_split_off_a_large_theme(self, lead, make_complaint, make_customer, now):
        customer = make_customer(language="en", name="Ann Carter")
        more = (*OTHERS, "Soup was cold again.", "Train left early.", "Jam jar without jam.", "Loud disco below us.")
        for place, text in enumerate((*CARDS, *more)):
            one = make_complaint(customer=customer, owner=lead, text=text, at=now - timedelta(days=3 + place))
            actions.confirm(complaint=one, layer="process", theme="Everything", by=lead, now=now)
        assert finding.find(now=now, vectors=None) == 1
        found = Found.objects.get()
        assert found.within.name == "Everything"
        themes.name_found(
            found=found, complaint_ids=found.members, layer="process", name="Gift cards", by=lead, now=now
        )
        kept = dict.fromkeys(("Everything", "Gift cards"), 0)
        for name in Cause.objects.values_list("theme__name", flat=True):
            kept[name] += 1
        assert kept == {"Everything": len(more), "Gift cards": len(CARDS)}


class TestMerging:
    def test_moves_complaints_and_the_name_leads_on(self, client, lead, told, now):
        for one, name in zip(told, ("Cups", "Glasses", "Glasses"), strict=False):
            actions.confirm(complaint=one, layer="process", theme=name, by=lead, now=now)
        cups, glasses = (Theme.objects.get(name=name) for name in ("Cups", "Glasses"))
        client.force_login(lead)
        client.post(ADDRESS, {"act": "merge", "theme": cups.pk, "into": glasses.pk})
        assert Cause.objects.filter(theme=glasses).count() == 3
        actions.confirm(complaint=told[4], layer="process", theme="Cups", by=lead, now=now)
        assert Cause.objects.filter(theme=glasses).count() == 4
        with pytest.raises(themes.UnableToMerge):
            themes.merge(theme=glasses, into=cups)

    def test_and_renaming_refuse_what_is_taken(self, lead, told, now):
        for one, name in zip(told, ("Cups", "Glasses"), strict=False):
            actions.confirm(complaint=one, layer="process", theme=name, by=lead, now=now)
        cups = Theme.objects.get(name="Cups")
        for name in ("Glasses", "Broken or faulty", "  "):
            with pytest.raises(themes.UnableToName):
                themes.rename(theme=cups, name=name)
        assert themes.rename(theme=cups, name="Broken cups").name == "Broken cups"
        with pytest.raises(themes.UnableToMerge):
            themes.merge(theme=cups, into=cups)


class TestAsPlanned:
    def test_is_what_somebody_said_else_what_the_evidence_says(self, lead, told, now):
        broken, corner, said, late = "Broken on the way", "Coffee corner", "As it should be", "late"
        for one, name in zip(told, (broken, corner, corner, said, late), strict=False):
            actions.confirm(complaint=one, layer="process", theme=name, by=lead, now=now)
        Cause.objects.filter(complaint=told[2]).update(proposed_theme="defect")  # its own words said so
        themes.say_planned(theme=Theme.objects.get(name=said), plan=Plan.AGAINST)

        def against() -> set[int]:
            return set(Complaint.objects.filter(planned.against_the_plan()).values_list("pk", flat=True))

        assert against() == {told[0].pk, told[2].pk, told[3].pk, told[4].pk}
        themes.say_planned(theme=Theme.objects.get(name=broken), plan=Plan.AS_PLANNED)
        assert told[0].pk not in against()
        assert Complaint.objects.exclude(planned.against_the_plan()).count() == len(told) - 3

    def test_is_looked_at_for_themes_from_before(self, lead):
        Theme.objects.create(name="Broken on the way")
        assert planned.look_at_new() == 1
        assert Theme.objects.get().like == "defect"
        assert planned.look_at_new() == 0


def test_agents_do_not_name_themes(client, make_agent):
    client.force_login(make_agent())
    assert client.get(ADDRESS).status_code == 403
