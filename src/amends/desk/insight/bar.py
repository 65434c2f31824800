"""The bar over the pages of insight: one choice of time and complaints for all of them, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, Final

from django.db.models import IntegerField, JSONField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from amends.desk.clocks.models import CustomerGroup
from amends.desk.complaints.models import Branch, Channel, Product
from amends.desk.insight import spans
from amends.desk.insight.forms import Choice, choice, with_currency
from amends.desk.insight.frame import Belongs, Frame, belongs
from amends.desk.insight.kept import Facts
from amends.desk.insight.spans import Part
from amends.desk.people.models import Language, Team

NUMBERED = frozenset({"team", "product", "branch"})
LISTS: Final = (Product, Branch, Team, CustomerGroup)


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """One thing to choose: its name in the address, its title, and what may be chosen."""

    name: str
    title: str
    all: str  # what is chosen when nothing is
    options: Mapping[str, str]
    chosen: str

    @property
    def told(self) -> str:
        """What is chosen, in words."""
        return self.options.get(self.chosen, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    choice: Choice
    frame: Frame
    selects: tuple[Select, ...]
    language: str
    zone: tzinfo
    facts: Facts = field(default_factory=Facts, compare=False, repr=False)  # of this request

    @property
    def told(self) -> list[str]:
        """To what the figures are narrowed, in words."""
        return [select.told for select in self.selects if select.chosen]

    @property
    def span_told(self) -> str:
        """From which day to which the figures are."""
        return spans.told(self.choice.since, self.choice.until, language=self.language, zone=self.zone)

    @property
    def spans(self) -> list[tuple[str, str]]:
        """The spans that may be chosen, with their names."""
        return [(name, spans.name_words(name, language=self.language)) for name in (*spans.SPANS, spans.OWN)]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The weeks or months of the span, in the reader's calendar."""
        return spans.parts(
            since=self.choice.since,
            until=self.choice.until,
            by=self.choice.told_by,
            language=self.language,
            zone=self.zone,
        )

    def values(self, name: str) -> Mapping[str, str]:
        """Every value of a name of the bar, with its words."""
        return next((select.options for select in self.selects if select.name == name), {})

    def with_currency(self, currency: str) -> Bar:
        return replace(self, choice=with_currency(self.choice, currency))


def read(query: Mapping[str, str], *, language: str, now: datetime, zone: tzinfo | None = None) -> Bar:
    """Read what is chosen from the address of a page, and lay out what else could be.

    Days begin where the reader is, unless a zone is told.
    """
    zone = zone or timezone.get_current_timezone()
    named = _named(language)
    options: dict[str, tuple[str, str, dict[str, str]]] = {
        "team": (_("Team"), _("everybody"), named["Team"]),
        "product": (_("Product"), _("all"), named["Product"]),
        "branch": (_("Branch"), _("all"), named["Branch"]),
        "channel": (_("Channel"), _("all"), {value: str(label) for value, label in Channel.choices}),
        "language": (_("Language"), _("all"), {value: str(label) for value, label in Language.choices}),
        "group": (_("Customer group"), _("all"), named["CustomerGroup"]),
    }
    known = {name: values for name, (_title, _all, values) in options.items()}
    chosen = choice(query, known=known, now=now, language=language, zone=zone)
    return Bar(
        choice=chosen,
        frame=_frame(chosen),
        language=language,
        zone=zone,
        selects=tuple(
            Select(name=name, title=title, all=every, options=values, chosen=chosen.narrowed.get(name, ""))
            for name, (title, every, values) in options.items()
            if values
        ),
    )


def _named(language: str) -> dict[str, dict[str, str]]:
    """Everything that has a name of its own, by number: teams, groups, and both lists with what is chosen no more.

    One question for all four, since each page asks it.
    """
    first, *rest = (_rows(model) for model in LISTS)
    found: dict[str, list[tuple[int, int, str]]] = {model.__name__: [] for model in LISTS}
    for kind, pk, name, names, position in first.union(*rest, all=True).order_by():
        found[kind].append((position, pk, (names or {}).get(language) or name))
    return {
        kind: {str(pk): name for _position, pk, name in sorted(rows, key=lambda row: (row[0], row[2].casefold()))}
        for kind, rows in found.items()
    }


def _rows(model: type[Product] | type[Branch] | type[Team] | type[CustomerGroup]) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = model.objects.order_by()
    named = {} if model in {Product, Branch} else {"said": Value({}, output_field=JSONField())}
    placed = {} if model is CustomerGroup else {"place": Value(0, output_field=IntegerField())}
    return rows.annotate(kind=Value(model.__name__), **named, **placed).values_list(
        "kind", "pk", "name", "said" if named else "names", "place" if placed else "position"
    )


def _frame(chosen: Choice) -> Frame:
    told: dict[str, Any] = {
        name: int(value) if name in NUMBERED else value for name, value in chosen.narrowed.items() if name != "group"
    }
    return Frame(since=chosen.since, until=chosen.until, group=_group(chosen.narrowed.get("group", "")), **told)


def _group(number: str) -> Belongs | None:
    """Say of which customers the chosen group is; it takes the groups before it to tell."""
    if not number:
        return None
    groups = list(CustomerGroup.objects.all())
    return next((belongs(one, groups=groups) for one in groups if str(one.pk) == number), None)
