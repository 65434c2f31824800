"""The sum of what a billion messages take is of the figure that was measured, and of no other."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from scale_page import DOCS, put, read, section

FIGURES = """# How fast

## An audit of a million messages

2026-11-23, Python 3.13.0, {cores} cores, load 2 while measuring.

| what | measured | goal | met |
| --- | --- | --- | --- |
| a message more | {each} ms, {rate} a second | – | – |
{more}
## Pages of figures

| a message more | 9 ms, 9 a second | – | – |
"""


def figures(*, cores: int = 2, each: str = "0.50", rate: str = "2,000", more: str = "") -> str:
    return FIGURES.format(cores=cores, each=each, rate=rate, more=more)


def test_the_page_says_what_was_measured():
    page = (DOCS / "scale.md").read_text(encoding="utf-8")
    measured = read((DOCS / "benchmarks.md").read_text(encoding="utf-8"))
    assert put(page, section(measured)) == page, "run: python tools/scale_page.py"


def test_the_clock_of_two_cores_is_twice_the_time_of_one():
    measured = read(figures())
    assert (measured.each, measured.a_second) == (1.0, 2000.0)
    assert "278 hours of one core: 4.3 hours of 64 cores" in section(measured)
    assert "half of the 2,000 a second" in section(measured)


def test_the_time_of_the_processor_is_taken_where_it_was_written_down():
    measured = read(figures(more="| processor time of a message more | 0.90 ms | – | – |\n"))
    assert measured.each == 0.9
    assert "250 hours of one core" in section(measured)


def test_the_machine_that_adds_up_keeps_up_with_as_many_cores_as_give_it_work():
    assert "about 12 cores" in section(read(figures(each="0.50")))
    assert "about 24 cores" in section(read(figures(each="1.00", rate="1,000")))


def test_only_its_own_part_is_written():
    page = "# Large\n\n### What a billion messages take\nold\n\n### What was not tried\nmuch\n"
    new = put(page, "### What a billion messages take\nnew\n")
    assert new == "# Large\n\n### What a billion messages take\nnew\n\n### What was not tried\nmuch\n"
    assert put(new, "### What a billion messages take\nnew\n") == new


def test_figures_that_are_not_there_are_told():
    with pytest.raises(ValueError, match="says nothing of a message"):
        read("# How fast\n")
