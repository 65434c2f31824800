"""The desk as an app on a telephone or computer: what it is called there, and a page for when the line is gone.

The worker that browsers keep beside it holds that one page and nothing else: no list, no complaint, no name.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from amends.desk.web.wording import direction

GROUND: Final = "#f6f4f0"
COLOUR: Final = "#0f5f63"
SHORT: Final = 12  # letters that stand under an icon
ICONS: Final = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-whole.png", "512x512", "maskable"),
)
DAY: Final = 24 * 3600
# The page for no line needs nothing of the desk, and runs nothing.
_ALONE: Final = "default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Say what the app is called and how it begins, in the language that is asked for."""
    language = _language(request)
    desk = f"{reverse('workplace:inbox')}"
    organisation = str(getattr(request, "organisation", settings.ORGANISATION))
    with translation.override(language):
        told = {
            "id": desk,
            "scope": desk,
            "start_url": desk,
            "name": _("%(organisation)s: complaints") % {"organisation": organisation},
            "short_name": organisation[:SHORT].strip(),
            "description": _("The desk at which complaints are put right."),
            "lang": language,
            "dir": direction(language),
            "display": "standalone",
            "background_color": GROUND,
            "theme_color": COLOUR,
            "icons": [
                {"src": static(f"web/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for name, sizes, purpose in ICONS
            ],
            "shortcuts": [
                {"name": str(name), "url": url}
                for name, url in ((_("Mine"), f"{desk}?view=mine"), (_("New complaint"), reverse("workplace:new")))
            ],
        }
    answer = JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})
    answer["Cache-Control"] = f"private, max-age={DAY}"
    return answer


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the worker: it looks at nothing but whether a page of the desk could be fetched."""
    answer = render(request, "web/worker.js", {}, content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"  # a new one is found with the next page
    return answer


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Show what stands where no page can be fetched: whole in itself, and the same for everybody of a language."""
    language = _language(request)
    with translation.override(language):
        answer = render(request, "web/offline.html", {"language": language, "direction": direction(language)})
    answer["Cache-Control"] = "no-cache"
    answer["Content-Security-Policy"] = f"{_ALONE}; style-src {_digest_of_style(answer.content)}"
    return answer


def _digest_of_style(page: bytes) -> str:
    """Name the one style of a page by its digest: a nonce would be kept in the browser with the page."""
    style = page.partition(b"</style>")[0].rpartition(b"<style>")[2]  # house: allow, it is looked for here
    return f"'sha256-{base64.b64encode(sha256(style).digest()).decode('ascii')}'"


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else (translation.get_language() or "en")[:2]
