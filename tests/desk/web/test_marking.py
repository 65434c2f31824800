"""What the composer's buttons do to a text and what is chosen in it: run by the Node.js that builds the front end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import amends.desk.web

ROOT = Path(__file__).resolve().parents[3]
MARKING = Path(amends.desk.web.__file__).parent / "assets" / "marking.ts"

sys.path.insert(0, str(ROOT / "tools"))
from build_front import node_folder  # noqa: E402

SCRIPT = """
const fs = require("fs");
const esbuild = require(process.argv[1]);
const code = esbuild.transformSync(fs.readFileSync(process.argv[2], "utf8"), { loader: "ts", format: "cjs" }).code;
const module_ = { exports: {} };
new Function("module", "exports", code)(module_, module_.exports);
const { marked, linked, nextLine } = module_.exports;
// What is chosen stands between two bars, a caret is one.
const at = (said) => {
  const start = said.indexOf("|"), end = said.lastIndexOf("|");
  const text = said.replaceAll("|", "");
  return { text, start, end: end === start ? start : end - 1 };
};
const said = (now) => now && (now.start === now.end
  ? now.text.slice(0, now.start) + "|" + now.text.slice(now.start)
  : now.text.slice(0, now.start) + "|" + now.text.slice(now.start, now.end) + "|" + now.text.slice(now.end));
const acts = {
  enter: (now) => nextLine(now) ?? null,
  paste: (now) => linked(now, "https://b.example"),
};
const cases = JSON.parse(process.argv[3]);
console.log(JSON.stringify(cases.map(([act, from]) => said((acts[act] ?? ((now) => marked(now, act)))(at(from))))));
"""

CASES = [
    ("bold", "we are |sorry |now", "we are **|sorry|** now"),
    ("bold", "we are **|sorry|** now", "we are |sorry| now"),
    ("bold", "we are |**sorry**| now", "we are |sorry| now"),
    ("bold", "so |", "so **|**"),
    ("bold", "🌧️ |متن| ", "🌧️ **|متن|** "),
    ("link", "look |here|.", "look [here](|https://|)."),
    ("link", "|https://a.example|", "[|](https://a.example)"),
    ("paste", "look |here|.", "look [here](https://b.example)|."),
    ("list", "|one\n\ntwo|", "|- one\n\n- two|"),
    ("list", "|- one\n- two|", "|one\ntwo|"),
    ("list", "one\ntw|o", "one\n- two|"),
    ("numbers", "|- one\n- two|", "|1. one\n2. two|"),
    ("quote", "|they said|\nwe say", "|> they said|\nwe say"),
    ("quote", "|", "> |"),
    ("enter", "- one|", "- one\n- |"),
    ("enter", "9. nine| more", "9. nine\n10. | more"),
    ("enter", "> so|", "> so\n> |"),
    ("enter", "- one\n- |", "- one\n|"),
    ("enter", "words|", None),
    ("enter", "1.5 kg|", None),
]


def test_what_buttons_and_keys_do():
    esbuild = ROOT / "node_modules" / "esbuild"
    if not esbuild.exists():
        pytest.skip("node_modules is not there: run tools/build_front.py")
    cases = json.dumps([(act, before) for act, before, _ in CASES])
    ran = subprocess.run(
        [str(node_folder() / "node"), "-e", SCRIPT, str(esbuild), str(MARKING), cases],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    assert json.loads(ran.stdout) == [after for _, _, after in CASES]
