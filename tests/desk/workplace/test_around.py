"""A list that is drawn anew brings what stands around it, in one answer, and only where something is otherwise."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from amends.desk.calm import actions as calm
from amends.desk.calm.models import Pause
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Event
from amends.desk.people.models import Agent, Calendar, Presence
from amends.desk.workplace import saved_views
from amends.desk.workplace.queries import Filters

pytestmark = pytest.mark.django_db
LIST, COUNTS, ASKED = (reverse(f"workplace:{name}") for name in ("list", "counts", "asked-of-me"))
MOST = 15  # questions that a view may ask


@pytest.fixture
def mine(agent, make_complaint):
    """Three complaints that wait since yesterday: nothing that is shown of them changes within a test."""
    return [make_complaint(owner=agent, at=timezone.now() - timedelta(hours=25)) for _place in range(3)]


@pytest.fixture
def anew(desk):
    """`anew(view)`: draw a list anew, as a page does that shows an answer already or does not."""

    def ask(view="now", *, shown="", **more):
        headers = {"HX-Request": "true", **({"If-None-Match": shown} if shown else {})}
        return desk.get(LIST, {"view": view, "around": "1", **more}, headers=headers)

    return ask


class TestOneAnswer:
    def test_holds_the_rows_the_counts_and_what_is_asked(self, anew, desk, mine, make_agent):
        mate = make_agent(name="Ece Ak", team=mine[0].team)
        calm.ask_to_take_over(
            complaint=mine[2], by=mine[2].owner, to=mate, reason="She knows them.", now=timezone.now()
        )
        desk.force_login(mate)
        page = anew("team").text
        assert page.count("data-number=") == 3
        assert 'id="count-now" hx-swap-oob="true"' in page
        assert 'id="asked-of-me" hx-swap-oob="innerHTML"' in page
        assert "She knows them." in page
        assert "asked-of-me" not in desk.get(LIST, {"view": "team"}).text  # after a search the rows alone

    def test_says_what_its_parts_say(self, anew, desk, mine):
        page = anew("now").text
        assert desk.get(COUNTS).text.strip() in page
        assert desk.get(ASKED).text.strip() in page

    def test_counts_the_menu_where_that_is_open(self, anew, desk, agent, mine):
        saved = saved_views.save(
            agent=agent, name="Hot", view="all", filters=Filters(), sharing="private", now=timezone.now()
        )
        page = anew("now", menu=f"{saved.id}").text
        assert f'id="way-count-{saved.key}"' in page
        assert 'id="way-count-all"' in page
        assert "way-count" not in anew("now").text

    def test_comes_with_the_counts_of_a_page_that_opens(self, desk, mine):
        page = desk.get(COUNTS, {"menu": "", "around": "1"}).text
        assert 'id="asked-of-me"' in page
        assert "data-number=" not in page

    @pytest.mark.parametrize("hours", [[["00:00", "24:00"]], []], ids=["at work", "at home"])
    def test_asks_few_questions(self, anew, agent, mine, django_assert_max_num_queries, hours):
        Calendar.objects.filter(pk=agent.team.calendar_id).update(week={str(day): hours for day in range(7)})
        anew()  # who is at work is told of the newest notice beside the rest
        with django_assert_max_num_queries(MOST):
            anew(menu="")

    def test_says_up_to_which_event_it_was_drawn(self, anew, mine):
        assert int(anew()["Amends-Newest"]) == Event.objects.latest("pk").pk

    def test_shows_nothing_to_who_takes_five(self, anew, agent, mine):
        now = timezone.now()
        Pause.objects.create(complaint=mine[0], agent=agent, since=now, until=now + timedelta(minutes=5))
        Agent.objects.filter(pk=agent.pk).update(presence=Presence.PAUSE)
        assert anew().status_code == 204


class TestNothingNew:
    def test_is_said_in_a_word(self, anew, mine):
        first = anew()
        again = anew(shown=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert again["Amends-Newest"] == first["Amends-Newest"]
        assert again["ETag"] == first["ETag"]

    def test_is_seen_through_what_compresses_answers(self, anew, mine):
        assert anew(shown=f"W/{anew()['ETag']}").status_code == 304

    def test_is_not_said_of_another_list(self, anew, mine):
        assert anew("hot", shown=anew()["ETag"]).status_code == 200

    def test_is_not_said_when_a_row_changed(self, anew, mine):
        shown = anew()["ETag"]
        complaints.customer_writes(complaint=mine[0], text="Where is it?", channel="mail", now=timezone.now())
        assert anew(shown=shown).status_code == 200

    def test_is_not_said_when_only_a_count_did(self, anew, mine, make_complaint, make_agent, agent):
        mate, shown = make_agent(team=agent.team), anew()["ETag"]
        assert anew(shown=shown).status_code == 304
        make_complaint(owner=mate, heat=3)
        assert anew(shown=shown).status_code == 200

    def test_is_said_of_a_long_list_too(self, anew, agent, make_complaint):
        for _place in range(27):
            make_complaint(owner=agent, at=timezone.now() - timedelta(hours=25))
        first = anew("all")
        assert "?after=" in first.text
        assert anew("all", shown=first["ETag"]).status_code == 304
