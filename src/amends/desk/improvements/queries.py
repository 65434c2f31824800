"""Reading causes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from amends.desk.complaints import listed
from amends.desk.complaints.models import Complaint
from amends.desk.improvements.models import Cause, Theme
from amends.desk.improvements.words import layer_words, layers, theme_words
from amends.engine.causes import THEMES

SURE = 0.6  # below this a proposal is shown as a guess


@dataclass(frozen=True, slots=True, kw_only=True)
class CausePane:
    """The cause of one complaint, ready to be shown."""

    number: int
    layer: str
    layer_name: str
    theme: str
    words: str
    is_sure: bool
    is_confirmed: bool
    was_corrected: bool
    confirmed_by: str
    confirmed_at: datetime | None
    layers: list[tuple[str, str]]
    themes: list[str]
    lists: tuple[OwnList, ...]  # products and branches, where the organisation has written some down


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """A list of the organisation's own, and what of it this complaint is about."""

    name: str  # product or branch
    choices: list[listed.Choice]
    chosen: int | None


def pane(*, complaint: Complaint, cause: Cause | None, language: str) -> CausePane:
    """Lay out a cause, proposed or confirmed, or the empty choice where there is none."""
    theme = cause.theme.name if cause and cause.theme else ""
    return CausePane(
        number=complaint.number,
        layer=cause.layer if cause else "",
        layer_name=layer_words(cause.layer, language=language) if cause else "",
        theme=theme_words(theme, language=language) if theme else "",
        words=cause.words if cause else "",
        is_sure=cause is not None and cause.confidence >= SURE,
        is_confirmed=cause is not None and cause.confirmed_at is not None,
        was_corrected=cause is not None and bool(cause.proposed_layer) and cause.layer != cause.proposed_layer,
        confirmed_by=cause.confirmed_by.name if cause and cause.confirmed_by else "",
        confirmed_at=cause.confirmed_at if cause else None,
        layers=layers(language=language),
        themes=theme_names(language=language),
        lists=lists(complaint=complaint, language=language),
    )


def lists(*, complaint: Complaint, language: str) -> tuple[OwnList, ...]:
    """Lay out the lists that there is something to choose from."""
    chosen = {"product": complaint.product_id, "branch": complaint.branch_id}
    found = (
        OwnList(name=name, choices=listed.choices(name, language=language, also=pk), chosen=pk)
        for name, pk in chosen.items()
    )
    return tuple(one for one in found if one.choices)


def theme_names(*, language: str) -> list[str]:
    """Every theme there is, those used most first: the organisation's own and those of the first tree."""
    own = Theme.objects.filter(merged_into=None).annotate(uses=Count("causes"))
    used = list(own.order_by("-uses", "name").values_list("name", flat=True))
    names = [*used, *(theme for theme in THEMES if theme not in used)]
    return [theme_words(name, language=language) for name in names]
