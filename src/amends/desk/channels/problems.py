"""Why an arrival was parked or set aside, in the reader's language.

A code is stored, not a sentence: the page is read in four languages, long after.
"""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.channels.mailboxes import troubles
from amends.desk.web import wording


class UnableToTakeIn(Exception):
    """The arrival is kept, and a person has to look at it. `code` says why, `detail` adds what is known."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(describe(join(code, detail)))
        self.problem = join(code, detail)


def join(code: str, detail: str = "") -> str:
    return f"{code}: {detail}" if detail else code


def describe(problem: str) -> str:
    """Say in a sentence what was the matter."""
    code, _colon, detail = problem.partition(": ")
    match code:
        case "":
            return ""
        case "too-big":
            return _("The mail is larger than what the desk reads (%(size)s).") % {"size": _size(detail)}
        case "unexpected":
            return _("The desk could not read it. This is a fault of the desk: %(detail)s") % {"detail": detail}
        case _:
            sentence = _sentences().get(code) or troubles.sentence(code) or problem
            return f"{sentence} ({detail})" if detail and sentence != problem else sentence


def _size(detail: str) -> str:
    return wording.file_size(int(detail), language=(get_language() or "en")[:2]) if detail.isdecimal() else detail


def _sentences() -> dict[str, str]:
    return {
        "empty": _("The mail is empty."),
        "nested": _("The mail is nested too deeply."),
        "parts": _("The mail has too many parts."),
        "no-sender": _("The mail does not say who sent it."),
        "no-words": _("There is neither a word nor a file in it."),
        "from-agent": _("A colleague wrote this, and it belongs to no complaint."),
        "cut": _("The record is cut off or not of this desk."),
        "no-agent": _("Nobody works at the desk yet who could own the complaint."),
        "auto-reply": _("An automatic answer."),
        "bulk": _("Bulk mail."),
        "loop": _("Our own mail came back."),
        "own-address": _("Sent from the desk's own address."),
        "bounce": _("A mail could not be delivered."),
        "spam": _("The mail server took it for spam."),
        "too-often": _("It would have opened its complaint again and again; it stands there as a note."),
        "nobody-free": _(
            "Several began a chat at the same moment, and the last place was gone. The window asked for a message."
        ),
        "held-for-chat": _("It goes by mail in three minutes unless the customer has read it in the chat."),
        "virus": _("The virus scanner found something in it, so nobody opened it."),
        "left-out": _("It does not come along from the other desk."),
        "erased-here": _("This person was erased here. What another desk still has does not come back."),
        "call-of-nobody": _("A call of which is not known what was said, with somebody who has no complaint here."),
        "doubled": _("The same mail was taken in before."),
        "files-out-of-reach": _("Files cannot be kept at the moment. The desk tries again every minute."),
    }
