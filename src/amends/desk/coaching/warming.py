"""Read once before anybody waits: what a first draft would have to load is there when it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from amends.desk.coaching import readers as who_reads
from amends.engine.conversation import By, Conversation, Turn
from amends.engine.drills import catalogue
from amends.engine.failings import judge_turn
from amends.engine.languages.reading import USUAL_READERS, Reader, read
from amends.engine.promises.calendar import WorkingCalendar
from amends.engine.promises.undertaking import find_promises

# Replies in which much is to be read, so that what is put together when it is first met is put together now.
REPLIES: Final = {
    "en": "Dear Ms Hill, I am sorry about this. I will call you tomorrow by 17:00. Please fill in the form.",
    "fa": "خانم رضایی، از این بابت متأسفم. فردا تا ساعت ۱۷ تماس می‌گیرم. لطفاً فرم را پر کنید.",
    "mn": "Болд гуай, үүнд харамсаж байна. Маргааш 17 цаг гэхэд залгая. Маягт бөглөнө үү.",
    "tr": "Ayşe Hanım, bunun için üzgünüm. Yarın saat 17:00'ye kadar ararım. Lütfen formu doldurun.",
}
MOMENT: Final = datetime(2000, 1, 3, 12, tzinfo=UTC)
# Situations in which much is said that is said every day. What announces a cue has its pattern compiled, a millisecond
# each; a first reply in a language met a hundred of them, and those who replied beside it waited for that.
EVERY_DAY: Final = ("own-mistake", "tuesday-promise")


def warm_cues() -> None:
    """Load what answers first: the cues of every language and what is judged by them; a second."""
    _read_with(USUAL_READERS)
    for language in REPLIES:
        for by, text in _said(language):
            said = Turn(by=by, text=text, at=MOMENT, language=language)
            read(Conversation(id="", turns=(said,), as_of=MOMENT), language=language, readers=USUAL_READERS)
    for language, text in REPLIES.items():
        find_promises(text, language=language, now=MOMENT, calendar=WorkingCalendar.office(zone=UTC))


def warm_full() -> None:
    """Load the learned reader, where there is one; seconds."""
    if (full := who_reads.full.get()) is not None:
        _read_with(full)


def _read_with(readers: Sequence[Reader]) -> None:
    for language, text in REPLIES.items():
        draft = Turn(by="agent", text=text, at=MOMENT, language=language)
        judge_turn(read(Conversation(id="", turns=(draft,), as_of=MOMENT), language=language, readers=readers))


def _said(language: str) -> Iterator[tuple[By, str]]:
    for slug in EVERY_DAY:
        script = catalogue.script_of(slug, language)
        for words in script.says.values():
            yield "customer", words
        for answers in script.answers.values():
            for words in answers.every:
                yield "agent", words
