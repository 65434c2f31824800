import re
from datetime import date
from functools import lru_cache
from html.parser import HTMLParser

import pytest

from amends.engine.measures.figures import Figures
from amends.engine.measures.summary import Example, Summary, Tally
from amends.engine.report.numbers import dealt_out
from amends.engine.report.page import ReadBy, render
from amends.engine.report.parts import Table

MADE_ON = date(2026, 11, 21)


def summary(**more: object) -> Summary:
    tally = Tally()
    for at in range(12):
        figures = Figures(
            conversation=str(at),
            language="en",
            opened="2026-03-02",
            messages=1,
            replies=2,
            flawed=1,
            failings={"vague-promise": 1},
            previews={"coldness": 1},
            good={"apology": 1},
            signals=("anger",),
            vague=1,
            dated=1,
            kept=1,
            layer=("employee", "customer", "product", "third-party")[at % 4],
            theme=("slip", "misuse", "defect", "courier")[at % 4],
            people=1 + at % 3,
            waited=10.0 * at,
            answered=at > 2,
            risks=("leaving",),
            yearly_value="100",
            currency="TRY",
            **more,  # type: ignore[arg-type]
        )
        tally.add(figures, [("vague-promise", Example(str(at), 1, f"<b>soon</b> {at}", "en", 0.9))])
    return tally.summary()


class Outline(HTMLParser):
    """What a browser would make of it: open tags, sections, what is loaded from elsewhere."""

    VOID = frozenset({"meta", "br", "img", "link", "input", "hr", "path", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.sections = 0
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.sections += tag == "section"
        self.loaded += [
            f"{tag} {key}" for key, value in attrs if key in ("src", "href") and not (value or "").startswith("#")
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@lru_cache
def page_in(language: str) -> str:
    letters = {"Amends Sans|U+0000-00FF": b"x"}
    return render(summary(), language=language, made_on=MADE_ON, source="export.csv", fonts=letters)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("fa", "rtl"), ("mn", "ltr"), ("tr", "ltr")])
def test_a_page_needs_nothing_from_elsewhere(language: str, direction: str) -> None:
    page = page_in(language)
    outline = Outline()
    outline.feed(page)
    assert (outline.open, outline.loaded, outline.sections) == ([], [], 14)
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "<script" not in page


def test_words_of_a_reply_are_text_and_never_markup() -> None:
    page = page_in("en")
    assert "&lt;b&gt;soon&lt;/b&gt;" in page
    assert "<b>soon" not in page


def test_what_one_picture_cuts_cuts_no_other() -> None:
    page = page_in("en")
    made = re.findall(r'<clipPath id="([^"]+)"', page)
    assert len(made) == len(set(made)) > 1


def test_nothing_at_all_still_makes_a_report() -> None:
    page = render(Tally().summary(), language="en", made_on=MADE_ON)
    assert "Not in this export, and so not in this report" in page
    assert "<figure>" not in page
    assert "Nothing to judge" in page
    assert "0 of 0" not in page


def test_of_one_reply_no_rate_is_told_and_no_order_of_causes() -> None:
    tally = Tally()
    tally.add(
        Figures(
            conversation="1", replies=1, flawed=1, failings={"rule-book": 1}, good={"apology": 1}, layer="process",
            theme="rules",
        )
    )  # fmt: skip
    page = render(tally.summary(), language="en", made_on=MADE_ON)
    assert "of a hundred" not in page
    assert "in 1 of 1 replies" in page
    assert "too few to say which hurts most" in page
    assert "comes first" not in page


def test_what_each_cause_may_cost_stands_with_its_customers() -> None:
    page = render(summary(), language="en", made_on=MADE_ON)
    table = page[page.index("Direct loss by cause") :]
    cells = re.findall(r"<t[hd][^>]*>([^<]*)", table[: table.index("</table>")])
    assert len([cell for cell in cells if "300" in cell]) == 4  # three customers with each of four causes
    assert "Direct loss by cause" not in render(Tally().summary(), language="en", made_on=MADE_ON)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_pictures_carry_no_style_of_their_own_and_run_from_left_to_right(language: str) -> None:
    drawn = re.findall(r"<svg.*?</svg>", render(summary(), language=language, made_on=MADE_ON), flags=re.DOTALL)
    assert len(drawn) > 2
    assert not [one for one in drawn if " style=" in one or 'direction="ltr"' not in one]


def test_one_case_is_no_per_cent() -> None:
    tally = Tally()
    tally.add(
        Figures(conversation="1", replies=1, layer="process", theme="waiting", dated=1, waited=0.0, answered=True)
    )
    page = render(tally.summary(), language="en", made_on=MADE_ON)
    assert "1 of 1" in page
    assert "100%" not in re.sub(r"<svg.*?</svg>|<style>.*?</style>", "", page, flags=re.DOTALL)


def test_tables_are_dealt_out_over_numbered_sheets_and_lose_no_row() -> None:
    long = Table("Causes", ("Count",), tuple((f"Cause {at}", str(at)) for at in range(70)))
    short = Table("Signs", ("Count",), (("A name so long that it takes a second line of its cell", "1"),) * 3)
    sheets = list(dealt_out([short, long, short]))
    assert [row for sheet in sheets for table in sheet for row in table.rows] == [*short.rows, *long.rows, *short.rows]
    for sheet in sheets:
        assert sum(4 + sum(1 + (len(row[0]) > 44) for row in table.rows) for table in sheet) <= 32
    assert all(len(table.rows) >= 3 for sheet in sheets for table in sheet)


@pytest.mark.parametrize(("replies", "says"), [(9, ""), (50, "up to 14 percentage points off; 385 picked"), (385, "")])
def test_a_sample_says_how_far_it_reaches(replies: int, says: str) -> None:
    tally = Tally()
    tally.add(Figures(conversation="1", messages=1, replies=replies))
    page = render(tally.summary(), language="en", made_on=MADE_ON)
    assert ("picked from more" in page) == bool(says)
    assert says in page
    assert not says or "among so few with a chance of 61%" in page  # .605


@pytest.mark.parametrize("language", ["tr", "fa", "mn", "en"])
def test_joined_letters_and_figures_are_not_set_apart(language: str) -> None:
    page = render(summary(), language=language, made_on=MADE_ON)
    assert "letter-spacing" not in page
    assert "html:lang(fa) body { font-variant-numeric: normal; }" in page


def test_the_first_answer_of_a_few_has_no_median() -> None:
    tally = Tally()
    for at in range(3):
        tally.add(Figures(conversation=str(at), language="en", messages=1, replies=1, waited=5.0, answered=True))
    assert tally.summary().median_wait is None
    page = render(tally.summary(), language="en", made_on=MADE_ON)
    assert "too few" in page
    assert not re.search(r"[0-9]+%", re.sub(r"<(style|svg).*?</(style|svg)>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize(("read_by", "says"), [("cues", "Read by cues alone"), ("best", "the learned reader together")])
def test_the_report_says_which_reader_made_its_rates(read_by: ReadBy, says: str) -> None:
    assert says in render(summary(), language="en", made_on=MADE_ON, read_by=read_by)


@pytest.mark.parametrize(("read_by", "right"), [("cues", "48 of 96"), ("best", "77 of 108"), ("learned", "77 of 108")])
def test_the_report_says_how_often_a_cause_found_so_is_right(read_by: ReadBy, right: str) -> None:
    text = render(summary(), language="en", made_on=MADE_ON, read_by=read_by)
    assert f"the layer that was named was right in {right} complaints that others had labelled" in text
    assert ("Read with the learned reader too" in text) is (read_by == "cues")
    assert "Read by" not in render(summary(), language="en", made_on=MADE_ON)


def test_an_export_without_times_says_so_and_tells_nothing_of_waiting() -> None:
    tally = Tally()
    for at in range(12):
        tally.add(Figures(conversation=str(at), language="en", messages=1, replies=1))
    page = render(tally.summary(), language="en", made_on=MADE_ON)
    assert "Not in this export, and so not in this report: whether promises were kept, when things were said" in page
    assert "How long people wait" not in page
