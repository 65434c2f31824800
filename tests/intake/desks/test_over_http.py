"""Asking other desks over HTTP: page by page, patiently, and with the key for nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends.intake.desks import DESKS, Bundle, LeftOut, freshdesk
from amends.intake.desks.over_http import TRIES, Api
from amends.intake.lines import UnableToReadError
from tests.intake.desks.speaking import SPEAKERS, Desk, speaking
from tests.intake.desks.test_cases import read, told

pytestmark = pytest.mark.enable_socket


def api(desk: Desk, *, waited: list[float], path: str = "") -> Api:
    return Api(base=f"{desk.base}{path}", header=desk.opens, wait=waited.append, timeout=60)


def cases(kind: str, desk: Desk, *, waited: list[float], known: object = lambda *_names: False):
    path = "/app/accounts/1" if kind == "chatwoot" else ""
    fetch = DESKS[kind].fetch
    assert fetch
    found = []
    for one in fetch(api(desk, waited=waited, path=path), known, True):
        assert isinstance(one, Bundle), one
        try:
            found.append(DESKS[kind].case(one.body))
        except LeftOut:
            continue
    return found


@pytest.mark.parametrize("kind", list(SPEAKERS))
def test_what_the_interface_tells_is_what_the_file_tells_through_trouble(kind):
    waited: list[float] = []
    with speaking(SPEAKERS[kind]()) as desk:
        desk.busy, desk.breaks = 1, 1
        found = cases(kind, desk, waited=waited)
        in_file = {one.id: one for one in read(kind)[0]}
        assert {one.id: told(one) for one in found} == {key: told(one) for key, one in in_file.items()}
        assert [one.closed_at for one in found] == [in_file[one.id].closed_at for one in found]
        papers = [[paper.content for one in case.messages for paper in one.papers] for case in found]
        assert papers == [
            [paper.content for one in in_file[case.id].messages for paper in one.papers] for case in found
        ]
        assert waited[0] == 7  # as the desk wanted it
        assert len(waited) == 2
        # What is here as it is there is not asked for again.
        asked = len(desk.asked)
        assert cases(kind, desk, waited=waited, known=lambda *_names: True) == []
        assert len(desk.asked) - asked <= 5


def test_a_list_that_ends_before_all_is_told_goes_on_from_its_last_day(monkeypatch):
    monkeypatch.setattr(freshdesk, "MOST_PAGES", 2)
    waited: list[float] = []
    with speaking(SPEAKERS["freshdesk"]()) as desk:
        (one,) = desk.paged["/api/v2/tickets"][0]
        days = [{**one, "id": number, "updated_at": f"2016-05-{20 + number}T10:00:00Z"} for number in range(1, 6)]
        rest = desk.answer

        def answer(path, asked):
            if path != "/api/v2/tickets":
                return rest(path, asked)
            later = [day for day in days if day["updated_at"] >= asked["updated_since"]]
            page = int(asked.get("page", "1"))
            on = {"Link": f'<{desk.base}{path}?updated_since={asked["updated_since"]}&page={page + 1}>; rel="next"'}
            return later[page - 1 : page], on if later[page:] else {}

        desk.answer = answer
        found = list(freshdesk._every(api(desk, waited=waited)))
    assert [row["id"] for row in found] == [1, 2, 3, 4, 5]


def test_numbers_under_which_nothing_stands_any_more_end_the_look_into_the_archive(monkeypatch):
    monkeypatch.setattr(freshdesk, "GAP", 3)
    waited: list[float] = []
    with speaking(SPEAKERS["freshdesk"]()) as desk:
        assert [row["id"] for row in freshdesk._archived(api(desk, waited=waited), {4})] == [1]
        asked = len(desk.asked)
        assert list(freshdesk._archived(api(desk, waited=waited), {900})) == []
        assert len(desk.asked) - asked == 3


def test_a_wrong_key_is_said_and_not_tried_again():
    waited: list[float] = []
    with speaking(SPEAKERS["zammad"]()) as desk:
        wrong = replace(desk, opens={"Authorization": "Token token=wrong"})
        with pytest.raises(UnableToReadError, match="does not let us in \\(401\\)"):
            cases("zammad", wrong, waited=waited)
    assert waited == []


def test_a_desk_that_stays_away_ends_it_with_a_sentence():
    waited: list[float] = []
    with speaking(SPEAKERS["zammad"]()) as desk:
        desk.busy = 100
        with pytest.raises(UnableToReadError, match=r"answers 429\. What came until now is kept; run it again"):
            cases("zammad", desk, waited=waited)
    assert len(waited) == TRIES


def test_the_key_and_the_inside_are_for_nobody_else():
    waited: list[float] = []
    with speaking(SPEAKERS["zammad"]()) as desk, speaking(Desk(opens={}, documents={"/x": b"secret"})) as other:
        asking = api(desk, waited=waited)
        # An address in a message that a stranger wrote: it leads inside, and is never asked.
        with pytest.raises(UnableToReadError, match="lies inside a network"):
            asking.fetch(f"{other.base}/x")
        with pytest.raises(UnableToReadError, match="another host"):
            asking.json(f"{other.base}/x")
        assert other.asked == []


def test_addresses_that_are_none_are_refused():
    for wrong in ("ftp://desk.example", "https://me:secret@desk.example", "https://"):
        with pytest.raises(UnableToReadError):
            Api(base=wrong)
