"""Note-taking and figures in the pages."""

import json

import pytest
from django.urls import reverse

from amends.desk.academy import drills, making, own
from amends.desk.academy.models import Attempt
from amends.engine.drills import situations

pytestmark = pytest.mark.django_db
ENDING = {"says": "Well.", "means": "So it goes."}
COMMON = {"claims": ["S2.9"], "ranks": ["agent"], "minutes": 3, "weekday": 3, "hour": "09:40"}
TOLD = {
    "title": "A call",
    "scene": "A call.",
    "task": "Listen.",
    "learn": "Listen.",
    "customer": {"name": "J", "is_who": "J."},
    "endings": {"content": ENDING, "gone": ENDING},
}
NOTES = (
    COMMON | {"kind": "notes", "points": ["name", "day"], "traps": ["swapped"]},
    TOLD
    | {
        "complaint": "Johnson is my name. It came on Tuesday.",
        "points": {
            "name": {"fact": "She is Johnson", "words": ["johnson"]},
            "day": {"fact": "It was Tuesday", "words": ["tuesday"]},
        },
        "traps": {"swapped": {"fact": "Jackson is wrong", "words": ["jackson"]}},
        "answers": {"notes": {"good": ["Johnson, Tuesday", "Tuesday: Johnson"], "bad": ["Jackson"]}},
    },
)
FIGURES = (
    COMMON
    | {
        "kind": "figures",
        "columns": ["now"],
        "choose": 1,
        "figures": [{"key": "hinge", "values": [40]}, {"key": "rude", "values": [3.5]}],
        "measures": [{"key": "mend", "fits": True, "because": ["hinge"]}, {"key": "train", "fits": False}],
    },
    TOLD
    | {
        "columns": {"now": "Now"},
        "figures": {"hinge": "Broken hinges", "rude": "Rude words"},
        "measures": {
            "mend": {"text": "Mend the hinge", "feedback": "Ten times as many"},
            "train": {"text": "Train everybody", "feedback": "Nothing rose there"},
        },
    },
)


@pytest.fixture
def begun(client, make_agent, now):
    """`begun(tables)`: the address of a try at a drill of the desk's own."""

    def begin(tables, language="en"):
        agent = make_agent(role="lead", language=language)
        raw = json.dumps(making.as_file(*tables, language="en", version=1)).encode()
        [version] = own.take_in(raw=raw, by=agent, now=now)
        own.check(version=version, has_read=True, by=agent, now=now)
        client.force_login(agent)
        slug = drills.slug_of(version.drill_id)
        assert client.get(reverse("academy:drill", args=[slug])).status_code == 200
        return client.post(reverse("academy:drill", args=[slug]), {"language": "en"})["Location"]

    return begin


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_notes_are_compared_with_what_was_said(client, begun, language):
    here = begun(NOTES, language)
    assert "It came on Tuesday" in client.get(here).content.decode()
    client.post(here, {"text": "Mrs Jackson on Tuesday"})
    page = client.get(here).content.decode()
    for fact in ("She is Johnson", "It was Tuesday", "Jackson is wrong"):
        assert fact in page
    assert Attempt.objects.get().ended == "gone"


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_measures_are_weighed(client, begun, language):
    here = begun(FIGURES, language)
    assert "Mend the hinge" in client.get(here).content.decode()
    client.post(here, {"measure": "mend", "because-mend": "hinge"})
    assert "Ten times as many" in client.get(here).content.decode()
    assert Attempt.objects.get().ended == "content"


@pytest.mark.parametrize("chosen", [{}, {"measure": ["mend", "train"]}, {"measure": "mend"}, {"measure": "nothing"}])
def test_half_a_choice_is_told(client, begun, chosen):
    here = begun(FIGURES)
    assert 'role="alert"' in client.post(here, chosen).content.decode()
    assert Attempt.objects.get().ended == ""


@pytest.mark.parametrize("one", [one for one in situations() if one.kind != "talk"], ids=lambda one: one.slug)
def test_every_drill_that_is_no_talk_opens(client, make_agent, one):
    client.force_login(make_agent(language="fa"))
    here = client.post(reverse("academy:drill", args=[one.slug]), {"language": "fa"})["Location"]
    assert client.get(here).status_code == 200
