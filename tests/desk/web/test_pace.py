"""When a page draws its list anew: run by the Node.js that builds the front end, and by the load tests' own copy."""

import json
import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))

import drawing

WAITS = """
const { wait } = load("pace");
const cases = JSON.parse(process.argv[3]);
const waits = ([near, calm, took, since, chance]) => wait(near, { calm, took, since }, chance);
console.log(JSON.stringify(cases.map(waits)));
"""

PAGE = """
const { Pace } = load("pace");
const drawnBy = (told) => {
  let now = 1_000, next = 1, isHidden = false, isOwn = false;
  const timers = new Map(), drawn = [];
  const clock = {
    now: () => now,
    after: (milliseconds, act) => (timers.set(next, [now + milliseconds, act]), next++),
    not: (timer) => timers.delete(timer),
    chance: () => 0.5,
  };
  const draw = (whole) => drawn.push([now - 1_000, whole ? "list" : "counts"]);
  const pace = new Pace(draw, () => isOwn, () => isHidden, clock);
  const pass = (seconds) => {
    const until = now + seconds * 1_000;
    for (;;) {
      const [timer, due] = [...timers].sort((a, b) => a[1][0] - b[1][0])[0] ?? [];
      if (!due || due[0] > until) break;
      timers.delete(timer);
      now = due[0];
      due[1]();
    }
    now = until;
  };
  const acts = {
    hear: (near, calm = 4) => pace.hear(near, calm * 1_000),
    pass,
    ask: (what = "list") => pace.ask(what === "list"),
    answer: () => pace.hasAnswer(),
    hide: () => (isHidden = true),
    see: () => ((isHidden = false), pace.see()),
    own: () => (isOwn = true),
  };
  for (const [act, ...given] of told) acts[act](...given);
  return drawn;
};
const told = Object.entries(JSON.parse(process.argv[3]));
console.log(JSON.stringify(Object.fromEntries(told.map(([name, acts]) => [name, drawnBy(acts)]))));
"""


# What a page hears and does, and what it draws how many milliseconds after its beginning.
QUICK = ("ask", "pass 0.1", "answer")
SLOW = ("ask", "pass 1", "answer", "hear mine", "pass 1")
CASES = {
    # where few pages are open
    "one's own is drawn at once": (["hear mine"], [[0, "list"]]),
    "so is what is in sight": (["hear seen"], [[0, "list"]]),
    "so is what others do in this list": (["hear near"], [[0, "list"]]),
    "so is what may be in it": (["hear far"], [[0, "list"]]),
    "a second change of one's own follows soon": ([*QUICK, "hear mine", "pass 9"], [[500, "list"]]),
    "one of others follows after a while": ([*QUICK, "hear near", "pass 9"], [[6100, "list"]]),
    "in a list of one's own others change the counts alone": (["own", "hear near"], [[0, "counts"]]),
    "one's own changes all of it": (["own", "hear mine"], [[0, "list"]]),
    "after three minutes so do others, for how long ago things were": (
        ["own", "pass 181", "hear near"], [[181_000, "list"]],
    ),
    "what was drawn already is looked at once more after a while": ([*QUICK, "hear again", "pass 9"], [[6100, "list"]]),
    # where much happens, or answers are late
    "many changes are drawn together": (
        [*QUICK, *["hear mine", "pass 0.1"] * 6, "ask", "pass 0.1", "answer", "pass 9"], [[500, "list"]],
    ),
    "one thing is asked for at a time": (["ask", "hear mine", "hear seen", "hear near", "pass 100"], []),
    "what was heard meanwhile is drawn once after it": (
        ["ask", "hear mine", "pass 2", "hear mine", "hear seen", "answer", "pass 9"], [[10_000, "list"]],
    ),
    "an answer that never comes stops nothing": (
        ["own", "ask", "hear mine", "pass 121", "hear near", "pass 9"],
        [[121_000, "list"], [127_000, "counts"]],
    ),
    "the later answers come, the rarer one asks": (
        ["ask", "pass 14", "answer", "hear mine", "pass 200"], [[70_000, "list"]],
    ),
    "what the reader does draws what was due": ([*SLOW, "ask", "pass 1", "answer", "pass 100"], []),
    "counts that are asked for leave the list due": ([*SLOW, "ask counts", "answer", "pass 100"], [[5000, "list"]]),
    "what is more urgent goes before and takes the rest along": (
        ["own", *QUICK, "hear near 80", "pass 1", "hear mine 80", "pass 400"], [[8100, "list"]],
    ),
    # where many pages are open
    "what others do in it is drawn by chance within the calm": (["hear near 80", "pass 100"], [[40_000, "list"]]),
    "what is in sight, in half of it": (["hear seen 80", "pass 100"], [[20_000, "list"]]),
    "one's own at once": (["hear mine 80", "pass 100"], [[0, "list"]]),
    "what cannot be in it is left for minutes": (["ask", "answer", "hear far 80", "pass 400"], [[270_000, "list"]]),
    # while nobody sees it
    "nothing is drawn until somebody does": (
        ["hide", "hear near", "pass 5", "hear seen", "pass 60", "see"], [[65_000, "list"]],
    ),
    "the counts are asked for, so that the browser can tell what is the reader's": (
        ["hide", "hear mine", "pass 5", "see"], [[0, "counts"], [5000, "list"]],
    ),
    "who missed nothing draws nothing": (["hide", "pass 60", "see"], []),
}  # fmt: skip


def test_when_a_page_draws_what(in_node):
    def read(word):
        return json.loads(word) if word.replace(".", "").isdigit() else word

    told = {name: [[read(word) for word in act.split()] for act in acts] for name, (acts, _drawn) in CASES.items()}
    assert in_node(PAGE, json.dumps(told)) == {name: drawn for name, (_acts, drawn) in CASES.items()}


class TestTheLoadTestsOwn:
    def test_waits_as_long_as_the_page(self, in_node):
        dice = random.Random(7)
        cases = [
            (near, calm, took, since, dice.random())
            for near in ("mine", "again", "seen", "near", "far")
            for calm in (4000, 10_000, 83_000, 240_000)
            for took in (0, 300, 14_000)
            for since in (0, 5000, 100_000)
        ]
        ours = [
            1000 * drawing.wait(near, calm_=calm / 1000, took=took / 1000, since=since / 1000, chance=chance)
            for near, calm, took, since, chance in cases
        ]
        assert in_node(WAITS, json.dumps(cases)) == pytest.approx(ours)

    @pytest.mark.parametrize("name", [name for name, (acts, _drawn) in CASES.items() if "hide" not in acts])
    def test_draws_when_the_page_does(self, name):
        acts, drawn = CASES[name]
        page = _Page()
        for act in acts:
            page.act(*act.split())
        assert page.drawn == drawn


class _Page:
    """A page of the load tests at a clock of its own."""

    def __init__(self):
        self.now, self.own, self.timers, self.drawn = 1.0, False, [], []
        half = type("Half", (), {"random": staticmethod(lambda: 0.5)})()
        self.pace = drawing.Pace(self.draw, lambda: self.own, self, half)

    def time(self):
        return self.now

    def call_later(self, delay, callback):
        timer = _Timer(self.now + delay, callback, self.timers)
        self.timers.append(timer)
        return timer

    def draw(self, whole):
        self.drawn.append([round(1000 * (self.now - 1)), "list" if whole else "counts"])

    def act(self, what, *given):
        if what == "hear":
            self.pace.hear(given[0], float(given[1]) if given[1:] else 4.0)
        elif what == "ask":
            self.pace.ask(whole=not given)
        elif what == "answer":
            self.pace.has_answer()
        elif what == "own":
            self.own = True
        else:
            until = self.now + float(given[0])
            while self.timers and (first := min(self.timers, key=lambda one: one.at)).at <= until:
                self.now = first.at
                self._fall(first)
            self.now = until

    def _fall(self, timer):
        self.timers.remove(timer)
        timer.callback()


class _Timer:
    def __init__(self, at, callback, timers):
        self.at, self.callback, self._timers = at, callback, timers

    def cancel(self):
        if self in self._timers:
            self._timers.remove(self)
