"""Read once before anybody waits: what a first draft would have to load is there when it comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from amends.desk.coaching import readers as who_reads
from amends.engine.conversation import Conversation, Turn
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


def warm_cues() -> None:
    """Load what answers first: the cues of every language and what is judged by them; half a second."""
    _read_with(USUAL_READERS)
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
