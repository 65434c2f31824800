"""The list as pages show it: views, counts, narrowing, views of one's own, several at once."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.calm.models import Takeover
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Complaint, Event, ReadMark, Watch
from amends.desk.complaints.queries import VIEWS, Filters
from amends.desk.promises import actions as promises
from amends.desk.workplace import narrowing, queries, saved_views
from amends.desk.workplace.models import SavedView

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MOST = 15  # questions that a view may ask


@pytest.fixture
def some(agent, make_agent, make_complaint):
    """A desk in which every view holds something."""
    now = timezone.now()
    rows = [make_complaint(owner=agent, at=now - timedelta(hours=3), heat=place % 4) for place in range(5)]
    reply = {"kind": "replied", "by": "agent", "agent": agent, "text": "Sorry."}
    event = complaints.append(complaint=rows[0], now=now, **reply)
    complaints.append(complaint=rows[1], now=now, **reply)
    promises.make(
        complaint=rows[0], owner=agent, made_in=event, words="soon", due_at=now + timedelta(minutes=1),
        whole_day=False, now=now,
    )  # fmt: skip
    mate = make_agent(team=agent.team)
    complaints.bring_in(complaint=make_complaint(owner=mate), by=mate, agent=agent, question="Why?", now=now)
    return rows


def address(name, *arguments):
    return reverse(f"workplace:{name}", args=arguments)


def page(answer):
    return answer.content.decode()


def triggers(answer):
    return json.loads(answer["HX-Trigger"])


class TestQuestions:
    @pytest.mark.parametrize("view", VIEWS)
    def test_are_few_in_every_view(self, desk, agent, some, view, django_assert_max_num_queries):
        for place in range(3):
            saved_views.save(
                agent=agent, name=f"My {place}", view=view, filters=Filters(words="parcel"), sharing="private",
                now=timezone.now(),
            )  # fmt: skip
        with django_assert_max_num_queries(MOST):
            assert desk.get(address("inbox"), {"view": view}).status_code == 200
        with django_assert_max_num_queries(MOST):
            asked = {"view": view, "open": some[3].number, "place": 0, "q": "parcel", "shown": 50}
            assert desk.get(address("list"), asked, headers=HTMX).status_code == 200

    def test_are_few_for_the_counts(self, desk, agent, some, django_assert_max_num_queries):
        for place in range(5):
            saved_views.save(
                agent=agent, name=f"My {place}", view="team", filters=Filters(heat=place % 4), sharing="private",
                now=timezone.now(),
            )  # fmt: skip
        there = [str(one.id) for one in saved_views.seen_by(agent=agent)][:4]  # the fifth was kept since
        with django_assert_max_num_queries(MOST):
            text = page(desk.get(address("counts"), {"menu": " ".join(there)}, headers=HTMX))
        assert 'id="way-count-overdue"' in text
        assert text.count('id="way-count-saved-') == 4

    def test_are_few_beside_an_open_complaint(self, desk, some, django_assert_max_num_queries):
        desk.get(address("complaint", some[0].number))
        with django_assert_max_num_queries(MOST):
            desk.get(address("complaint", some[0].number))


class TestRows:
    def test_say_why_they_stand_where_they_are(self, desk, some):
        text = page(desk.get(address("inbox"), {"view": "team"}))
        assert "It stands here because something is promised for today." in text
        assert "very angry" in text
        assert "It stands here because the customer is angry, and waits for us." in text
        assert "It stands below: the next move is the customer" in text
        assert "asks you" in text

    def test_can_be_chosen_by_name(self, desk, some):
        assert f"Choose Ayşe Yılmaz, #{some[0].number}" in page(desk.get(address("inbox"), {"view": "mine"}))

    def test_tell_how_the_draft_begins(self, desk, agent, some):
        complaints.save_draft(complaint=some[3], agent=agent, text="Dear Ayşe", now=timezone.now())
        assert "Dear Ayşe" in page(desk.get(address("inbox"), {"view": "mine"}))


class TestAList:
    def test_is_narrowed_by_its_address(self, desk, some):
        text = page(desk.get(address("inbox"), {"view": "mine", "heat": "3", "language": "xx"}))
        assert f'data-number="{some[3].number}"' in text
        assert f'data-number="{some[2].number}"' not in text
        assert "very angry" in text
        assert '<input type="hidden" name="heat" value="3">' in text

    def test_is_narrowed_by_the_sheet(self, desk, some):
        sheet = page(desk.get(address("narrow"), {"view": "mine", "heat": "2"}, headers=HTMX))
        assert '<option value="2" selected>' in sheet
        answer = desk.post(address("narrow"), {"view": "mine", "heat": "2"}, headers=HTMX)
        assert answer["HX-Redirect"] == f"{address('inbox')}?view=mine&heat=2"
        assert desk.post(address("narrow"), {"view": "none"}, headers=HTMX).status_code == 422

    def test_tells_from_where_it_is_live(self, desk, some):
        assert f'data-newest="{queries.newest_event()}"' in page(desk.get(address("inbox")))


class TestViewsOfOnesOwn:
    def test_are_kept_shown_and_thrown_away(self, desk, agent, some):
        kept = {"view": "team", "heat": "3", "name": "  Boiling  over ", "sharing": "private"}
        answer = desk.post(address("narrow"), kept, headers=HTMX)
        row = SavedView.objects.get()
        assert (row.name, row.filters, answer["HX-Redirect"]) == (
            "Boiling over", {"heat": "3"}, f"{address('inbox')}?saved={row.pk}",
        )  # fmt: skip
        text = page(desk.get(address("inbox"), {"saved": row.pk}))
        assert "Boiling over" in text
        assert text.count('class="row row-heat') == 1
        desk.post(address("drop-view", row.pk))
        assert not SavedView.objects.exists()

    def test_get_another_name_or_another_one_beside_them(self, desk, agent):
        at = timezone.now()
        saved_views.save(agent=agent, name="Other", view="all", filters=Filters(), sharing="private", now=at)
        row = saved_views.save(agent=agent, name="Hot", view="all", filters=Filters(heat=1), sharing="private", now=at)
        sheet = page(desk.get(address("narrow"), {"saved": row.id}, headers=HTMX))
        assert f'name="of" value="{row.id}"' in sheet
        assert 'name="beside"' in sheet
        assert 'name="beside"' not in page(desk.get(address("narrow"), {"view": "all"}, headers=HTMX))
        told = {"view": "all", "heat": "2", "name": "Hotter", "sharing": "private", "of": row.id}
        answer = desk.post(address("narrow"), told, headers=HTMX)
        assert answer["HX-Redirect"] == f"{address('inbox')}?saved={row.id}"
        desk.post(address("narrow"), told | {"name": "Beside", "beside": "on"}, headers=HTMX)
        assert set(SavedView.objects.values_list("name", flat=True)) == {"Other", "Hotter", "Beside"}
        assert desk.post(address("narrow"), told | {"name": "Other"}, headers=HTMX).status_code == 422

    def test_of_others_keep_their_name(self, agent, make_agent):
        at = timezone.now()
        row = saved_views.save(agent=agent, name="Mine", view="all", filters=Filters(), sharing="everybody", now=at)
        saved_views.save(
            agent=make_agent(), name="x", view="all", filters=Filters(), sharing="private", now=at, instead_of=row.id
        )
        assert set(SavedView.objects.values_list("name", flat=True)) == {"Mine", "x"}

    def test_are_seen_by_whom_they_are_shown_to(self, agent, make_agent):
        mate, stranger = make_agent(team=agent.team), make_agent()
        for name, sharing in (("A", "private"), ("B", "team"), ("C", "everybody")):
            saved_views.save(agent=agent, name=name, view="all", filters=Filters(), sharing=sharing, now=timezone.now())
        seen = {who.pk: [view.name for view in saved_views.seen_by(agent=who)] for who in (agent, mate, stranger)}
        assert seen == {agent.pk: ["A", "B", "C"], mate.pk: ["B", "C"], stranger.pk: ["C"]}
        private = SavedView.objects.get(name="A")
        assert saved_views.find(agent=mate, pk=private.pk) is None
        shared = SavedView.objects.get(name="C")
        assert not saved_views.drop(agent=mate, pk=shared.pk)
        assert saved_views.drop(agent=make_agent(role="lead"), pk=shared.pk)

    def test_need_a_name_and_a_team_to_show_them_to(self, desk, make_agent, client):
        with pytest.raises(saved_views.UnableToSave):
            saved_views.save(
                agent=make_agent(), name="x", view="all", filters=Filters(), sharing="team", now=timezone.now()
            )
        with pytest.raises(saved_views.UnableToSave):
            saved_views.save(
                agent=make_agent(), name=" ", view="all", filters=Filters(), sharing="private", now=timezone.now()
            )

    def test_of_others_show_the_plain_list(self, desk, make_agent):
        row = saved_views.save(
            agent=make_agent(), name="x", view="hot", filters=Filters(), sharing="private", now=timezone.now()
        )
        assert "Needs me now" in page(desk.get(address("inbox"), {"saved": row.id}))


@pytest.mark.parametrize(
    "told",
    [
        {"heat": "9"}, {"owner": "x"}, {"language": "de"}, {"turn": "nobody"}, {"promise": "maybe"}, {"again": "no"},
        {"team": "9" * 40}, {"words": "  "},
    ],
)  # fmt: skip
def test_an_address_that_is_nonsense_narrows_nothing_wild(told, desk, some):
    assert desk.get(address("inbox"), {"view": "all", **told}).status_code == 200
    assert narrowing.read(narrowing.plain(narrowing.read(told))) == narrowing.read(told)


class TestTogether:
    def test_marks_as_read_and_takes_that_back(self, desk, agent, some):
        numbers = [row.number for row in some[2:4]]
        answer = desk.post(address("together", "read"), {"number": numbers}, headers=HTMX)
        said = triggers(answer)["said"]
        assert (answer.status_code, said["words"]) == (204, "2 marked as read.")
        assert ReadMark.objects.filter(agent=agent).count() == 2
        answer = desk.post(said["undo"], {"line": said["line"]}, headers=HTMX)
        assert triggers(answer)["said"]["words"] == "Taken back."
        assert not ReadMark.objects.filter(agent=agent).exists()

    def test_watches_and_takes_that_back(self, desk, agent, some):
        answer = desk.post(address("together", "watch"), {"number": [some[0].number]}, headers=HTMX)
        assert Watch.objects.get().complaint == some[0]
        said = triggers(answer)["said"]
        desk.post(said["undo"], {"line": said["line"]}, headers=HTMX)
        assert not Watch.objects.exists()

    def test_closes_with_a_reason_and_tells_what_was_left(self, desk, agent, some):
        numbers = [some[1].number, some[2].number]
        sheet = page(desk.get(address("together", "close"), {"number": numbers}, headers=HTMX))
        assert f'name="number" value="{some[1].number}"' in sheet
        assert desk.post(address("together", "close"), {"number": numbers}, headers=HTMX).status_code == 422
        answer = desk.post(address("together", "close"), {"number": numbers, "reason": "Settled"}, headers=HTMX)
        assert Complaint.objects.get(pk=some[1].pk).stage == "closed"
        assert Complaint.objects.get(pk=some[2].pk).stage == "received"
        assert "The customer waits for an answer" in page(answer)
        said = triggers(answer)["said"]
        desk.post(said["undo"], {"line": said["line"]}, headers=HTMX)
        assert Complaint.objects.get(pk=some[1].pk).stage == "answered"
        assert Event.objects.filter(kind="undone", agent=agent).count() == 1

    def test_asks_the_new_owner_for_a_yes_to_each(self, desk, client, agent, some, make_agent):
        to = make_agent(name="Ece Ak")
        given = {"number": [some[2].number, some[3].number], "to": to.pk, "reason": "She knows them."}
        answer = desk.post(address("together", "hand-over"), given, headers=HTMX)
        said = triggers(answer)["said"]
        assert said["words"] == "Ece Ak is asked to take over 2 complaints. Until they say yes they are yours."
        both = Complaint.objects.filter(pk__in=[some[2].pk, some[3].pk])
        assert {row.owner for row in both.all()} == {agent}
        first, second = Takeover.objects.order_by("pk")
        client.force_login(to)
        assert page(client.get(address("asked-of-me"))).count("She knows them.") == 2
        answer = client.post(address("takeover", first.pk, "yes"), headers=HTMX)
        assert answer.status_code == 204, page(answer)
        assert {row.owner for row in both.all()} == {agent, to}
        client.force_login(agent)
        kept = client.post(said["undo"], {"line": said["line"]}, headers=HTMX)  # what is answered stays so
        assert "This was answered already." in page(kept)
        second.refresh_from_db()
        assert second.state == Takeover.State.WITHDRAWN

    def test_lets_nobody_take_back_what_another_did(self, desk, client, some, make_agent):
        said = triggers(desk.post(address("together", "read"), {"number": [some[2].number]}, headers=HTMX))["said"]
        client.force_login(make_agent())
        assert client.post(said["undo"], {"line": said["line"]}, headers=HTMX).status_code == 404
        answer = client.post(said["undo"], {"line": said["line"][:-2] + "xx"}, headers=HTMX)
        assert "too long ago" in triggers(answer)["said"]["words"]

    def test_asks_to_choose_first(self, desk):
        answer = desk.post(address("together", "read"), {}, headers=HTMX)
        assert triggers(answer)["said"]["words"] == "Choose some complaints first."
        assert desk.post(address("together", "burn"), {"number": ["1"]}).status_code == 404

    def test_works_without_a_program_too(self, desk, some):
        answer = desk.post(address("together", "read"), {"number": [some[2].number]}, follow=True)
        assert "1 marked as read." in page(answer)


def test_the_palette_knows_views_of_ones_own_and_acts_on_the_list(desk, agent):
    saved_views.save(agent=agent, name="Kettles", view="all", filters=Filters(), sharing="private", now=timezone.now())
    assert "Kettles" in page(desk.get(address("palette"), {"q": "kett"}))
    assert 'data-key="KeyM"' in page(desk.get(address("palette"), {"q": "as read"}))
