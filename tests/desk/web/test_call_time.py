"""The clock of a call, as the sheet counts it: run by the Node.js that builds the front end."""

import pytest

SCRIPT = """
const time = load("call_time");
const at = (seconds) => 1_800_000_000_000 + seconds * 1000;
let call = time.begin(at(0));
const found = { fresh: [time.spoken(call, at(0)), time.minutes(call, at(0))] };
call = time.hold(call, at(60));
call = time.hold(call, at(70));
found.during = [time.holding(call, at(100)), time.held(call, at(100))];
call = time.back(call, at(125));
found.slip = time.back(time.hold(call, at(126)), at(126)).holds;
call = time.hold(call, at(200));
call = time.stop(call, at(320));
found.stopped = [call.holds, time.spoken(call, at(900)), time.holding(call, at(900))];
found.stopped.push(time.hold(call, at(901)) === call);
call = time.goOn(JSON.parse(JSON.stringify(call)), at(920));
found.on = [time.spoken(call, at(921)), time.minutes(call, at(921)), call.over];
call = time.stop(time.stop(call, at(930)), at(999), true);
found.over = [time.spoken(call, at(5000)), call.over, time.goOn(call, at(5000)).over];
found.early = time.spoken(call.began && time.begin(at(10)), at(0));
found.written = ["en", "tr", "mn", "fa"].map((lang) => time.written(65, lang)).concat(time.written(3725, "en"));
found.minutes = ["en", "tr", "mn", "fa"].map((lang) => time.writtenMinutes(time.begin(at(0)), at(75_000), lang));
console.log(JSON.stringify(found));
"""


@pytest.fixture(scope="module")
def counted(in_node):
    return in_node(SCRIPT)


def test_begun_minute_counts(counted):
    assert counted["fresh"] == [0, 1]


def test_holds_are_counted_one_by_one(counted):
    assert counted["during"] == [40, 40]  # pressing it twice begins none anew
    assert counted["slip"] == [65]


def test_stopping_ends_a_hold_and_stands_still(counted):
    assert counted["stopped"] == [[65, 120], 320, 0, True]


def test_it_runs_on_where_it_stood_after_the_page_was_loaded_again(counted):
    assert counted["on"] == [321, 6, False]
    assert counted["over"] == [330, True, False]


def test_clock_that_is_behind_shows_nothing_below_zero(counted):
    assert counted["early"] == 0


def test_written_in_the_readers_digits(counted):
    assert counted["written"] == ["1:05", "1:05", "1:05", "۱:۰۵", "1:02:05"]
    assert counted["minutes"] == ["1250", "1250", "1250", "۱۲۵۰"]
