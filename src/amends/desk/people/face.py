"""What customers see of the organisation: its colour, logo, line of welcome, links, and the languages they may choose.

Read by the pages, chats and automatic letters that customers get; changed by administrators, who changed what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from amends.desk.people.logos import Logo
from amends.desk.people.models import Agent, Face, FaceChange, Language, Organisation
from amends.desk.web import colours, questions

SHOWN: Final = 30
TEAL: Final = "#0f5f63"  # the house's own
# All of them, where nobody has chosen: who wants none of these is spoken to in the first.
USUAL: Final = tuple(sorted(Language.values, key=lambda code: code != settings.LANGUAGE_CODE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is seen, as pages and letters take it."""

    logo: str = ""  # its digest, by which it is asked for
    colour: str = ""
    welcome: Mapping[str, str] = field(default_factory=dict)
    site: str = ""
    privacy: str = ""
    languages: tuple[str, ...] = ()  # as they were chosen; empty where nobody has

    @property
    def light(self) -> colours.Shades:
        return colours.for_light(self.colour or TEAL)

    @property
    def dark(self) -> colours.Shades:
        return colours.for_dark(self.colour or TEAL)

    @property
    def offered(self) -> tuple[tuple[str, str], ...]:
        """The languages that a customer may choose, each named in itself."""
        named = dict(settings.LANGUAGES)
        return tuple((code, named[code]) for code in self.languages) or tuple(settings.LANGUAGES)

    def speaks(self, language: str) -> bool:
        return language in dict(self.offered)

    def spoken(self, language: str) -> str:
        """Return the language in which somebody is spoken to who speaks another one maybe: theirs, or the first."""
        return language if self.speaks(language) else (self.languages or USUAL)[0]

    def language_for(self, request: HttpRequest) -> str:
        """Return the language of a page: what the reader chose, what their browser wants, or the first offered."""
        if not self.languages:
            return translation.get_language_from_request(request)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        wanted = (
            code.split("-")[0] for code, _much in parse_accept_lang_header(request.headers.get("Accept-Language", ""))
        )
        return next((code for code in (chosen, *wanted) if code in self.languages), self.languages[0])

    def welcome_in(self, language: str) -> str:
        return self.welcome.get(language, "")


_SEEN: Final = ("logo_digest", "colour", "welcome", "site", "privacy", "languages")


def look() -> Look:
    """Return what customers see now."""
    rows = questions.ask("look", lambda: Face.objects.order_by("pk").values_list(*_SEEN)[:1])
    if not rows:
        return Look()
    logo, colour, welcome, site, privacy, languages = rows[0]
    known = tuple(code for code in languages if code in Language.values)
    return Look(logo=logo, colour=colour, welcome=welcome, site=site, privacy=privacy, languages=known)


def spoken(language: str) -> str:
    """Return the language in which the desk itself speaks to a customer of a language."""
    return look().spoken(language)


def logo(*, digest: str) -> Logo | None:
    """Return the logo that is shown now, if it is the one that is asked for."""
    row = Face.objects.filter(logo_digest=digest).exclude(logo_digest="").values_list("logo_kind", "logo").first()
    return None if row is None else Logo(kind=row[0], body=bytes(row[1]))


@transaction.atomic
def change(
    *,
    name: str,
    logo: Logo | None,
    without_logo: bool,
    colour: str,
    welcome: Mapping[str, str],
    site: str,
    privacy: str,
    languages: Sequence[str],
    by: Agent,
    now: datetime,
) -> int:
    """Keep what customers see, and who changed what; return how much was changed. No new logo leaves the old one.

    :raises ValueError: if no language is offered
    """
    if not languages:
        raise ValueError("no language")
    row, _made = Face.objects.select_for_update().get_or_create(pk=1)
    wanted = {
        "colour": colour,
        "welcome": {code: words for code in Language.values if (words := " ".join(welcome.get(code, "").split()))},
        "site": site,
        "privacy": privacy,
        "languages": list(languages),
    }
    row.languages = row.languages or list(USUAL)
    told = [(what, _told(what, getattr(row, what)), _told(what, value)) for what, value in wanted.items()]
    for what, value in wanted.items():
        setattr(row, what, value)
    if logo is not None or without_logo:
        told.append(("logo", row.logo_digest, logo.digest if logo is not None else ""))
        row.logo, row.logo_kind = (logo.body, logo.kind) if logo is not None else (b"", "")
        row.logo_digest = logo.digest if logo is not None else ""
    row.save()
    called = Organisation.objects.values_list("name", flat=True).first()
    if name and called is not None and Organisation.objects.exclude(name=name).update(name=name):
        told.append(("name", called, name))
    changed = [FaceChange(what=what, before=old, after=new, by=by, at=now) for what, old, new in told if old != new]
    FaceChange.objects.bulk_create(changed)
    return len(changed)


def changes() -> list[FaceChange]:
    """Return the last changes, the newest first."""
    return list(FaceChange.objects.select_related("by").order_by("-at", "-pk")[:SHOWN])


def _told(what: str, value: object) -> str:
    """Say a value as the history has it."""
    if what == "languages" and isinstance(value, list):
        named = dict(settings.LANGUAGES)
        return " · ".join(named[code] for code in value if code in named)
    if isinstance(value, dict):
        return "\n".join(f"{code}: {value[code]}" for code in Language.values if code in value)
    return str(value)
