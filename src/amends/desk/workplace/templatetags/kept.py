"""Rows of the list, kept as they were drawn: a list that is drawn again mostly shows what it showed before.

Each process keeps a thousand, for ten minutes at most. A row is found again by all that it shows: what is known of the
complaint, its tags and its age, the words that are searched, the reader's language, zone and day. So nobody is shown
a row that was drawn for somebody who may see more.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from threading import Lock
from typing import Any, Final

from django import template
from django.conf import settings
from django.template import Engine
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from amends.desk.complaints.queries import Row
from amends.desk.web.templatetags.look import span

register = template.Library()

MOST: Final = 1_000
LONGEST: Final = timedelta(minutes=10)
# What a row does not show; of the time that somebody has waited it shows the largest unit.
UNSEEN: Final = frozenset({"id", "cursor", "waiting", "why_at", "received_at"})
_shown: Final = attrgetter(*(one.name for one in fields(Row) if one.name not in UNSEEN))


class Kept:
    """What was drawn, the newest last."""

    def __init__(self) -> None:
        self.rows: dict[Any, SafeString] = {}
        self.since: datetime | None = None
        self._lock = Lock()

    def begin(self, now: datetime) -> None:
        """Let go of everything every ten minutes: what was erased meanwhile stays in no memory either."""
        with self._lock:
            if self.since is None or not timedelta() <= now - self.since < LONGEST:
                self.rows, self.since = {}, now

    def keep(self, key: Any, drawn: SafeString) -> None:
        with self._lock:
            if len(self.rows) >= MOST:
                for old in list(self.rows)[: MOST // 4]:
                    del self.rows[old]
            self.rows[key] = drawn


kept: Final = Kept()


@register.simple_tag(takes_context=True)
def drawn_rows(context: template.Context) -> SafeString:
    """Draw the rows of a page, each as it was drawn before where it shows the same."""
    now, open_one = context["reader"].now, context.get("complaint")
    kept.begin(now)
    # A complaint by itself, or as what stands beside a list that comes later.
    opened = open_one.get("number") if isinstance(open_one, dict) else getattr(open_one, "number", None)
    query = context["asked"].query
    of_all = (
        get_language(), timezone.get_current_timezone_name(), timezone.localdate(now), get_script_prefix(),
        query, context.get("search", ""),
    )  # fmt: skip
    tags, ages = context["tags"], context["ages"]
    drawn: list[SafeString] = []
    page = None
    for row in context["rows"]:
        words = tuple(word.name for word in tags.get(row.id, ()))
        key = (of_all, row.number == opened, _shown(row), span(row.waiting), ages.get(row.id), words)
        said = None if settings.DEBUG else kept.rows.get(key)
        if said is None:
            page = page or Engine.get_default().get_template("workplace/row.html")
            with context.push(row=row, query=query):
                said = page.render(context)
            kept.keep(key, said)
        drawn.append(said)
    return format_html_join("", "{}", ((one,) for one in drawn))
