"""Writing down why a complaint came about: the engine proposes, a person says what it was."""

from __future__ import annotations

import logging
import math
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import cache
from threading import Lock

from django.db import transaction
from django.utils.translation import gettext as _

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.as_conversation import as_conversation
from amends.desk.complaints.models import By, Complaint, EventKind
from amends.desk.customers.words import storable
from amends.desk.improvements import learning, outside, planned
from amends.desk.improvements.models import Cause, Layer, Theme
from amends.desk.improvements.words import theme_called
from amends.desk.people.models import Agent
from amends.engine.causes import THEMES, Proposal, laid_on_nobody_by_a_guess, propose_cause
from amends.engine.languages.vectors import Vectors, VectorsMissingError, load_vectors, weights_file

logger = logging.getLogger("amends.improvements")

LONGEST_THEME = 120
LONGEST_WORDS = 500
YOUNG = timedelta(days=28)
MOST_AT_ONCE = 500


class UnableToConfirm(Exception):
    """The layer is not one of the six, or is laid on who did as a rule says; the message says what to do."""


def propose(*, complaint: Complaint, now: datetime, by_cues: bool = False) -> Cause | None:
    """Let the engine propose a cause; what a person confirmed stays as it is.

    Nothing is kept when nothing in the conversation points anywhere. Sentence vectors take up to a second for what was
    not read yet: that is over before the row is locked. `by_cues` does without them, where many are proposed at once.
    """
    known = Cause.objects.select_related("theme", "confirmed_by").filter(complaint=complaint).first()
    if known is not None and known.confirmed_at is not None:
        return known
    talk, vectors = as_conversation(complaint=complaint, now=now), None if by_cues else reading_vectors()
    language = complaint.language
    shipped = propose_cause(talk, language=language, note=learning.closing_note(complaint), vectors=vectors)
    proposal = learning.bent(shipped, talk=talk, language=language, vectors=vectors)
    proposal = outside.by_the_record(laid_on_nobody_by_a_guess(proposal), complaint=complaint, now=now)
    proposal = outside.by_the_rule(proposal, complaint=complaint)
    if proposal is None or (known is not None and _is_the_same(known, proposal, shipped)):
        return known
    return _keep(proposal, shipped=shipped, complaint=complaint)


def at_a_look(*, complaint: Complaint, now: datetime) -> Cause | None:
    """Return the cause as it is shown to who opens a case: what stands there, or what cues see at once.

    Reading with sentence vectors takes the time of ten pages, and whoever opens a case has not asked where it came
    from yet. So a worker reads, at leisure, once for what has happened since, and it stands there at the next look.
    """
    if not _vectors_are_there():
        return propose(complaint=complaint, now=now)
    known = Cause.objects.select_related("theme", "confirmed_by").filter(complaint=complaint).first()
    if known is not None and known.confirmed_at is not None:
        return known
    if _asked.is_new(complaint.pk, (complaint.last_event_at, now.replace(minute=0, second=0, microsecond=0))):
        from amends.desk.improvements.tasks import propose_fully  # which proposes with this file

        propose_fully.enqueue(complaint.pk)
    return known or propose(complaint=complaint, now=now, by_cues=True)


class _Asked:
    """For which complaints this process has asked a worker to read, and up to what: the newest ones."""

    def __init__(self, *, remembered: int = 2_000) -> None:
        self._limit, self._up_to, self._lock = remembered, OrderedDict[int, object](), Lock()

    def is_new(self, complaint_id: int, up_to: object) -> bool:
        """Tell whether it was not asked for up to here, and remember that it is."""
        with self._lock:
            if self._up_to.get(complaint_id) == up_to:
                return False
            self._up_to[complaint_id] = up_to
            self._up_to.move_to_end(complaint_id)
            if len(self._up_to) > self._limit:
                self._up_to.popitem(last=False)
            return True


_asked = _Asked()


@cache
def _vectors_are_there() -> bool:
    """Tell whether the model is installed, without loading it."""
    return weights_file() is not None


def _is_the_same(known: Cause, proposal: Proposal, shipped: Proposal | None) -> bool:
    """Whether what is proposed stands there already: most looks at a case write nothing."""
    said = (
        known.layer,
        known.proposed_layer,
        known.theme.name if known.theme else "",
        known.proposed_theme,
        known.words,
    )
    return math.isclose(known.confidence, proposal.confidence) and said == (
        proposal.layer, proposal.layer, proposal.theme, _of_first_tree(proposal, shipped), _words(proposal),
    )  # fmt: skip


def _words(proposal: Proposal) -> str:
    return " … ".join(proposal.said)[:LONGEST_WORDS]


def propose_for_young(
    *, now: datetime, since: timedelta = YOUNG, most: int = MOST_AT_ONCE, rest: Callable[[], object] = lambda: None
) -> int:
    """Propose a cause for complaints of the last weeks that have none, by cues; return how many were looked at."""
    waiting = Complaint.objects.filter(cause__isnull=True, received_at__gte=now - since, received_at__lt=now)
    chosen = list(waiting.order_by("-received_at", "-pk")[:most])
    for complaint in chosen:
        propose(complaint=complaint, now=now, by_cues=True)
        rest()
    return len(chosen)


@transaction.atomic
def _keep(proposal: Proposal, *, shipped: Proposal | None, complaint: Complaint) -> Cause:
    known = Cause.objects.select_for_update().filter(complaint=complaint).first()
    if known is not None and known.confirmed_at is not None:  # while the engine was reading
        return known
    cause, _made = Cause.objects.update_or_create(
        complaint=complaint,
        defaults={
            "layer": Layer(proposal.layer),
            "proposed_layer": Layer(proposal.layer),
            "theme": _theme(proposal.theme),
            "proposed_theme": _of_first_tree(proposal, shipped),
            "confidence": proposal.confidence,
            "words": _words(proposal),
        },
    )
    return cause


@transaction.atomic
def confirm(*, complaint: Complaint, layer: str, theme: str, by: Agent, now: datetime) -> Cause:
    """Say what the cause was; the proposal it differs from is kept beside it.

    :raises UnableToConfirm: if the layer is none of the six, or a rule of ours would be laid on who did as it says
    """
    if layer not in Layer.values:
        raise UnableToConfirm(_("Choose where the cause lies."))
    if layer == Layer.EMPLOYEE and outside.is_by_a_rule(complaint):
        raise UnableToConfirm(
            _(
                "A rule of ours brought this about, and who does as a rule says is not at fault. "
                "Choose another place, or take the rule back beside the complaint."
            )
        )
    chosen = _theme(theme)
    before = Cause.objects.filter(complaint=complaint).first()
    if before is not None and before.layer != layer and before.theme == chosen:
        chosen = None  # the theme of another layer, which stood in the form and was not chosen for this one
    cause, _made = Cause.objects.update_or_create(
        complaint=complaint,
        defaults={"layer": Layer(layer), "theme": chosen, "confirmed_by": by, "confirmed_at": now},
    )
    complaints.append(
        complaint=complaint,
        kind=EventKind.CAUSE_CONFIRMED,
        by=By.AGENT,
        agent=by,
        data={"layer": layer, "theme": cause.theme.name if cause.theme else "", "proposed": cause.proposed_layer},
        now=now,
    )
    return cause


def spare(*, complaint: Complaint, by: Agent, now: datetime) -> None:
    """A rule of ours brought it about: what was laid on who did as it says lies with the rule from now on."""
    known = Cause.objects.filter(complaint=complaint).first()
    if known is not None and known.confirmed_at is not None and known.layer == Layer.EMPLOYEE:
        confirm(complaint=complaint, layer=Layer.PROCESS, theme="rules", by=by, now=now)
    elif known is None or known.layer == Layer.EMPLOYEE:
        propose(complaint=complaint, now=now, by_cues=True)


def _of_first_tree(proposal: Proposal, shipped: Proposal | None) -> str:
    """Return the theme of the first tree that was proposed: an own theme's name says nothing of plan and failure."""
    if proposal.theme in THEMES:
        return proposal.theme
    return shipped.theme if shipped is not None and shipped.layer == proposal.layer else ""


def reading_vectors() -> Vectors | None:
    """Return what the learned head reads with; where another model is installed, cues decide alone."""
    try:
        return load_vectors()
    except VectorsMissingError as trouble:
        logger.warning("Causes are proposed by cues alone: %s", trouble)
        return None


def _theme(words: str) -> Theme | None:
    own = Theme.objects.order_by("name").values_list("name", flat=True)
    name = theme_called(storable(words), own=own)[:LONGEST_THEME].strip()
    if not name:
        return None
    theme, is_new = Theme.objects.select_related("merged_into").get_or_create(name=name)
    if is_new:
        planned.look(theme)
    return theme.merged_into or theme


def erase_words(*, customer_id: int, complaint_ids: Collection[int], now: datetime) -> None:
    """Empty the words of an erased customer that a cause was proposed from; layer and theme stay, no lesson does."""
    del customer_id, now
    learning.forget_complaints(complaint_ids=complaint_ids)
    Cause.objects.filter(complaint__in=complaint_ids).update(words="")
