"""Naming a colleague in a note: who is meant, what they are told, and what they see from then on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import mentions, visible
from amends.desk.complaints.models import Complaint, Event, EventKind, Watch
from amends.desk.complaints.queries import inbox
from amends.desk.notices import actions as telling
from amends.desk.notices import queries as notices
from amends.desk.notices.models import Notice
from amends.desk.people.models import Agent

LATER = timedelta(minutes=6)


@pytest.fixture
def owner(make_agent, make_team):
    return make_agent(name="Deniz Kaya", team=make_team(name="Kettles"))


@pytest.fixture
def expert(make_agent, make_team):
    return make_agent(name="Nomin Bat", team=make_team(name="Couriers"))


@pytest.fixture
def complaint(make_complaint, owner, now):
    return make_complaint(owner=owner, now=now)


def named(text, *people):
    return [(one.agent, text[one.start : one.end]) for one in mentions.places(text=text, people=people)]


class TestWhoIsNamed:
    def test_is_who_stands_in_the_words_and_nobody_else(self, owner, expert):
        assert named("Ask @Nomin Bat'a, not Deniz Kaya.", owner, expert) == [(expert.pk, "@Nomin Bat")]

    def test_the_longer_name_goes_first_and_an_address_names_nobody(self, make_agent):
        ali, kaya = make_agent(name="Ali"), make_agent(name="Ali Kaya")
        assert named("@Ali Kaya and @Ali; me@Ali", ali, kaya) == [(kaya.pk, "@Ali Kaya"), (ali.pk, "@Ali")]

    def test_of_two_of_one_name_each_is_meant_in_their_turn_or_who_was_chosen_last(self, make_agent):
        one, other = make_agent(name="Sara"), make_agent(name="Sara")
        assert [pk for pk, _words in named("@Sara, @Sara", one, other)] == [one.pk, other.pk]
        assert [pk for pk, _words in named("@Sara", one, other)] == [other.pk]

    @pytest.mark.parametrize("name", ["رضا احمدی", "Өлзий Болд", "İpek Şen"])
    def test_in_any_letters(self, make_agent, name):
        somebody = make_agent(name=name)
        assert named(f"سلام @{name}، 👍", somebody) == [(somebody.pk, f"@{name}")]


class TestWhoIsOffered:
    @pytest.mark.parametrize(
        ("name", "latin", "typed"),
        [
            ("İpek Şen", "", "ipek s"),
            ("İpek Şen", "", "şen ip"),
            ("رضا احمدی", "", "reza"),
            ("رضا احمدي", "", "احمدی"),
            ("Өлзий Болд", "", "олз"),
            ("Болд", "", "bol"),
            ("کاروان", "Karvan", "KAR"),
        ],
    )
    def test_is_found_as_search_folds_and_as_it_sounds(self, make_agent, owner, name, latin, typed):
        somebody = make_agent(name=name, latin_name=latin)
        assert [one.pk for one in mentions.offered(to=owner, words=typed)] == [somebody.pk]

    def test_is_nobody_who_left_nor_oneself_and_who_is_here_comes_first(self, make_agent, owner):
        away, here = make_agent(name="Ada One", presence="away"), make_agent(name="Ada Two")
        make_agent(name="Ada Gone", is_active=False)
        assert [one.pk for one in mentions.offered(to=owner, words="ada")] == [here.pk, away.pk]
        assert owner not in mentions.offered(to=owner, words="")

    def test_the_page_tells_name_team_and_standing(self, client, owner, expert):
        client.force_login(owner)
        told = client.get(reverse("workplace:mention"), {"q": "nom"}).json()["people"]
        assert told == [
            {"id": expert.pk, "name": "Nomin Bat", "latin": "", "team": "Couriers"}
            | dict.fromkeys(("presence", "standing"), "here")
        ]


class TestAMention:
    def write(self, complaint, owner, now, *people, text="@Nomin Bat, is it the courier?"):
        told = [one.pk for one in people]
        return mentions.note(complaint=complaint, by=owner, text=text, people=told, now=now + LATER)

    def test_is_kept_by_number_told_and_watched(self, complaint, owner, expert, now):
        note = self.write(complaint, owner, now, expert)
        assert note.content.data == {"mentions": [{"agent": expert.pk, "start": 0, "end": 10}]}
        told = notices.told(agent=expert, now=now + LATER)
        assert [one.words for one in told] == ["Deniz Kaya mentioned you in a note: @Nomin Bat, is it the courier?"]
        assert [row.number for row in inbox(agent=expert, view="watching", now=now + LATER)] == [complaint.number]
        assert notices.newest(agent=expert, now=now + LATER).event == told[0].event

    def test_is_mailed_like_what_is_asked_without_what_the_note_quotes(self, complaint, owner, expert, now):
        self.write(complaint, owner, now, expert, text="> My kettle!\n\n@Nomin Bat, is it ours?")
        (event,) = telling.claim_mail(now=now + 3 * LATER)[expert.pk]
        (told,) = notices.of_events(agent=expert, events=[event])
        assert told.words == "Deniz Kaya mentioned you in a note: @Nomin Bat, is it ours?"

    def test_of_several_tells_each_once_and_not_the_author(self, complaint, owner, expert, make_agent, now):
        other = make_agent(name="Sara")
        text = "@Sara @Nomin Bat @Sara @Deniz Kaya"
        self.write(complaint, owner, now, other, expert, owner, text=text)
        assert sorted(Notice.objects.filter(kind="mentioned").values_list("agent", flat=True)) == sorted(
            [expert.pk, other.pk]
        )
        assert set(Watch.objects.values_list("agent", flat=True)) == {expert.pk, other.pk}

    def test_of_somebody_who_is_not_in_the_words_is_none(self, complaint, owner, expert, now):
        self.write(complaint, owner, now, expert, text="Is it the courier?")
        assert not Event.objects.filter(kind=EventKind.WARNED).exists()

    def test_of_who_left_is_refused_and_their_old_marks_stay(self, complaint, owner, expert, client, now):
        self.write(complaint, owner, now, expert)
        Agent.objects.filter(pk=expert.pk).update(is_active=False)
        with pytest.raises(complaints.UnableToWrite, match="does not work here"):
            self.write(complaint, owner, now, expert)
        client.force_login(owner)
        page = client.get(reverse("workplace:complaint", args=[complaint.number])).content.decode()
        assert '<bdi class="mention">@Nomin Bat</bdi>, is it' in page
        assert "was mentioned" not in page

    def test_opens_a_complaint_behind_a_wall(self, complaint, owner, expert, now):
        complaint.team = owner.team
        complaint.save()
        owner.team.is_closed = True
        owner.team.save()
        seen = Complaint.objects.get(pk=complaint.pk)
        assert not visible.sees(Agent.objects.get(pk=expert.pk), seen)
        self.write(complaint, owner, now, expert)
        reader = Agent.objects.get(pk=expert.pk)
        assert visible.sees(reader, seen)
        assert expert.pk in visible.behind_walls([seen.number], teams=[owner.team_id])[seen.number].people
        Watch.objects.all().delete()  # who stops watching still sees it
        assert visible.sees(reader, seen)

    def test_comes_with_the_form_of_the_composer(self, complaint, owner, expert, client):
        client.force_login(owner)
        address = reverse("workplace:note", args=[complaint.number])
        client.post(address, {"text": "See @Nomin Bat\r\nhere", "people": f"{expert.pk},x,99999"})
        assert Notice.objects.get(kind="mentioned").agent == expert

    def test_strictly_everybody_has_to_stand_in_it(self, complaint, owner, expert, now):
        for text, people in (("Nobody.", [expert.pk]), ("@Nomin Bat", [expert.pk, 99_999])):
            with pytest.raises(complaints.UnableToWrite, match="has to stand"):
                mentions.note(complaint=complaint, by=owner, text=text, people=people, strictly=True, now=now)


@pytest.mark.django_db
class TestANameInAQuestion:
    def test_is_told_to_who_is_named(self, client, complaint, owner, expert):
        named = Agent.objects.create_user(email="sara@desk.example", name="Sara Lund", password="x", languages=["tr"])
        client.force_login(owner)
        told = {
            "agent": expert.pk,
            "question": "Did @Sara Lund or @Nomin Bat see it?",
            "people": f"{named.pk},{expert.pk}",
        }
        assert (
            client.post(f"/desk/{complaint.number}/bring-in/", told, headers={"HX-Request": "true"}).status_code == 204
        )
        warned = Event.objects.filter(complaint=complaint, kind=EventKind.WARNED).values_list(
            "content__data", flat=True
        )
        assert [(one["to"], one["about"]) for one in warned] == [(named.pk, "mention")]
        asked = Event.objects.get(complaint=complaint, kind=EventKind.COMPANION)
        assert [one["agent"] for one in asked.content.data["mentions"]] == [named.pk, expert.pk]
        assert Watch.objects.filter(complaint=complaint, agent=named).exists()
        assert '<bdi class="mention">@Sara Lund</bdi>' in client.get(f"/desk/{complaint.number}/").text
