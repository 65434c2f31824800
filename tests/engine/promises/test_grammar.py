"""The files of the grammar: one silhouette, and no word that can never be read."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from amends.engine.promises import grammar as package
from amends.engine.promises.grammar import CODES, BadGrammarError, _pattern, grammar_of
from amends.engine.promises.reading import read
from amends.engine.promises.tokens import tokens_of


def data_of(code: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath(f"{code}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", CODES)
def test_every_file_has_the_same_silhouette(code: str) -> None:
    english = data_of("en")
    assert set(data_of(code)) - {"follow"} == set(english)
    assert set(data_of(code)["kinds"]) == set(english["kinds"])


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("tape", ["time", "acts"])
def test_every_class_is_used_by_a_pattern(code: str, tape: str) -> None:
    data = data_of(code)[tape]
    patterns = " ".join(pattern for group in data["patterns"].values() for pattern in group)
    named = set(
        patterns.replace("(", " ").replace(")", " ").replace("|", " ").translate(str.maketrans("?*+!", "    ")).split()
    )
    unused = (set(data["words"]) | set(data.get("forms", {}))) - named
    # Some classes only keep their words from being read as another.
    assert unused <= {"FILL", "QTY"}, unused


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("tape", ["time", "acts"])
def test_every_word_is_read_as_one_thing(code: str, tape: str) -> None:
    grammar = grammar_of(code)
    assert grammar is not None
    for name, words in data_of(code)[tape]["words"].items():
        for word in words:
            tokens = tokens_of(word, language=grammar.language)
            items = read(tokens, tape=getattr(grammar, tape), grammar=grammar)
            assert len(items) == 1, (name, word, items)


def test_a_language_without_a_file_has_none() -> None:
    assert grammar_of("de") is None


def test_a_pattern_with_an_unknown_class_is_refused() -> None:
    with pytest.raises(BadGrammarError, match="NOWHERE"):
        _pattern("IN NOWHERE", {"IN": "a"})
