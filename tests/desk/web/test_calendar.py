"""Days as the page of the calendar lays them out: run by the Node.js that builds the front end."""

import pytest

SCRIPT = """
const { dayWords, monthsOn, monthWords, placeOf, read, weekdayWords, weeksOf, write } = load("calendar");
const day = read("2026-11-24T17:00");
const all = ["en", "tr", "fa", "mn"];
console.log(JSON.stringify({
  said: Object.fromEntries(all.map((one) => [one, dayWords(day, one, "17:00")])),
  months: Object.fromEntries(all.map((one) => [one, monthWords(day, one)])),
  jalali: placeOf(day, "fa"),
  weeks: Object.fromEntries(all.map((one) => [one, weeksOf(day, one).map((week) => write(week[0]))])),
  heads: weeksOf(day, "mn")[0].map((one) => weekdayWords(one, "mn")).join(" "),
  on: [
    ["2026-01-31", 1, "en"], ["2026-03-31", -1, "en"], ["2027-03-20", 1, "fa"], ["2026-11-24", 12, "fa"],
  ].map(([from, months, one]) => write(monthsOn(read(from), months, one))),
  nothing: read("") === undefined,
}));
"""


@pytest.fixture(scope="module")
def made(in_node):
    return in_node(SCRIPT)


def test_a_day_is_said_as_its_reader_says_it(made):
    assert made["said"] == {
        "en": "Tuesday 24 November 2026, 17:00",
        "tr": "24 Kasım 2026 Salı, 17:00",
        "fa": "سه‌شنبه ۳ آذر ۱۴۰۵، ۱۷:۰۰",
        "mn": "2026 оны 11-р сарын 24, мягмар, 17:00",
    }
    assert made["months"] == {"en": "November 2026", "tr": "Kasım 2026", "fa": "آذر ۱۴۰۵", "mn": "2026 оны 11-р сар"}


def test_persian_months_are_jalali_and_their_weeks_begin_with_saturday(made):
    assert made["jalali"] == {"year": 1405, "month": 9, "day": 3}
    assert made["weeks"]["fa"] == ["2026-11-21", "2026-11-28", "2026-12-05", "2026-12-12", "2026-12-19"]
    assert made["weeks"]["en"][0] == "2026-10-26"
    assert made["heads"] == "Да Мя Лх Пү Ба Бя Ня"


def test_a_month_on_is_the_same_day_or_the_last(made):
    # 29 Esfand 1405 and its next month; the same day of the next Persian year.
    assert made["on"] == ["2026-02-28", "2026-02-28", "2027-04-18", "2027-11-24"]
    assert made["nothing"]
