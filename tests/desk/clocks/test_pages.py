"""Beside a complaint, in the list, the sum, and the page of rules and laws."""

from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.clocks import actions, queries
from amends.desk.clocks.models import CustomerGroup, LegalRow, Rule
from amends.desk.complaints import actions as complaints

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def sign_in(client, make_agent):
    def sign_in(**fields):
        agent = make_agent(**fields)
        client.force_login(agent)
        return agent

    return sign_in


class TestBesideTheComplaint:
    def test_each_line_says_what_and_when(self, make_complaint, now):
        found = queries.pane(complaint=make_complaint(), now=now + 5 * HOUR)
        assert [(line.what, line.shade) for line in found.lines] == [("answer", "ageing"), ("resolution", "fresh")]
        assert (found.priority, found.priority_reason) == ("normal", "")

    def test_says_why_it_is_urgent(self, make_complaint, now):
        complaint = make_complaint(heat=3)
        assert queries.pane(complaint=complaint, now=now).priority_reason == "the customer is very angry"

    def test_what_is_done_is_not_shown(self, make_complaint, now):
        complaint = make_complaint()
        complaints.append(complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="…", now=now)
        assert [line.state for line in queries.pane(complaint=complaint, now=now).lines] == ["still"]


class TestInTheList:
    def test_the_worst_clock_colours_the_row(self, make_complaint, now, django_assert_num_queries):
        old, young = make_complaint(at=now - DAY), make_complaint(at=now)
        actions.look(now=now)
        with django_assert_num_queries(1):
            found = queries.ages(complaint_ids=[old.pk, young.pk], now=now + HOUR)
        assert {pk: age.shade for pk, age in found.items()} == {old.pk: "over"}
        assert found[old.pk].sentence == "First answer: its time has passed"
        assert queries.ages(complaint_ids=[young.pk], now=now + 7 * HOUR)[young.pk].shade == "late"

    def test_reaches_the_page(self, client, sign_in, make_complaint, now):
        agent = sign_in()
        make_complaint(owner=agent, at=now)
        page = client.get(reverse("workplace:inbox") + "?view=mine").content.decode()
        assert "its time has passed" in page


class TestWhy:
    def test_the_sum_is_shown(self, make_complaint, now):
        complaint = make_complaint()
        complaints.append(
            complaint=complaint, kind="replied", by="agent", agent=complaint.owner, text="…", now=now + HOUR
        )
        complaints.customer_writes(complaint=complaint, text="So?", channel="mail", now=now + 3 * HOUR)
        clock = complaint.clocks.get(what="resolution")
        found = queries.why(clock=clock, now=now + 4 * HOUR)
        assert found.total == found.allowed == "45 h"
        assert found.used == "2 h"
        assert [part.counted for part in found.parts] == ["1 h", "", "6 h", "9 h", "9 h", "", "9 h", "9 h", "2 h"]
        assert any("customer's turn" in part.why for part in found.parts)

    @pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
    def test_has_a_page_in_every_language(self, client, sign_in, make_complaint, now, language):
        agent = sign_in(language=language, role="administrator")
        actions.set_law(code="mn.petition", is_on=True, by=agent, now=now)
        complaint = make_complaint(owner=agent)
        for clock in complaint.clocks.all():
            assert client.get(reverse("clocks:why", args=[clock.pk])).status_code == 200
        for name, arguments in (("pane", [complaint.number]), ("limits", []), ("law", ["mn.petition"])):
            assert client.get(reverse(f"clocks:{name}", args=arguments)).status_code == 200


class TestThePage:
    def test_an_administrator_adds_and_removes_a_limit(self, client, sign_in):
        sign_in(role="administrator")
        given = {"what": "answer", "hours": "2", "minutes": "30", "group": "", "priority": "urgent", "channel": ""}
        client.post(reverse("clocks:add-rule"), given)
        # What was usual is written down beside it.
        assert sorted(Rule.objects.values_list("what", "minutes", "priority")) == [
            ("answer", 150, "urgent"),
            ("answer", 480, ""),
            ("next-word", 480, ""),
            ("resolution", 2700, ""),
        ]
        assert client.post(reverse("clocks:add-rule"), given).status_code == 422
        client.post(reverse("clocks:remove-rule", args=[Rule.objects.get(priority="urgent").pk]))
        assert Rule.objects.count() == 3

    def test_an_agent_reads_and_changes_nothing(self, client, sign_in):
        sign_in()
        assert client.get(reverse("clocks:limits")).status_code == 200
        assert client.post(reverse("clocks:add-rule"), {}).status_code == 403
        assert client.post(reverse("clocks:add-group"), {}).status_code == 403
        assert client.post(reverse("clocks:law", args=["uk.final"]), {}).status_code == 403

    def test_a_law_is_adopted_with_figures_of_ones_own(self, client, sign_in):
        sign_in(role="administrator")
        given = {
            "is_on": "on", "n": "18", "unit": "working-days", "rest": ["6"], "roll": "next", "source": "RG 29029",
            "confidence": "H", "checked": "2026-11-21", "effective_from": "", "language": "tr", "channel": "",
            "team": "", "group": "",
        }  # fmt: skip
        assert client.post(reverse("clocks:law", args=["tr.repair"]), given).status_code == 302
        row = LegalRow.objects.get()
        assert (row.is_on, row.language, row.changed["n"]) == (True, "tr", 18)
        assert (
            client.post(reverse("clocks:law", args=["tr.repair"]), {**given, "rest": list("0123456")}).status_code
            == 422
        )
        assert client.get(reverse("clocks:law", args=["moon"])).status_code == 404

    def test_a_customer_is_put_into_a_group(self, client, sign_in, make_complaint):
        agent = sign_in(role="administrator")
        client.post(reverse("clocks:add-group"), {"name": "Gold", "spends_from": "", "currency": ""})
        gold = CustomerGroup.objects.get()
        Rule.objects.create(what="answer", minutes=30, group=gold)
        complaint = make_complaint(owner=agent)
        client.post(reverse("clocks:group", args=[complaint.number]), {"group": str(gold.pk)})
        assert complaint.clocks.get(what="answer").allowed_minutes == 30

    def test_a_final_answer_without_an_answer_is_refused(self, client, sign_in, make_complaint):
        complaint = make_complaint(owner=sign_in())
        response = client.post(reverse("clocks:final-answer", args=[complaint.number]), headers={"hx-request": "true"})
        assert (response.status_code, "first" in response.content.decode()) == (409, True)

    def test_the_letter_of_the_law_is_sent_from_its_sheet(self, client, sign_in, make_complaint, now):
        agent = sign_in(role="administrator")
        actions.set_law(code="uk.final", is_on=True, by=agent, now=now)
        from django.utils import timezone

        complaint = make_complaint(owner=agent, at=timezone.now() - DAY)
        clock = complaint.clocks.get(what="legal")
        address = reverse("workplace:law-letter", args=[complaint.number, clock.pk])
        assert address in client.get(reverse("clocks:pane", args=[complaint.number])).content.decode()
        assert "financial-ombudsman.org.uk" in client.get(f"{address}?kind=holding").content.decode()
        for kind in ("receipt", "answer", "refusal"):
            assert client.get(f"{address}?kind={kind}").status_code == 200
        assert client.get(f"{address}?kind=settled").status_code == 404
        assert client.get(f"{address}?kind=moon").status_code == 404
        told = {"reason": "We wait for the bank.", "expected": (timezone.now() + 20 * DAY).date().isoformat()}
        address = f"{address}?kind=holding"
        assert client.post(address, told).status_code == 422  # it names nobody to whom they may turn
        assert client.post(address, {**told, "ombudsman": "The Body"}).status_code == 302
        assert "The Body" in complaint.events.get(kind="replied").content.text
        address = address.replace("holding", "refusal")
        no = {"text": "The seal was cut.", "ombudsman": "The Body"}
        assert client.post(address, no).status_code == 422  # it says no day
        until = (timezone.now() + 180 * DAY).date().isoformat()
        assert client.post(address, {**no, "until": until}).status_code == 302
        assert complaint.events.filter(kind="final-answer").count() == 1

    def test_a_limit_is_extended_from_its_sheet(self, client, sign_in, make_complaint, now):
        agent = sign_in(role="administrator")
        actions.set_law(code="uk.payments", is_on=True, by=agent, now=now)
        from django.utils import timezone

        complaint = make_complaint(owner=agent, at=timezone.now() - DAY)
        clock = complaint.clocks.get(what="legal")
        address = reverse("workplace:extend", args=[complaint.number, clock.pk])
        assert "why it takes longer" in client.get(address).content.decode()
        expected = (timezone.now() + 20 * DAY).date().isoformat()
        assert client.post(address, {"reason": "", "expected": expected}).status_code == 422
        assert client.post(address, {"reason": "We wait for the bank.", "expected": expected}).status_code == 302
        clock.refresh_from_db()
        assert clock.extended_by is not None
