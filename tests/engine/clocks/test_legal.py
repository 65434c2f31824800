"""The legal clocks that are shipped."""

from datetime import UTC, date, datetime

import pytest

from amends.engine.clocks.legal import BadClockError, changed, differences, shipped
from amends.engine.clocks.limits import term
from amends.engine.promises.calendar import WorkingCalendar

PLAIN = WorkingCalendar.office(zone=UTC)
TURKEY = WorkingCalendar.of(zone=UTC, week={}, days_off=["2026-03-20", "2026-03-21", "2026-03-22"])
ENGLAND = WorkingCalendar.of(zone=UTC, week={}, days_off=["2026-04-03", "2026-04-06"])
RECEIVED = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock", "calendar", "due"),
    [
        ("uk.summary", ENGLAND, "2026-03-05"),
        ("uk.final", ENGLAND, "2026-04-27"),
        ("uk.payments", ENGLAND, "2026-03-23"),
        ("au.final", PLAIN, "2026-04-01"),
        ("au.final.super", PLAIN, "2026-04-16"),
        ("au.final.hardship", PLAIN, "2026-03-23"),
        ("us.cfpb", PLAIN, "2026-03-17"),
        ("es.final", PLAIN, "2026-03-23"),
        ("tr.withdraw", TURKEY, "2026-03-16"),
        ("tr.bank.card", TURKEY, "2026-03-22"),
        ("tr.bank.other", TURKEY, "2026-04-01"),
        ("tr.energy", TURKEY, "2026-03-24"),
        ("tr.telecom", TURKEY, "2026-03-16"),
        ("tr.repair", TURKEY, "2026-03-27"),
        ("mn.petition", PLAIN, "2026-04-01"),
        ("mn.proposal", PLAIN, "2026-05-31"),
        ("ir.withdraw", PLAIN, "2026-03-10"),
        ("ir.enamad.1", PLAIN, "2026-03-05"),
        ("ir.enamad.3", PLAIN, "2026-03-08"),
    ],
)
def test_end_when_the_regulators_say(clock, calendar, due):
    assert term(shipped()[clock].limit, start=RECEIVED, calendar=calendar).day == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("clock", "calendar", "due"),
    [("uk.payments", ENGLAND, "2026-04-22"), ("us.cfpb", PLAIN, "2026-05-01"), ("mn.petition", PLAIN, "2026-05-01")],
)
def test_end_later_when_extended(clock, calendar, due):
    assert term(shipped()[clock].longest, start=RECEIVED, calendar=calendar).day == date.fromisoformat(due)


def test_each_says_where_it_was_read_how_sure_and_when():
    for clock in shipped().values():
        assert clock.source
        assert clock.checked == date(2026, 11, 21)
        assert set(clock.titles) == {"en", "tr", "fa", "mn"}
        assert len(set(clock.titles.values())) == 4, clock.id
        assert not clock.can_be_extended or clock.requires, clock.id  # never without a word to the customer


def test_a_law_holds_from_its_day_on():
    spain = shipped()["es.final"]
    assert not spain.holds_on(date(2026, 12, 27))
    assert spain.holds_on(date(2026, 12, 28))
    assert not shipped()["eu.adr"].holds_on(date(2030, 1, 1))


def test_an_organisation_corrects_a_clock():
    repair = shipped()["tr.repair"]
    ours = changed(repair, {"n": 30, "rest": [5, 6], "checked": "2027-01-04", "roll": "next"})
    assert (ours.n, ours.rest, ours.checked, ours.roll) == (30, frozenset({5, 6}), date(2027, 1, 4), "next")
    assert changed(repair, differences(repair, ours)) == ours
    assert differences(repair, repair) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        *({"n": 0}, {"unit": "moons"}, {"source": " "}, {"roll": "sideways"}, {"id": "x"}, {"confidence": "?"}),
        {"unit": "working-days", "rest": [0, 1, 2, 3, 4, 5, 6]},
    ],
)
def test_a_correction_that_cannot_be_counted_is_refused(wrong):
    with pytest.raises(BadClockError):
        changed(shipped()["tr.repair"], wrong)


def test_a_correction_that_makes_the_extension_shorter_is_refused():
    with pytest.raises(BadClockError, match="shorten"):
        changed(shipped()["uk.payments"], {"n": 40})
