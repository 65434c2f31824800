"""Taking a table along."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from amends.desk.insight import bar as bars
from amends.desk.insight import files, tables


@login_required
def take(request: HttpRequest, name: str, kind: str) -> HttpResponse:
    """One table of a page as a file, under the choice that stands in the address."""
    if kind not in files.KINDS:
        raise Http404
    language = (get_language() or "en").split("-")[0]
    bar = bars.read(request.GET, language=language, now=timezone.now())
    try:
        found = tables.table(name, bar=bar, language=language)
    except tables.UnableToTake as error:
        raise Http404 from error
    write, media_type = files.KINDS[kind]
    response = HttpResponse(write(found), content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}-{bar.choice.until:%Y-%m-%d}.{kind}"'
    return response
