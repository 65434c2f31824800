"""What the composer makes of `@` and of words that somebody selected: run by the Node.js that builds the front end."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import amends.desk.web

ROOT = Path(__file__).resolve().parents[3]
ASSETS = Path(amends.desk.web.__file__).parent / "assets"

sys.path.insert(0, str(ROOT / "tools"))
from build_front import node_folder  # noqa: E402

SCRIPT = """
const fs = require("fs");
const esbuild = require(process.argv[1]);
const load = (path) => {
  const code = esbuild.transformSync(fs.readFileSync(path, "utf8"), { loader: "ts", format: "cjs" }).code;
  const module_ = { exports: {} };
  new Function("module", "exports", code)(module_, module_.exports);
  return module_.exports;
};
const { begun, standing } = load(process.argv[2] + "/mentions.ts");
const { asQuote, putIn } = load(process.argv[2] + "/quoting.ts");
console.log(JSON.stringify({
  begun: ["@", "See @Nom", "سلام @رض", "(@Өлз Б", "me@mail", "@@", "@ a", "@Nom\\n", "a @Nomin Bat, is"]
    .map((one) => begun(one) ?? null),
  standing: standing("Ask @Nomin Bat'a", [{ name: "Nomin Bat" }, { name: "Sara" }]).map((one) => one.name),
  quote: asQuote(" First.\\r\\n\\n\\nسلام \\n"),
  empty: putIn("", "", "Hi"),
  between: putIn("Dear Ada,", "\\nBye", "Hi"),
  after: putIn("Dear Ada,\\n\\n", "", "Hi"),
}));
"""


@pytest.fixture(scope="module")
def made():
    esbuild = ROOT / "node_modules" / "esbuild"
    if not esbuild.exists():
        pytest.skip("node_modules is not there: run tools/build_front.py")
    ran = subprocess.run(
        [str(node_folder() / "node"), "-e", SCRIPT, str(esbuild), str(ASSETS)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
    )
    return json.loads(ran.stdout)


def test_a_name_begins_with_a_sign_at_the_beginning_of_a_word(made):
    assert made["begun"] == [
        {"at": 0, "words": ""},
        {"at": 4, "words": "Nom"},
        {"at": 5, "words": "رض"},
        {"at": 1, "words": "Өлз Б"},
        None,
        None,
        None,
        None,
        {"at": 2, "words": "Nomin Bat, is"},
    ]


def test_who_stands_in_the_words_no_more_is_dropped(made):
    assert made["standing"] == ["Nomin Bat"]


def test_every_line_of_a_quote_says_that_it_is_one(made):
    assert made["quote"] == "> First.\n> سلام"


def test_a_quote_stands_apart_from_what_is_written_around_it(made):
    assert made["empty"] == {"text": "> Hi\n\n", "caret": 6}
    assert made["between"] == {"text": "Dear Ada,\n\n> Hi\n\nBye", "caret": 17}
    assert made["after"] == {"text": "Dear Ada,\n\n> Hi\n\n", "caret": 17}
