"""The stories as data: complete, consistent, and laid out truly for any day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from amends.desk.complaints.models import EventKind
from amends.desk.example import placing
from amends.desk.example.days import say_day
from amends.desk.example.moments import BadMomentError, Moments
from amends.desk.example.own_words import OWN_THEMES
from amends.desk.example.stories import LANGUAGES, STEPS, Story, company, customers, stories
from amends.desk.example.telling import Tale, tell
from amends.desk.improvements.models import Layer
from amends.desk.remedies.models import Kind
from amends.engine.causes import THEMES
from amends.engine.languages.recognition import recognise
from amends.engine.promises.calendar import Hours, WorkingCalendar

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)  # a Wednesday
# Every weekday, both ends of a day in both houses, a new year, and both sides of a change of clocks.
DAYS = [
    *(NOW + timedelta(days=day) for day in range(7)),
    datetime(2026, 11, 19, 21, 5, tzinfo=UTC),
    datetime(2026, 11, 19, 20, 50, tzinfo=UTC),
    datetime(2027, 1, 1, 6, 0, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
    datetime(2027, 3, 21, 23, 59, tzinfo=UTC),
]


def calendar(team: str, *, days_off: tuple[str, ...] = ()) -> WorkingCalendar:
    card = company().calendars[team]
    return WorkingCalendar.of(
        zone=ZoneInfo(card.time_zone),
        week={int(day): [Hours.of(*span) for span in spans] for day, spans in card.week.items()},
        days_off=days_off,
    )


def told(story: Story, now: datetime = NOW) -> Tale:
    return tell(story=story, now=now, calendar=calendar(company().agents[story.owner].team))


def test_there_are_two_teams_eight_agents_and_forty_customers() -> None:
    agents = company().agents.values()
    assert len(company().teams) == 2
    assert len(agents) == 8
    assert {agent.role for agent in agents} == {"agent", "lead", "quality", "administrator"}
    assert Counter(card.language for card in customers().values()) == dict.fromkeys(LANGUAGES, 10)


def test_every_language_has_its_own_stories() -> None:
    by_language = Counter(story.language for story in stories())
    assert set(by_language) == set(LANGUAGES)
    assert min(by_language.values()) >= 14
    assert 55 <= len(stories()) <= 70


def test_everybody_is_answered_by_somebody_who_speaks_their_language() -> None:
    for story in stories():
        assert customers()[story.customer].language == story.language, story.id
        for step in story.steps:
            if step.kind in {"replied", "sent", "called"}:
                assert story.language in company().agents[step.text("by")].languages, (story.id, step.at)


def test_every_customer_has_a_story_and_a_way_to_be_reached() -> None:
    assert {story.customer for story in stories()} == customers().keys()
    assert all(card.email or card.phone for card in customers().values())


def test_nobody_real_can_be_reached() -> None:
    for card in [*customers().values(), *company().agents.values()]:
        if card.email:
            assert card.email.rpartition("@")[2] in {"example.org", "example.com", "karvan.example"}
    for card in customers().values():
        digits = card.phone.replace(" ", "")
        reserved = ("496", "7946", "2018", "9649")  # the British regulator's numbers for plays
        assert not digits or "0000" in digits or any(part in digits for part in reserved), card.name


def test_every_kind_of_step_remedy_layer_and_channel_occurs() -> None:
    steps = [step for story in stories() for step in story.steps]
    assert {step.kind for step in steps} == STEPS.keys()
    assert {step.text("kind") for step in steps if step.kind == "remedy"} == set(Kind.values)
    assert {step.text("layer") for step in steps if step.kind == "cause"} == set(Layer.values)
    assert {story.channel for story in stories()} == {"mail", "form", "phone", "visit"}
    assert any(step.text("quoted") for step in steps)
    assert sum(bool(step.text("attachment")) for step in steps) >= 4


def test_causes_have_eight_themes_and_fit_their_layer() -> None:
    causes = [step for story in stories() for step in story.steps if step.kind == "cause"]
    assert len({step.text("theme") for step in causes}) >= 8
    for step in causes:
        assert step.text("theme") in {*THEMES, *OWN_THEMES}  # every reader of the example is to understand it
        if step.text("theme") in THEMES:
            assert THEMES[step.text("theme")][0] == step.text("layer"), step.text("theme")
    shares = Counter(step.text("layer") for step in causes)
    ours = sum(shares.values()) - shares["third-party"]
    assert 0.10 <= shares["employee"] / ours <= 0.30
    assert 0.15 <= shares["customer"] / ours <= 0.35


@pytest.mark.parametrize("now", DAYS, ids=lambda now: now.strftime("%a-%d-%m-%H%M"))
def test_stories_fall_into_place_on_any_day(now: datetime) -> None:
    for story in stories():
        tale = told(story, now)
        moments = [scene.at for scene in tale.scenes]
        assert moments == sorted(moments), story.id
        assert moments[-1] <= now, story.id
        assert tale.scenes[0].kind == "wrote", story.id
        due_by: dict[str, datetime] = {}
        for scene in tale.scenes:
            assert "{" not in scene.text("text"), story.id
            assert "[[" not in scene.text("text"), story.id
            if scene.promised is not None:
                start, end = scene.promised.start, scene.promised.end
                assert scene.text("text")[start:end] == scene.promised.words
            if "due" in scene.fields:
                assert scene.fields["due"] > scene.at, (story.id, scene.at)
                due_by[scene.text("promise")] = scene.fields["due"]
            if "until" in scene.fields:
                assert scene.fields["until"] > scene.at, (story.id, scene.at)
            if scene.kind in {"kept", "withdrawn", "moved"}:
                assert scene.at < due_by[scene.text("promise")] or scene.kind == "moved", (story.id, scene.at)


@pytest.mark.parametrize("now", DAYS[:7], ids=lambda now: now.strftime("%a"))
def test_there_is_a_promise_for_tomorrow_and_one_for_today_whatever_the_day(now: datetime) -> None:
    days = set()
    for story in stories():
        tale = told(story, now)
        zone = calendar(company().agents[story.owner].team).zone
        settled = {scene.text("promise") for scene in tale.scenes if scene.kind in {"kept", "withdrawn"}}
        for scene in tale.scenes:
            if "due" in scene.fields and scene.text("promise") not in settled:
                days.add((scene.fields["due"].astimezone(zone).date() - now.astimezone(zone).date()).days)
    assert {0, 1} <= days
    assert min(days) < 0


def test_words_are_written_in_the_language_of_their_story() -> None:
    for story in stories():
        for scene in told(story).scenes:
            text = scene.text("text")
            in_latin_letters = bool(scene.text("language"))
            if scene.kind in {"replied", "sent"} or (
                scene.kind == "wrote" and len(text) > 120 and not in_latin_letters
            ):
                assert recognise(text, prior="").split("-")[0] == story.language, (story.id, text[:60])


def test_replies_call_customers_by_their_own_names() -> None:
    """Names in the replies are the record's, but where the story is about a wrong one."""
    wrong_on_purpose = {"fa/khanom-sohrevardi", "tr/kurye-komsuya", "en/lucky-this-time"}
    titles = {"tr": " Hanım| Bey", "mn": " гуай"}
    for story in stories():
        if story.language not in titles or story.id in wrong_on_purpose:
            continue
        given = customers()[story.customer].name.split()[0 if story.language == "tr" else -1]
        for step in story.steps:
            opening = step.text("text").split("\n")[0]
            if step.kind == "replied" and any(title in opening for title in titles[story.language].split("|")):
                assert given in opening, (story.id, opening)


def test_the_events_of_the_desk_all_come_about() -> None:
    """What no step is named after happens by itself: receipt, owner, warning, break, reopening."""
    by_itself = {
        EventKind.RECEIVED,
        EventKind.OWNER_TAKEN,
        EventKind.ACKNOWLEDGED,
        EventKind.PROMISE_MADE,
        EventKind.PROMISE_BROKEN,
        EventKind.REOPENED,
        EventKind.WARNED,
        EventKind.UNDONE,
        EventKind.ERASED,
        EventKind.CAME_BACK,
        EventKind.TAKEOVER_DECLINED,
        EventKind.MANAGER_RUNG,
        EventKind.MANAGER_CAME,
        EventKind.PLACED,  # with the first answer
    }
    # What agents put aside, link, merge, split and fill in is each visitor's own to try.
    by_itself |= {EventKind.SNOOZED, EventKind.WOKEN, EventKind.UNTAGGED, EventKind.LINKED, EventKind.UNLINKED}
    by_itself |= {EventKind.MERGED, EventKind.MERGED_INTO, EventKind.SPLIT, EventKind.SPLIT_FROM, EventKind.FILLED_IN}
    assert len(EventKind) - len(by_itself) == 34  # a new kind of event wants a story


class TestMoments:
    moments = Moments(now=NOW, calendar=calendar("west"))

    @pytest.mark.parametrize(
        ("told_", "falls"),
        [
            ("-1 10:20", "2026-11-17T10:20+03:00"),
            ("-3 10:20", "2026-11-13T10:20+03:00"),  # over the weekend; Saturday morning is no full day
            ("+1 17:00", "2026-11-19T17:00+03:00"),
            ("+3 17:00", "2026-11-23T17:00+03:00"),
            ("-2h", "2026-11-18T10:30+03:00"),
            ("-25m", "2026-11-18T12:05+03:00"),
            ("+2h", "2026-11-18T14:30+03:00"),
        ],
    )
    def test_they_fall_in_working_days(self, told_: str, falls: str) -> None:
        assert self.moments.at(told_) == datetime.fromisoformat(falls)

    def test_days_off_do_not_count(self) -> None:
        moments = Moments(now=NOW, calendar=calendar("west", days_off=("2026-11-17",)))
        assert moments.day("-1") == date(2026, 11, 16)

    def test_an_anchor_is_a_weekday_some_weeks_ago(self) -> None:
        moments = Moments(now=NOW, calendar=calendar("east"), anchor="tue-2")
        assert moments.at("0 17:00").date() == date(2026, 11, 10)
        assert moments.day("+1") == date(2026, 11, 11)

    @pytest.mark.parametrize("told_", ["tomorrow", "1", "+2d", "-3 10"])
    def test_what_is_no_moment_is_refused(self, told_: str) -> None:
        with pytest.raises(BadMomentError):
            self.moments.at(told_)


@pytest.mark.parametrize(
    ("language", "form", "away", "said"),
    [
        ("tr", "on", 1, "yarın"),
        ("tr", "on", 2, "cuma günü"),
        ("tr", "On", -1, "Dün"),
        ("tr", "on", 9, "27 Kasım günü"),
        ("fa", "on", 1, "فردا"),
        ("fa", "on", 3, "شنبه"),
        ("fa", "on", 9, "۶ آذر"),
        ("mn", "on", 0, "өнөөдөр"),
        ("mn", "On", 2, "Баасан гарагт"),
        ("mn", "on", 9, "11-р сарын 27-нд"),
        ("en", "on", 2, "on Friday"),
        ("en", "name", 1, "tomorrow"),
        ("en", "name", 9, "27 November"),
    ],
)
def test_days_are_said_as_people_say_them(language: str, form: str, away: int, said: str) -> None:
    today = NOW.date()
    assert say_day(day=today + timedelta(days=away), today=today, language=language, form=form) == said


def test_every_story_and_entry_of_the_places_is_there() -> None:
    told = placing.told()
    assert {*told["story"]} <= {story.id for story in stories()}
    for product, branch in told["story"].values():
        assert not product or product in told["product"]
        assert branch in told["branch"]
