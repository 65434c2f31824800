"""Writing saved answers. One's own are one's own; what everybody uses is written by leads and those above them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.answers.filling import unknown_blanks
from amends.desk.answers.models import Answer, Wording
from amends.desk.customers.words import one_line
from amends.desk.people.models import Agent, Language, Role


class UnableToSave(Exception):
    """The answer has no name or no words, has a blank that nobody can fill, or is not theirs to change."""


def may_share(*, agent: Agent) -> bool:
    """Whether somebody writes what everybody uses."""
    return agent.role != Role.AGENT


def may_change(*, answer: Answer, agent: Agent) -> bool:
    return answer.written_by_id == agent.pk or (answer.is_shared and may_share(agent=agent))


@transaction.atomic
def save(
    *, answer: Answer | None, by: Agent, name: str, is_shared: bool, texts: Mapping[str, str], now: datetime
) -> Answer:
    """Write an answer, or change one; a language without words is left out.

    :raises UnableToSave: if it cannot be kept like this
    """
    if answer is not None and not may_change(answer=answer, agent=by):
        raise UnableToSave(_("Only who wrote it, or a lead, changes it."))
    if is_shared and not may_share(agent=by):
        raise UnableToSave(_("What everybody uses is written by a lead. Keep it for yourself, or ask one."))
    name = one_line(name, limit=80)
    written = {code: texts.get(code, "").strip() for code in Language.values}
    if not name or not any(written.values()):
        raise UnableToSave(_("Give it a name, and words in at least one language."))
    for text in written.values():
        if unknown := unknown_blanks(text):
            raise UnableToSave(_("Nobody can fill this blank: %(blank)s") % {"blank": unknown[0]})
    answer = answer or Answer(written_by=by)
    answer.name, answer.is_shared, answer.changed_at = name, is_shared, now
    answer.save()
    answer.wordings.exclude(language__in=[code for code, text in written.items() if text]).delete()
    for code, text in written.items():
        if text:
            Wording.objects.update_or_create(answer=answer, language=code, defaults={"text": text})
    return answer


def remove(*, answer: Answer, by: Agent) -> None:
    """Throw an answer away.

    :raises UnableToSave: if it is not theirs to change
    """
    if not may_change(answer=answer, agent=by):
        raise UnableToSave(_("Only who wrote it, or a lead, changes it."))
    answer.delete()
