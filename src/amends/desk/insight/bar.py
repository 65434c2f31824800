"""The bar over the pages of insight: one choice of time and complaints for all of them, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from amends.desk.clocks.models import CustomerGroup
from amends.desk.complaints import listed
from amends.desk.complaints.models import Channel
from amends.desk.insight.forms import Choice, choice, with_currency
from amends.desk.insight.frame import PERIODS, Belongs, Frame, belongs, frame, teams
from amends.desk.people.models import Language

NUMBERED = frozenset({"team", "product", "branch"})


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
    periods: tuple[int, ...] = PERIODS

    @property
    def told(self) -> list[str]:
        """To what the figures are narrowed, in words."""
        return [select.told for select in self.selects if select.chosen]

    def values(self, name: str) -> Mapping[str, str]:
        """Every value of a name of the bar, with its words."""
        return next((select.options for select in self.selects if select.name == name), {})

    def with_currency(self, currency: str) -> Bar:
        return Bar(choice=with_currency(self.choice, currency), frame=self.frame, selects=self.selects)


def read(query: Mapping[str, str], *, language: str, now: datetime) -> Bar:
    """Read what is chosen from the address of a page, and lay out what else could be."""
    groups = list(CustomerGroup.objects.all())
    options: dict[str, tuple[str, str, dict[str, str]]] = {
        "team": (_("Team"), _("everybody"), {str(pk): name for pk, name in teams()}),
        "product": (_("Product"), _("all"), _listed("product", language)),
        "branch": (_("Branch"), _("all"), _listed("branch", language)),
        "channel": (_("Channel"), _("all"), {value: str(label) for value, label in Channel.choices}),
        "language": (_("Language"), _("all"), {value: str(label) for value, label in Language.choices}),
        "group": (_("Customer group"), _("all"), {str(group.pk): group.name for group in groups}),
    }
    known = {name: values for name, (_title, _all, values) in options.items()}
    chosen = choice(query, known=known, now=now)
    return Bar(
        choice=chosen,
        frame=_frame(chosen, groups=groups),
        selects=tuple(
            Select(name=name, title=title, all=every, options=values, chosen=chosen.narrowed.get(name, ""))
            for name, (title, every, values) in options.items()
            if values
        ),
    )


def _listed(which: str, language: str) -> dict[str, str]:
    """Every entry of a list, those that are chosen no more too: there are complaints about them."""
    named = {str(one.pk): one.called(language) for one in listed.entries(which)}
    return dict(sorted(named.items(), key=lambda item: item[1].casefold()))


def _frame(chosen: Choice, *, groups: list[CustomerGroup]) -> Frame:
    told = {name: int(value) if name in NUMBERED else value for name, value in chosen.narrowed.items()}
    group = told.pop("group", None)
    of: Belongs | None = next((belongs(one, groups=groups) for one in groups if str(one.pk) == group), None)
    return frame(days=chosen.days, now=chosen.until, group=of, **told)
