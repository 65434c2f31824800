"""Sentences in four languages: what is a promise in them, where, and when it falls due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.engine import languages
from amends.engine.languages.folding import fold
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.grammar import CODES
from amends.engine.promises.undertaking import Promise, done_on_the_spot, find_promises

NOW = datetime(2026, 11, 18, 10, 15)
OFFICE = WorkingCalendar.office(zone=ZoneInfo("UTC"))
HERE = Path(__file__).parent / "sentences"


@dataclass(frozen=True)
class Case:
    language: str
    text: str
    spans: tuple[tuple[int, int], ...]
    dues: tuple[str, ...]


def cases(language: str) -> list[Case]:
    found = []
    for line in (HERE / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        marked, _, dues = line.partition(" => ")
        text, spans = "", []
        for outside, inside in re.findall(r"(.*?)(?:\[\[(.*?)\]\]|$)", marked):
            text += outside
            if inside:
                spans.append((len(text), len(text) + len(inside)))
                text += inside
        found.append(Case(language, text, tuple(spans), tuple(dues.split(", ")) if dues else ()))
    return found


def found_in(text: str, language: str) -> tuple[Promise, ...]:
    weekdays = (5, 6, 0, 1, 2) if language == "fa" else range(5)
    calendar = WorkingCalendar.office(zone=ZoneInfo("UTC"), weekdays=weekdays)
    return find_promises(text, language=language, now=NOW, calendar=calendar)


def due(promise: Promise) -> str:
    if promise.due is None:
        return "vague" if promise.vague else "open"
    return promise.due.isoformat(timespec="minutes") if isinstance(promise.due, datetime) else promise.due.isoformat()


def points_at(promise: Promise, span: tuple[int, int]) -> bool:
    length = span[1] - span[0]
    shared = min(promise.end, span[1]) - max(promise.start, span[0])
    return shared * 2 >= length and promise.end - promise.start <= max(2 * length, length + 20)


@pytest.mark.parametrize("case", [case for code in CODES for case in cases(code)], ids=lambda case: case.text)
def test_sentence(case: Case) -> None:
    found = found_in(case.text, case.language)
    assert [due(promise) for promise in found] == list(case.dues), [promise.words for promise in found]
    for promise, span in zip(found, case.spans, strict=True):
        assert points_at(promise, span), promise.words
        assert case.text[promise.start : promise.end] == promise.words


@pytest.mark.parametrize("language", CODES)
def test_there_are_enough_sentences_of_both_kinds(language: str) -> None:
    both = cases(language)
    assert sum(bool(case.spans) for case in both) >= 40
    assert sum(not case.spans for case in both) >= 20


class TestFinding:
    def test_a_language_without_grammar_has_no_promises(self) -> None:
        assert found_in("Wir melden uns am Dienstag.", "de") == ()

    @pytest.mark.parametrize(
        ("language", "text", "kind"),
        [
            ("en", "I'll ring you at 4 pm.", "call"),
            ("en", "We will refund you by Friday.", "money"),
            ("en", "The plumber comes tomorrow.", "visit"),
            ("en", "A new box ships today.", "goods"),
            ("en", "We will let you know by Friday.", "answer"),
            ("tr", "Sizi saat 4'te arayacağım.", "call"),
            ("tr", "Paranızı cumaya kadar iade edeceğiz.", "money"),
            ("fa", "تا ظهر با شما تماس می‌گیرم.", "call"),
            ("fa", "تا شنبه وجه را برمی‌گردانیم.", "money"),
            ("mn", "Би 16 цагт залгана.", "call"),
            ("mn", "Баасан гарагт мөнгийг буцаана.", "money"),
        ],
    )
    def test_what_it_is_about(self, language: str, text: str, kind: str) -> None:
        assert [promise.kind for promise in found_in(text, language)] == [kind]

    @pytest.mark.parametrize("language", CODES)
    def test_a_text_folded_before_gives_the_same(self, language: str) -> None:
        text = " ".join(case.text for case in cases(language)[:30])
        folded = fold(text, language=languages.get(language))
        again = find_promises(text, language=language, now=NOW, calendar=OFFICE, folded=folded)
        assert again == find_promises(text, language=language, now=NOW, calendar=OFFICE)
        assert len(again) > 10

    def test_a_plain_keyboard_does_not_hide_a_promise(self) -> None:
        (promise,) = found_in("Carsambaya kadar paranizi iade edecegiz.", "tr")
        assert due(promise) == "2026-11-25"

    def test_capitals_do_not_hide_a_promise(self) -> None:
        (promise,) = found_in("SALIYA KADAR PARANIZI İADE EDECEĞİZ.", "tr")
        assert due(promise) == "2026-11-24"

    def test_arabic_letters_and_digits_do_not_hide_a_promise(self) -> None:
        (promise,) = found_in("تا ٤ آذر پول را واريز مي‌كنيم.", "fa")
        assert due(promise) == "2026-11-25"

    def test_what_is_undertaken_beside_a_dated_promise_is_part_of_it(self) -> None:
        found = found_in("We will look into it and be in touch. You will have the money by Friday.", "en")
        assert [due(promise) for promise in found] == ["2026-11-20"]

    def test_a_due_moment_is_aware_when_now_is(self) -> None:
        calendar = WorkingCalendar.office(zone=ZoneInfo("Asia/Ulaanbaatar"))
        now = datetime(2026, 11, 18, 2, 15, tzinfo=ZoneInfo("UTC"))  # a quarter past ten in Ulaanbaatar
        (promise,) = find_promises("Би 16 цагт залгана.", language="mn", now=now, calendar=calendar)
        assert promise.due == datetime(2026, 11, 18, 16, tzinfo=calendar.zone)

    @settings(max_examples=40)
    @given(st.sampled_from(CODES), st.text(max_size=120))
    def test_any_text_is_read_without_falling(self, language: str, text: str) -> None:
        for promise in found_in(text, language):
            assert text[promise.start : promise.end] == promise.words

    @settings(max_examples=40)
    @given(st.sampled_from(CODES), st.data())
    def test_any_row_of_clauses_is_read_without_falling(self, language: str, data: st.DataObject) -> None:
        words = sorted({word for case in cases(language) for word in case.text.split()})
        text = " ".join(data.draw(st.lists(st.sampled_from(words), max_size=25)))
        for promise in found_in(text, language):
            assert text[promise.start : promise.end] == promise.words
            assert promise.vague is False or promise.due is None


class TestOnTheSpot:
    """What is done here and now is no promise, and no vague one."""

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "I will give you a fresh kilo now."),
            ("en", "I am so sorry, I'll exchange them for you right now."),
            ("en", "I'm calling you right now."),
            ("tr", "Size hemen şimdi taze bir kilo veriyorum."),
            ("tr", "Şimdi yenisini vereceğim."),
            ("tr", "Sizi hemen şimdi arıyorum."),
            ("fa", "همین الان یک کیلوی تازه به شما می‌دهم."),
            ("fa", "همین حالا برایتان عوضش می‌کنم."),
            ("mn", "Одоо танд шинэ нэг кило өгье."),
            ("mn", "Би яг одоо солиод өгнө."),
        ],
    )
    def test_is_found(self, language: str, text: str) -> None:
        found = done_on_the_spot(text, language=language, now=NOW, calendar=OFFICE)
        assert len(found) == 1
        assert found_in(text, language) == ()

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("en", "I am looking at your account right now."),
            ("en", "Now we will get back to you."),
            ("en", "For now we will send nothing."),
            ("en", "We will now check it."),
            ("en", "I cannot give you a fresh kilo now."),
            ("en", "We are currently replacing many of them."),
            ("en", "Shall I give you a fresh kilo now?"),
            ("tr", "Şu anda hesabınıza bakıyorum."),
            ("tr", "Şimdilik size dönüş yapacağız."),
            ("tr", "Şimdi veremeyiz."),
            ("fa", "الان حساب شما را بررسی می‌کنم."),
            ("fa", "الان نمی‌توانم عوضش کنم."),
            ("mn", "Одоо би таны дансыг шалгаж байна."),
            ("mn", "Одоохондоо танд мэдэгдэнэ."),
        ],
    )
    def test_is_no_deed_yet(self, language: str, text: str) -> None:
        assert done_on_the_spot(text, language=language, now=NOW, calendar=OFFICE) == ()
