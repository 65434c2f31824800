"""Asking the second reader: once for each text, within the day's budget, without anybody's name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from amends.desk.coaching.models import SecondAnswer
from amends.desk.coaching.models import SecondReader as Settings
from amends.desk.coaching.second import actions
from amends.desk.coaching.second.line import TIMEOUT, Endpoint, Send, UnableToAsk, ask, over_http
from amends.desk.complaints.covering import cover, names_in
from amends.desk.complaints.models import Complaint
from amends.engine.conversation import By
from amends.engine.languages.second import SecondReader, Told, UnableToUnderstand, question, understand


@dataclass(frozen=True, slots=True)
class Asking:
    """One question after another on behalf of one complaint."""

    names: tuple[str, ...]
    now: datetime
    send: Send = over_http
    timeout: float = TIMEOUT

    def __call__(self, sentences: Sequence[str], by: By) -> Told:
        """
        Return what is remembered or answered.

        :raises UnableToAsk: if no usable answer came, the day's budget is spent, or the endpoint is left alone a while
        """
        settings = Settings.objects.filter(is_on=True).first()
        if settings is None:
            return ()
        messages = question([cover(one, names=self.names).text for one in sentences], by=by)
        digest = sha256(json.dumps([settings.address, settings.model, messages]).encode()).hexdigest()
        kept = SecondAnswer.objects.filter(digest=digest).values_list("acts", flat=True).first()
        if kept is not None:
            return tuple((int(at), str(kind), float(sure)) for at, kind, sure in kept)  # type: ignore[call-overload,arg-type]
        if settings.rests_until is not None and settings.rests_until > self.now:
            raise UnableToAsk("resting")
        if not actions.spend(now=self.now):
            raise UnableToAsk("budget")
        try:
            told = _answer(actions.endpoint(settings), messages, count=len(sentences), by=by, asking=self)
        except UnableToAsk as trouble:
            actions.note_trouble(code=trouble.code, detail=trouble.detail, now=self.now)
            raise
        actions.keep_answer(digest=digest, told=told, now=self.now)
        return told


def _answer(endpoint: Endpoint, messages: Sequence[dict[str, str]], *, count: int, by: By, asking: Asking) -> Told:
    words = ask(endpoint, messages, by=by, send=asking.send, timeout=asking.timeout)
    try:
        return understand(words, count=count, by=by)
    except UnableToUnderstand as error:
        raise UnableToAsk("answer", str(error)) from error


def is_on() -> bool:
    """Whether the organisation wants a second reader."""
    return Settings.objects.filter(is_on=True).exists()


def second_reader(
    *, complaint: Complaint, text: str, now: datetime, send: Send = over_http, timeout: float = TIMEOUT
) -> SecondReader:
    """Return the reader of one text of a complaint."""
    theirs, ours = names_in(complaint)
    return SecondReader(Asking((*theirs, *ours), now, send, timeout), text)


def try_out(*, send: Send = over_http, timeout: float = TIMEOUT) -> Told:
    """
    Ask about two sentences of nobody's, whatever the budget.

    :raises UnableToAsk: if that does not go well
    """
    settings = Settings.objects.filter(pk=1).first()
    if settings is None:
        raise UnableToAsk("address")
    messages = question(TRIAL, by="agent")
    return _answer(
        actions.endpoint(settings), messages, count=len(TRIAL), by="agent", asking=Asking((), EPOCH, send, timeout)
    )


TRIAL = ("I am very sorry that we sent you the wrong one.", "We will get back to you as soon as possible.")
EPOCH = datetime.min  # noqa: DTZ901 - nothing is counted in a trial
