"""What is one person's own, by the API: rest, load, notices, drafts, views, marks, how they read, training."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django.utils import timezone

from amends.desk.complaints import mentions
from amends.desk.complaints.models import Draft
from amends.desk.people.models import Role
from amends.desk.promises import feeds
from amends.desk.workplace.models import DraftFile, SavedView

pytestmark = pytest.mark.django_db


def ahead(**span):
    return timezone.now() + timedelta(**span)


class TestResting:
    def test_they_take_five_rest_longer_and_come_back(self, program, complaint):
        until = ahead(hours=2)
        told = program("POST", f"complaints/{complaint.number}/take-five", {"until": until.isoformat()}).json()
        assert (told["presence"], told["rest"]["number"], told["rest"]["told"]) == ("pause", complaint.number, False)
        no_hour = program("POST", "me/rest/longer", {"until": ahead(hours=3).isoformat(), "text": "Later."})
        assert no_hour.json()["code"] == "unable"
        assert program("POST", "me/rest/end").json() == {"presence": "here", "rest": None}
        assert program("POST", "me/rest/longer", {"until": until.isoformat(), "text": "x"}).json()["code"] == "unable"
        past = {"until": ahead(hours=-1).isoformat()}
        assert program("POST", f"complaints/{complaint.number}/take-five", past).json()["code"] == "unable"

    def test_they_say_that_they_are_away(self, program):
        assert program("PUT", "me/presence", {"presence": "away"}).json()["presence"] == "away"
        assert program("GET", "me/rest").json() == {"presence": "away", "rest": None}

    def test_what_they_carry_is_read_by_them_and_their_lead(
        self, program, make_program, complaint, make_agent, make_team
    ):
        mine = program("GET", "me/load").json()
        assert (mine["agent_id"], mine["owns"], len(mine["days"])) == (complaint.owner_id, 1, 7)
        of = f"people/{complaint.owner_id}/load"
        assert make_program()("GET", of).json()["code"] == "not-allowed"
        lead = make_agent(role=Role.LEAD)
        complaint.owner.team = make_team(lead=lead)
        complaint.owner.save()
        assert make_program(agent=lead)("GET", of).json()["owns"] == 1
        led = make_program(agent=lead)("GET", "me/load/led").json()["people"]
        assert complaint.owner_id in [one["agent_id"] for one in led]

    def test_leads_say_who_is_rung(self, program, make_program, make_agent):
        lead, other = make_agent(role=Role.LEAD), make_agent()
        assert program("PUT", f"rota/{other.pk}", {"on": True}).json()["code"] == "not-allowed"
        told = make_program(agent=lead)("PUT", f"rota/{other.pk}", {"on": True}).json()
        assert other.pk in [one["id"] for one in told["managers"]]
        assert program("GET", "rota").json() == told


class TestReading:
    def test_notices_are_listed_seen_and_wished_by_mail(self, program, complaint, make_agent, now):
        by, name = make_agent(), complaint.owner.name
        mentions.note(complaint=complaint, by=by, text=f"@{name} look", people=[complaint.owner_id], now=now)
        (row,) = [one for one in program("GET", "me/notices").json()["notices"] if one["kind"] == "mentioned"]
        assert (row["number"], row["is_new"]) == (complaint.number, True)
        assert not any(one["is_new"] for one in program("POST", "me/notices/seen").json()["notices"])
        assert program("PUT", "me/notices", {"by_mail": "all"}).json()["by_mail"] == "all"

    def test_a_complaint_is_marked_and_watched(self, program, complaint):
        at = f"complaints/{complaint.number}/marks"
        told = program("PUT", at, {"read": True, "watch": True}).json()
        assert (told["watched"], told["read_at"] is not None) == (True, True)
        assert program("PUT", at, {"read": False}).json() == {**told, "read_at": None}
        assert program("PUT", at, {"watch": False}).json()["watched"] is False
        assert program("GET", at).json() == {"number": complaint.number, "watched": False, "read_at": None}

    def test_a_view_is_kept_changed_and_thrown_away(self, program, make_program):
        body = {"name": "Hot ones", "view": "all", "filters": {"heat": 2, "language": "tr"}}
        kept = program("PUT", "me/views", body).json()
        assert (kept["filters"], kept["may_drop"]) == ({"language": "tr", "heat": "2"}, True)
        assert program("PUT", "me/views", {**body, "view": "mine"}).json()["view"] == "mine"
        assert SavedView.objects.count() == 1
        assert program("PUT", "me/views", {**body, "view": "nowhere"}).json()["errors"][0]["place"] == "view"
        assert make_program()("DELETE", f"me/views/{kept['id']}").status_code == 404
        assert program("DELETE", f"me/views/{kept['id']}").json() == {"done": True}
        assert program("GET", "me/views").json() == {"views": []}

    def test_they_change_how_they_read_and_nothing_else(self, program, complaint):
        told = program("PATCH", "me", {"language": "mn", "theme": "dark"}).json()
        assert (told["language"], told["theme"], told["name"]) == ("mn", "dark", complaint.owner.name)
        assert program("PATCH", "me", {"time_zone": "Mars/Olympus"}).json()["errors"][0]["place"] == "time_zone"
        assert program("PATCH", "me", {"role": "administrator"}).status_code == 422
        assert program("GET", "me").json() == told

    def test_a_calendar_of_promises_is_listed_and_closed_by_whose_it_is(self, program, make_program, complaint, now):
        feed, _secret = feeds.make(by=complaint.owner, now=now)
        assert [one["id"] for one in program("GET", "me/calendars").json()["feeds"]] == [feed.pk]
        assert make_program()("DELETE", f"me/calendars/{feed.pk}").json()["code"] == "unable"
        assert program("DELETE", f"me/calendars/{feed.pk}").status_code == 200
        assert program("GET", "me/calendars").json()["feeds"] == []


def test_a_draft_is_kept_with_its_files_for_its_author_alone(program, make_program, complaint):
    at = f"complaints/{complaint.number}/draft"
    assert program("PUT", at, {"text": "I am sorry."}).json()["text"] == "I am sorry."
    file = {"name": "lid.png", "media_type": "image/png", "content": base64.b64encode(b"lid").decode()}
    (row,) = program("POST", f"{at}/files", file).json()["files"]
    assert make_program()("GET", at).json()["files"] == []
    assert make_program()("DELETE", f"{at}/files/{row['id']}").status_code == 404
    assert program("DELETE", f"{at}/files/{row['id']}").json()["files"] == []
    assert program("PUT", at, {"text": " "}).json()["saved_at"] is None
    assert (Draft.objects.count(), DraftFile.objects.count()) == (0, 0)


class TestTraining:
    def test_a_path_is_chosen_and_a_drill_played_and_shown(self, program, make_program, complaint):
        told = program("PUT", "me/training", {"rank": "agent", "reminders": True}).json()
        assert (told["rank"], told["wants_reminders"], told["done"]) == ("agent", True, 0)
        assert program("GET", "me/training").json()["rank"] == "agent"
        slug = next(one["slug"] for one in told["stops"])
        about = program("GET", f"drills/{slug}").json()
        assert (about["can_begin"], about["tries"]) == (True, [])
        begun = program("POST", f"drills/{slug}/begin", {"language": "en"}).json()
        assert program("POST", f"drills/{slug}/begin", {"language": "en"}).json()["id"] == begun["id"]
        at = f"tries/{begun['id']}"
        assert program("POST", f"{at}/show", {"shown": True}).json()["code"] == "unable"
        assert make_program()("GET", at).status_code == 404  # a person is coached: nobody else sees it
        assert program("POST", f"{at}/answers", {"text": " "}).json()["code"] == "unable"
        assert program("GET", "drills/no-such-drill").status_code == 404
        assert program("POST", f"{at}/again", {}).status_code == 201

    def test_each_kind_of_drill_is_laid_out(self, program):
        from amends.desk.academy.drills import shelf

        kinds = {one.situation.kind: one for one in shelf()}
        begun = {
            kind: program("POST", f"drills/{one.slug}/begin", {"language": "en"}).json() for kind, one in kinds.items()
        }
        assert begun["talk"]["opening"]
        assert begun["notes"]["complaint"]
        measures, figures = begun["figures"]["measures"], begun["figures"]["figures"]
        choices = [{"measure": one["key"], "because": figures[0]["key"]} for one in measures]
        at = f"tries/{begun['figures']['id']}"
        few = program("POST", f"{at}/answers", {"choices": []}).json()
        assert few["code"] == "unable"
        done = program("POST", f"{at}/answers", {"choices": choices[: begun["figures"]["choose"]]}).json()
        assert done["ended"]
        assert program("POST", f"{at}/show", {"shown": True}).status_code == 200

    def test_a_colleague_says_what_they_think(self, program, make_program, complaint):
        from amends.desk.academy.drills import shelf

        one = next(one for one in shelf() if one.situation.kind == "notes")
        begun = program("POST", f"drills/{one.slug}/begin", {"language": "en"}).json()
        body = {"text": "The customer called twice and nobody called back.", "anyway": True}
        ended = program("POST", f"tries/{begun['id']}/answers", body).json()
        assert ended["ended"]
        program("POST", f"tries/{begun['id']}/show", {"shown": True})
        other, at = make_program(), f"tries-shown/{begun['id']}"
        assert [row["id"] for row in other("GET", "tries-shown").json()["tries"]] == [begun["id"]]
        assert program("GET", at).status_code == 404  # their own
        told = other("POST", f"{at}/opinions", {"opinions": [{"place": 0, "would_do": True, "words": "Short"}]})
        assert told.json()["answers"][0]["opinions"][0]["would_do"] is True
        assert other("GET", at).json() == told.json()
        wrong = {"opinions": [{"place": 7, "would_do": True}]}
        assert other("POST", f"{at}/opinions", wrong).json()["code"] == "unable"
