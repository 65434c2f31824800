"""Places in a text, as the composer counts them: run by the Node.js that builds the front end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import amends.desk.web

ROOT = Path(__file__).resolve().parents[3]
SPANS = Path(amends.desk.web.__file__).parent / "assets" / "spans.ts"

sys.path.insert(0, str(ROOT / "tools"))
from build_front import node_folder  # noqa: E402

SCRIPT = """
const fs = require("fs");
const esbuild = require(process.argv[1]);
const code = esbuild.transformSync(fs.readFileSync(process.argv[2], "utf8"), { loader: "ts", format: "cjs" }).code;
const module_ = { exports: {} };
new Function("module", "exports", code)(module_, module_.exports);
const { toUnits, toPoints, moved } = module_.exports;
console.log(JSON.stringify({
  emoji: toUnits("🌧️ Karter 🌧️", [{ start: 3, end: 9 }]).map((s) => "🌧️ Karter 🌧️".slice(s.start, s.end)),
  persian: toUnits("سلام، به‌زودی", [{ start: 6, end: 13 }]).map((s) => "سلام، به‌زودی".slice(s.start, s.end)),
  beyond: toUnits("ab", [{ start: 1, end: 99 }]),
  points: toPoints("🌧️🌧️ x", "🌧️🌧️ ".length),
  after: moved("Dear Ms Karter, soon.", "My dear Ms Karter, soon.", [{ start: 8, end: 14 }]),
  before: moved("Karter, soon.", "Karter, very soon.", [{ start: 0, end: 6 }]),
  touched: moved("Karter, soon.", "Karer, soon.", [{ start: 0, end: 6 }, { start: 8, end: 12 }]),
}));
"""


@pytest.fixture(scope="module")
def spans():
    esbuild = ROOT / "node_modules" / "esbuild"
    if not esbuild.exists():
        pytest.skip("node_modules is not there: run tools/build_front.py")
    ran = subprocess.run(
        [str(node_folder() / "node"), "-e", SCRIPT, str(esbuild), str(SPANS)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    return json.loads(ran.stdout)


def test_code_points_become_the_browsers_units(spans):
    assert spans["emoji"] == ["Karter"]
    assert spans["persian"] == ["به‌زودی"]
    assert spans["beyond"] == [{"start": 1, "end": 2}]


def test_and_back(spans):
    assert spans["points"] == 5


def test_underlines_move_along_while_somebody_types(spans):
    assert spans["after"] == [{"start": 11, "end": 17}]
    assert spans["before"] == [{"start": 0, "end": 6}]


def test_an_underline_goes_when_its_words_are_touched(spans):
    assert spans["touched"] == [{"start": 7, "end": 11}]
