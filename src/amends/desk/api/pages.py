"""Lists in pages: `limit` says how long one is, `next` is sent as `after` for the following one.

Where no limit is asked for, the whole list comes, as far as it is told at all.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext
from pydantic import Field

from amends.desk.api.problems import not_valid
from amends.desk.api.schemas import In

MOST: Final = 100  # rows of a page


class ListIn(In):
    """Which part of a list is asked for."""

    limit: Annotated[int | None, Field(ge=1, le=MOST, description="How many at most; all without it.")] = None
    after: Annotated[str, Field(max_length=4000, description="The `next` of the page before.")] = ""


WHOLE: Final = ListIn()

Next = Annotated[str | None, Field(description="Send it as `after` for the next page; null at the end.")]


def page[Row: Model](rows: QuerySet[Row], asked: ListIn, *, usual: int | None = None) -> tuple[list[Row], str | None]:
    """
    Return the rows of a page and what the next one begins after.

    :param rows: in an order by columns of theirs, of which the last is their key
    :param usual: how many come where no limit is asked for; all without it
    :raises Problem: if `after` is not from this list
    """
    order = [str(name) for name in rows.query.order_by]
    salt = f"amends.api.{rows.model._meta.label}.{'.'.join(order)}"  # noqa: SLF001 - Django's own way to a model's name
    if asked.after:
        try:
            values = signing.loads(asked.after, salt=salt)
        except signing.BadSignature as error:
            detail = gettext("Take the `next` of the page before as it is.")
            raise not_valid("after", detail, code="cursor") from error
        rows = rows.filter(_beyond(order, values))
    limit = asked.limit or usual
    if limit is None:
        return list(rows), None
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    told = [_plain(getattr(last, name.removeprefix("-"))) for name in order]
    return found[:limit], signing.dumps(told, salt=salt, compress=True)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool) else value.isoformat()


def _beyond(order: list[str], values: list[Any]) -> Q:
    """Say 'after these values': a later first one, or an equal one and a later second, and so on."""
    later = Q(pk__in=[])
    for name, value in reversed(list(zip(order, values, strict=True))):
        key, beyond = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        later = Q(**{f"{key}__{beyond}": value}) | (Q(**{key: value}) & later)
    return later
