from __future__ import annotations

import re
from pathlib import Path

import pytest

from amends.engine.languages.folding import fold, skeleton
from amends.engine.promises.grammar import CODES, grammar_of
from amends.engine.promises.pieces import Said, pieces_of
from amends.engine.promises.reading import kinds, quick_tags, read, tags_of
from amends.engine.promises.tokens import keys_of, tokens_of

HERE = Path(__file__).parent / "sentences"


def sentences(language: str) -> list[str]:
    lines = (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    told = [line.partition(" => ")[0] for line in lines if line.strip() and not line.startswith("#")]
    return [re.sub(r"\[\[|\]\]", "", line) for line in told]


def whole_and_apart(text: str, language: str) -> tuple[list[object], list[object], int]:
    """What is read in a text at once, what is read piece by piece, and how many pieces there are."""
    grammar = grammar_of(language)
    assert grammar is not None
    tokens = tokens_of(text, language=grammar.language)
    at_once: list[object] = [token for token in tokens if token.key != "\n"]
    for tape in (grammar.time, grammar.acts):
        for kind, items in kinds(read(tokens, tape=tape, grammar=grammar), tape=tape):
            at_once.append((kind, tokens[items[0].first].start, tokens[items[-1].last - 1].end))
    pieces = pieces_of(Said(text), grammar)
    apart: list[object] = []
    for begin, piece in pieces:
        apart += [one._replace(start=one.start + begin, end=one.end + begin) for one in piece.tokens if one.key != "\n"]
    for tape in (grammar.time, grammar.acts):
        for begin, piece in pieces:
            for kind, items in kinds(read(piece.tokens, tape=tape, grammar=grammar), tape=tape):
                first, last = piece.tokens[items[0].first], piece.tokens[items[-1].last - 1]
                apart.append((kind, begin + first.start, begin + last.end))
    return at_once, apart, len(pieces)


class TestPieces:
    @pytest.mark.parametrize("language", CODES)
    @pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
    def test_what_is_read_piece_by_piece_is_what_is_read_at_once(self, language: str, between: str) -> None:
        text = between.join(sentences(language))
        at_once, apart, pieces = whole_and_apart(text, language)
        assert apart == at_once
        assert pieces > 50

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "There is. Sending it on Monday"),  # 'is', anything, 'sending'
            ("en", "We will. Not yet"),
            ("en", "By 5 p.m. on Friday"),
            ("mn", "Өнгөрсөн. Даваа гарагт"),
            ("tr", "25. gün akşamı"),
            ("tr", "ISRAR EDIYORUM. Yarın geleceğim."),  # what an I is, only the whole text tells
        ],
    )
    def test_what_belongs_together_is_not_parted(self, language: str, text: str) -> None:
        at_once, apart, _ = whole_and_apart(text, language)
        assert apart == at_once

    def test_a_piece_is_taken_apart_once(self) -> None:
        grammar = grammar_of("en")
        assert grammar is not None
        (_, (_, one)) = pieces_of(Said("I have asked. We will call you on Monday."), grammar)
        (_, (begin, other)) = pieces_of(Said("I have written. We will call you on Monday."), grammar)
        assert one is other
        assert begin == len("I have written. ")

    def test_nothing_is_one_piece(self) -> None:
        grammar = grammar_of("en")
        assert grammar is not None
        ((begin, piece),) = pieces_of(Said(""), grammar)
        assert (begin, piece.tokens) == (0, ())

    @pytest.mark.parametrize("language", CODES)
    def test_words_seen_at_a_glance_are_of_the_classes_that_reading_them_finds(self, language: str) -> None:
        grammar, seen = grammar_of(language), 0
        assert grammar is not None
        for text in sentences(language):
            tokens = tokens_of(text, language=grammar.language)
            plain = skeleton(fold(text, language=grammar.language).text, language=grammar.language)
            keys = keys_of(plain, language=grammar.language)
            assert keys == [token.key for token in tokens]
            for tape in (grammar.time, grammar.acts):
                if (tags := quick_tags(keys, tape=tape, grammar=grammar)) is not None:
                    assert tags == tags_of(read(tokens, tape=tape, grammar=grammar), tape=tape), text
                    seen += 1
        assert seen > 50

    @pytest.mark.parametrize("language", CODES)
    def test_a_sentence_told_to_hold_no_time_holds_none(self, language: str) -> None:
        grammar = grammar_of(language)
        assert grammar is not None
        for text in sentences(language):
            for _, piece in pieces_of(Said(text), grammar):
                found = kinds(read(piece.tokens, tape=grammar.time, grammar=grammar), tape=grammar.time)
                assert [kind for kind, _ in piece.told] == [kind for kind, _ in found], text
