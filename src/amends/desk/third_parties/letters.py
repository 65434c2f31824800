"""Words to the customer while somebody outside is waited for, and after their no, in the customer's own language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint
from amends.desk.customers.queries import greeting_name
from amends.desk.web import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A sentence to begin with; its `step` is what it does: the no, what we can do, the next step."""

    step: str
    text: str


def next_word(*, until: datetime, language: str) -> str:
    """The promise: by when they hear from us, whatever the third party does. `until` is in the owner's zone."""
    with translation.override(language):
        return _("You will hear from me by %(day)s, %(time)s, even if there is no news.") % {
            "day": wording.weekday_and_day(until, language=language),
            "time": wording.clock(until, language=language),
        }


def waiting(*, complaint: Complaint, who: str, own_words: str, until: datetime) -> str:
    """The first word: whom we asked, that we stay with it, and by when they hear from us."""
    language = complaint.language
    with translation.override(language):
        told = own_words.strip() or _(
            "To answer you I need a word from %(who)s. I have asked them, "
            "and I stay with it until you have your answer."
        ) % {"who": who}
    return _letter(complaint, told, next_word(until=until, language=language))


def no_news(*, complaint: Complaint, who: str) -> str:
    """The proposed word for a time at which there is still no answer; the next time is added when it is known."""
    with translation.override(complaint.language):
        told = _(
            "I promised you a word for now. %(who)s has not answered yet. "
            "I have asked again, and I have not forgotten you."
        ) % {"who": who}
    return _letter(complaint, told)


def with_next_word(text: str, *, until: datetime, language: str) -> str:
    """A text, and the promise at its end."""
    return f"{text.strip()}\n\n{next_word(until=until, language=language)}"


def starters(*, complaint: Complaint, who: str) -> list[Starter]:
    """Sentences with which to pass on a no: ours, plain and early, then what we can do ourselves, then a day."""
    language = complaint.language
    with translation.override(language):
        name = greeting_name(customer=complaint.customer, reader_language=language)
        return [Starter(step=step, text=words() % {"who": who, "name": name}) for step, words in STARTERS]


STARTERS: Final[tuple[tuple[str, Callable[[], str]], ...]] = (
    ("no", lambda: _("I am sorry, %(name)s: the answer from %(who)s is no. I know that you hoped for another one.")),
    ("no", lambda: _("You bought from us, and so I do not leave you alone with this answer.")),
    ("offer", lambda: _("What we can do ourselves: I send you a replacement at our cost.")),
    ("offer", lambda: _("What we can do ourselves: I give you your money back, all of it.")),
    (
        "offer",
        lambda: _("What we can do ourselves: I take something off the price, so that it does not cost you more."),
    ),
    ("offer", lambda: _("What we can do ourselves: I lend you another one until this is settled.")),
    ("next", lambda: _("Tell me which of the two suits you better, and I begin today.")),
)


def _letter(complaint: Complaint, *parts: str) -> str:
    language = complaint.language
    with translation.override(language):
        greeting = _("Hello %(name)s,") % {
            "name": greeting_name(customer=complaint.customer, reader_language=language),
        }
    return "\n\n".join([greeting, *parts])
