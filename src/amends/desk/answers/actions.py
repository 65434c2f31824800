"""Writing saved answers. One's own are one's own; what everybody uses is written by leads and those above them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.answers.blocks import MOST, Block, kept, parts_in, whole
from amends.desk.answers.filling import unknown_blanks
from amends.desk.answers.models import Answer, Kind, Wording
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
    *, answer: Answer | None, by: Agent, name: str, is_shared: bool, blocks: Sequence[Block], now: datetime
) -> Answer:
    """Write an answer, or change one; a language without words is left out, and a block without any as well.

    :raises UnableToSave: if it cannot be kept like this
    """
    if answer is not None and not may_change(answer=answer, agent=by):
        raise UnableToSave(_("Only who wrote it, or a lead, changes it."))
    if is_shared and not may_share(agent=by):
        raise UnableToSave(_("What everybody uses is written by a lead. Keep it for yourself, or ask one."))
    name = one_line(name, limit=80)
    blocks = [block for block in blocks if any(text.strip() for text in block.texts.values())]
    written = {code: parts for code in Language.values if (parts := parts_in(code, blocks))}
    if not name or not written:
        raise UnableToSave(_("Give it a name, and words in at least one language."))
    if len(blocks) > MOST or any(block.kind not in Kind.values for block in blocks):
        raise UnableToSave(_("An answer has at most %(most)s blocks.") % {"most": MOST})
    for part in (part for parts in written.values() for part in parts):
        if unknown := unknown_blanks(part.text):
            raise UnableToSave(_("Nobody can fill this blank: %(blank)s") % {"blank": unknown[0]})
    answer = answer or Answer(written_by=by)
    answer.name, answer.is_shared, answer.changed_at = name, is_shared, now
    answer.save()
    answer.wordings.exclude(language__in=list(written)).delete()
    for code, parts in written.items():
        said = {"text": whole(parts), "blocks": kept(parts)}
        Wording.objects.update_or_create(answer=answer, language=code, defaults=said)
    return answer


def remove(*, answer: Answer, by: Agent) -> None:
    """Throw an answer away.

    :raises UnableToSave: if it is not theirs to change
    """
    if not may_change(answer=answer, agent=by):
        raise UnableToSave(_("Only who wrote it, or a lead, changes it."))
    answer.delete()
