"""The organisation's own lists of products and branches: kept by administrators, chosen from by whoever answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Branch, Listed, Product
from amends.desk.customers.words import one_line, storable
from amends.desk.people.models import Language
from amends.engine.languages.folding import fold

LONGEST: Final = 120
LISTS: Final[Mapping[str, type[Product] | type[Branch]]] = {"product": Product, "branch": Branch}
type Which = Literal["product", "branch"]


class UnableToList(Exception):
    """It has no name, or another entry of the list has it; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An entry to choose, under the name that the reader knows."""

    id: int
    name: str


def choices(which: str, *, language: str, also: int | None = None) -> list[Choice]:
    """Return what may be chosen, and `also` the one that is chosen already, retired or not."""
    rows = [one for one in LISTS[which].objects.all() if one.retired_at is None or one.pk == also]
    return sorted((Choice(id=one.pk, name=one.called(language)) for one in rows), key=lambda one: fold(one.name).text)


def entries(which: str) -> list[Listed]:
    """Return the whole list, those that are chosen no more at the end."""
    return sorted(LISTS[which].objects.all(), key=lambda one: (one.retired_at is not None, fold(one.name).text))


def by_name(which: str) -> QuerySet[Listed]:
    """Return the list in the order of the database; those that are chosen no more at the end."""
    return LISTS[which].objects.annotate(is_past=Q(retired_at__isnull=False)).order_by("is_past", "name", "pk")


def product(told: str) -> Product | None:
    """Return the product of a number as a form tells it; none where it tells none."""
    return Product.objects.filter(pk=number_in(told)).first()


def branch(told: str) -> Branch | None:
    """Return the branch of a number as a form tells it; none where it tells none."""
    return Branch.objects.filter(pk=number_in(told)).first()


def number_in(told: str) -> int:
    """Read the number of an entry; 0, which none has, where there is none."""
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 10 else 0


@transaction.atomic
def keep(which: str, *, entry: int | None, name: str, names: Mapping[str, str]) -> Listed:
    """Write an entry down, or change what it is called; complaints about it stay about it.

    :raises UnableToList: if it has no name, or another one has it
    """
    kind = LISTS[which]
    name = one_line(storable(name), limit=LONGEST)
    if not name:
        raise UnableToList(_("Write a name."))
    if any(fold(name).text == fold(one.name).text and one.pk != entry for one in kind.objects.all()):
        raise UnableToList(_("There is one of this name already."))
    told = {code: one_line(storable(names.get(code, "")), limit=LONGEST) for code in Language.values}
    own = {code: called for code, called in told.items() if called and called != name}
    if entry is None:
        return kind.objects.create(name=name, names=own)
    known = kind.objects.select_for_update().get(pk=entry)
    known.name, known.names = name, own
    known.save(update_fields=["name", "names"])
    return known


def retire(which: str, *, entry: int, now: datetime) -> None:
    """Let it be chosen no more; what was about it stays about it."""
    LISTS[which].objects.filter(pk=entry, retired_at__isnull=True).update(retired_at=now)


def bring_back(which: str, *, entry: int) -> None:
    """Let it be chosen again."""
    LISTS[which].objects.filter(pk=entry).update(retired_at=None)
