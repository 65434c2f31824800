"""Lists of calls; the lines are as Asterisk's cdr_csv writes them with `loguniqueid=yes`."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from amends.intake.calls import UnableToReadCallsError, from_asterisk

ISTANBUL = ZoneInfo("Europe/Istanbul")
LINE = '"","{src}","{dst}","from-trunk","""A"" <{src}>","PJSIP/trunk-1","PJSIP/101-2","Dial","PJSIP/101",'
LINE += '"2026-03-02 10:00:00","{answer}","2026-03-02 10:03:20","200","{bill}","{how}","DOCUMENTATION","{id}"'


def line(*, src="05321234567", dst="101", bill=192, how="ANSWERED", unique="1772434800.7"):
    answer = "2026-03-02 10:00:08" if bill else ""
    return LINE.format(src=src, dst=dst, answer=answer, bill=bill, how=how, id=unique)


def test_calls_with_customers_are_read_and_those_among_us_are_not():
    text = "\n".join(
        (
            line(),
            line(src="101", dst="+905321234567", unique="1772434800.8"),
            line(bill=0, how="NO ANSWER", unique="1772434800.9") + ',"userfield"',
            line(src="101", dst="102", unique="1772434800.10"),
        )
    )
    first, second, third = from_asterisk(text, zone=ISTANBUL)
    assert first.at == datetime(2026, 3, 2, 10, tzinfo=ISTANBUL)
    assert (first.id, first.number, first.incoming, first.seconds) == ("1772434800.7", "05321234567", True, 192)
    assert (second.number, second.incoming) == ("+905321234567", False)
    assert third.seconds == 0


@pytest.mark.parametrize("cut", [line()[:80], line(unique=""), line(bill="many"), line() + "\n" + line()[:200]])
def test_what_is_cut_off_is_told_with_its_line(cut):
    with pytest.raises(UnableToReadCallsError) as told:
        list(from_asterisk(cut, zone=ISTANBUL))
    assert told.value.line == len(cut.splitlines())
