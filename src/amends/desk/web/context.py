"""What every template knows about its reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi

THEMES = {"light", "dark"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks at the page: their language and its direction, their theme, their moment."""

    language: str
    direction: str
    theme: str  # empty: as the system says
    now: datetime
    organisation: str
    languages: tuple[tuple[str, str], ...]
    face: Any  # what customers see of the organisation; looked up by their pages, and by no others
    fonts: tuple[str, ...]  # what this language needs at once
    cookies: str  # how the names of cookies begin that scripts write


FONTS = {
    "en": ("source-sans-3-latin",),
    "tr": ("source-sans-3-latin", "source-sans-3-latin-ext"),
    "fa": ("vazirmatn-arabic", "source-sans-3-latin"),
    "mn": ("source-sans-3-latin", "source-sans-3-cyrillic", "source-sans-3-cyrillic-ext"),
}


def reader(request: HttpRequest) -> dict[str, Reader]:
    """The one context processor of the desk."""
    language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    user = getattr(request, "user", None)
    chosen = str(getattr(user, "theme", "")) or ""
    theme = chosen if chosen in THEMES else request.COOKIES.get("theme", "")
    return {
        "reader": Reader(
            language=language,
            direction="rtl" if get_language_bidi() else "ltr",
            theme=theme if theme in THEMES else "",
            now=timezone.now(),
            # Looked up by pages that name it, and by no others: named on the first run.
            organisation=getattr(request, "organisation", settings.ORGANISATION),
            languages=getattr(request, "offered", None) or tuple(settings.LANGUAGES),
            face=getattr(request, "face", None),
            fonts=FONTS.get(language, FONTS["en"]),
            cookies=getattr(request, "cookie_prefix", ""),
        )
    }
