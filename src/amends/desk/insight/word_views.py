"""Our word: promises by team and channel, third parties that are slow, and how people reach us."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from amends.desk.insight import bar as bars
from amends.desk.insight import curves
from amends.desk.insight import word as counted
from amends.desk.insight.bar import Bar
from amends.desk.insight.facts import ASKS, COMPLAINTS, OUTSIDE, PROMISES
from amends.desk.insight.lasting import Lasting
from amends.desk.insight.links import address


@login_required
def word(request: HttpRequest) -> HttpResponse:
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    span = (bar.frame.since, bar.frame.until)
    bar.facts.expect({COMPLAINTS: span, PROMISES: span, OUTSIDE: span, ASKS: span})
    promises = counted.promises(frame=bar.frame, facts=bar.facts)
    asked = {"person": _("a person"), "manager": _("a manager")}
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "promises": promises,
        "tables": [
            (_("Team"), _kept(promises.teams, name="team", bar=bar)),
            (_("Channel"), _kept(promises.channels, name="channel", bar=bar)),
        ],
        "parties": [
            {
                "name": one.name,
                "row": one,
                "all": f"party-{one.id}",
                "open": f"party-{one.id}-open",
                "no": f"party-{one.id}-no",
                **_told(one.lasting, href=address(f"party-{one.id}", choice=bar.choice), language=language),
            }
            for one in counted.parties(frame=bar.frame, facts=bar.facts)
        ],
        "channels": [
            {
                "words": bar.values("channel")[one.key],
                "still": address("unanswered", choice=(inner := bar.choice.narrowed_to("channel", one.key))),
                **_told(one.lasting, href=address("answers", choice=inner), language=language),
            }
            for one in counted.by_channel(frame=bar.frame, facts=bar.facts)
        ],
        "asked": [
            {
                "words": asked[one.key],
                **_told(one.lasting, href=address(f"asked-{one.key}", choice=bar.choice), language=language),
            }
            for one in counted.by_whom(frame=bar.frame, facts=bar.facts)
            if one.lasting.cases
        ],
    }
    return render(request, "insight/word.html", context)


def _kept(rows: Iterable[counted.Kept], *, name: str, bar: Bar) -> list[dict[str, Any]]:
    """The rows of one table; each opens on the promises of its team or channel."""
    found = []
    for row in rows:
        inner = bar.choice.narrowed_to(name, row.key)
        found.append(
            {
                "words": bar.values(name).get(row.key, ""),
                "share": row.share,
                "kept": address("promises-kept", choice=inner),
                "settled": address("promises-settled", choice=inner),
            }
        )
    return found


def _told(found: Lasting, *, href: str, language: str) -> dict[str, Any]:
    return {
        "of": found,
        "href": href,
        "median": curves.median_words(found, language=language),
        "between": curves.range_words(found, language=language),
    }
