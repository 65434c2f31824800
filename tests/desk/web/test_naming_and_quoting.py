"""What the composer makes of `@` and of words that somebody selected: run by the Node.js that builds the front end."""

import pytest

SCRIPT = """
const { begun, standing } = load("mentions");
const { asQuote, putIn } = load("quoting");
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
def made(in_node):
    return in_node(SCRIPT)


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
