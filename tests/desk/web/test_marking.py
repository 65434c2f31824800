"""What the composer's buttons do to a text and what is chosen in it: run by the Node.js that builds the front end."""

import json

SCRIPT = """
const { marked, linked, nextLine } = load("marking");
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


def test_what_buttons_and_keys_do(in_node):
    cases = json.dumps([(act, before) for act, before, _ in CASES])
    assert in_node(SCRIPT, cases) == [after for _, _, after in CASES]
