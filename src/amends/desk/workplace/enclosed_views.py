"""The draft as its author sees it: the files that lie in it, and how the words will look."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from amends.desk.complaints.models import Complaint
from amends.desk.web.files import SentFile, shown_aside
from amends.desk.web.marks import Marked
from amends.desk.web.pictures import PICTURES
from amends.desk.workplace import actions, enclosed, forms, screens
from amends.desk.workplace.models import DraftFile

# A file of a draft is shown to its author and to nobody else.


def read_kept(told: QueryDict) -> list[int]:
    """Read which files of the draft go along."""
    return [int(one[:18]) for one in told.getlist("kept")[: enclosed.MOST] if one.isascii() and one.isdecimal()]


@login_required
@never_cache
def files(request: HttpRequest, number: int) -> HttpResponse:
    """Show the files of the reader's draft, after laying the ones that came into it."""
    row = screens.find(number)
    if request.method == "POST":
        try:
            for upload in forms.read_files(request.FILES.getlist("files")):
                enclosed.add(complaint=row, agent=request.user, upload=upload, now=timezone.now())
        except (forms.UnableToAttach, enclosed.UnableToEnclose) as error:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    return _shown(request, row)


@login_required
@require_POST
def off(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file out of the reader's draft."""
    row = get_object_or_404(DraftFile.objects.select_related("complaint"), pk=pk, agent=request.user, later=None)
    enclosed.take_away(row=row)
    return _shown(request, row.complaint)


@login_required
@require_GET
@never_cache
def one(request: HttpRequest, pk: int) -> SentFile:
    """A file of the reader's own draft."""
    return shown_aside(get_object_or_404(DraftFile, pk=pk, agent=request.user), kinds=PICTURES)


@login_required
@require_POST
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """Show how what was typed will look to the customer."""
    text = request.POST.get("text", "")[: actions.LONGEST_REPLY].replace("\r\n", "\n").strip()
    context = {"complaint": screens.find(number), "html": Marked(text).html, "text": text}
    return render(request, "workplace/preview.html", context)


def _shown(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    rows: Collection[DraftFile] = enclosed.in_draft(complaint=complaint, agent=request.user)
    return render(request, "workplace/draft_files.html", {"complaint": complaint, "draft_files": rows})
