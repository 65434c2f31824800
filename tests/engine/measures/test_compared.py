"""Two summaries held against each other say no more than chance leaves."""

from __future__ import annotations

import pytest

from amends.engine.measures.compared import compared
from amends.engine.measures.figures import Figures
from amends.engine.measures.summary import Summary, Tally
from amends.engine.report.change import change_lines, change_pages
from amends.engine.report.reader import Reader


def summary(*, late: int, rude: int, of: int, vague: int = 0) -> Summary:
    tally = Tally()
    for at in range(of):
        layer, theme = ("process", "late") if at < late else ("employee", "rudeness") if at < late + rude else ("", "")
        tally.add(
            Figures(
                conversation=str(at), language="en", opened="2026-01-01", messages=1, replies=1,
                layer=layer, theme=theme, dated=1, vague=int(at < vague), failings={"canned": 1} if at < late else {},
            )
        )  # fmt: skip
    return tally.summary()


def test_what_changed_beyond_chance_stands_first_with_its_range():
    found = compared(summary(late=60, rude=10, of=400), summary(late=20, rude=11, of=400))
    first = found.changes[0]
    assert first.verdict == "improved"
    assert first.here.ratio == pytest.approx(1 / 3)
    assert first.here.low < 1 / 3 < first.here.high < 1
    rude = next(one for one in found.changes if one.name == "rudeness")
    assert rude.verdict == "no-evidence"
    assert found.as_dict()["changes"][0]["before"] == {"k": 60, "n": 400}


def test_a_few_cases_say_nothing_and_a_side_without_any_leaves_the_range_open():
    found = compared(summary(late=0, rude=1, of=100), summary(late=12, rude=2, of=100))
    by_name = {(one.kind, one.name): one for one in found.changes}
    assert by_name["theme", "rudeness"].verdict == "too-few"
    late = by_name["theme", "late"]
    assert late.verdict == "worse"
    assert not late.is_bounded
    assert late.as_dict()["ratio"] is None


def test_an_empty_side_gives_nothing_to_compare():
    found = compared(Tally().summary(), summary(late=3, rude=0, of=9))
    assert found.changes == ()
    assert list(change_pages(found, reader=Reader("en"))) == []


@pytest.mark.parametrize("language", ["en", "tr", "fa", "mn"])
def test_it_is_said_in_four_languages(language):
    found = compared(summary(late=60, rude=1, of=400), summary(late=20, rude=1, of=400))
    (page,) = change_pages(found, reader=Reader(language))
    assert len(page.tables[0].rows) == len(found.changes)
    lines = list(change_lines(found, reader=Reader(language)))
    assert len(lines) == 1 + sum(one.verdict == "improved" for one in found.changes)


def test_as_planned_leaves_out_what_failed_the_plan():
    tally = Tally()
    for at, (layer, theme, broken) in enumerate(
        [("process", "late", 0), ("process", "rules", 0), ("process", "rules", 1), ("employee", "slip", 0)]
    ):
        tally.add(Figures(conversation=str(at), language="en", layer=layer, theme=theme, broken=broken))
    ((layer, theme, share),) = tally.summary().planned
    assert (layer, theme, share.k, share.n) == ("process", "rules", 1, 3)
