"""The printed report, and reports that are saved, sent and stopped."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.insight import bar as bars
from amends.desk.insight import report_queries, saved, spans
from amends.desk.insight.models import ReportRun, Rhythm, SavedReport
from amends.desk.insight.report import PAGES, report
from amends.desk.people.models import Language


@login_required
@never_cache
def paper(request: HttpRequest) -> HttpResponse:
    """The report on paper, under the choice that stands in the address."""
    language, now = _language(), timezone.now()
    bar = bars.read(request.GET, language=language, now=now)
    made = report(bar=bar, only=request.GET.getlist("pages"), now=now)
    return _pdf(made.as_pdf(language=language), name=f"report-{bar.choice.until:%Y-%m-%d}.pdf")


@login_required
@never_cache
def reports(request: HttpRequest) -> HttpResponse:
    """List saved reports; whoever leads people saves another one."""
    if not request.user.leads_people:
        raise PermissionDenied
    language, now = _language(), timezone.now()
    bar = bars.read(request.POST or request.GET, language=language, now=now)
    if request.method == "POST":
        told = request.POST
        try:
            saved.save(
                name=told.get("name", ""),
                pages=told.getlist("pages"),
                span=told.get("span", ""),
                by=told.get("by", ""),
                narrowed=bar.choice.narrowed,
                currency=bar.choice.currency,
                language=told.get("tongue", ""),
                rhythm=told.get("rhythm", ""),
                recipients=[
                    int(one) for one in told.getlist("to") if one.isascii() and one.isdigit() and len(one) < 10
                ],
                made_by=request.user,
                now=now,
            )
        except saved.UnableToSave as trouble:
            messages.error(request, str(trouble))
        else:
            messages.success(request, _("Saved."))
            return redirect("insight:reports")
    typed = request.POST if request.method == "POST" else None
    context = {
        "here": "insight",
        "bar": bar,
        "choice": bar.choice,
        "rows": report_queries.rows(language=language),
        "people": report_queries.people(),
        "pages": PAGES.items(),
        "chosen_pages": typed.getlist("pages") if typed else list(PAGES),
        "chosen_people": typed.getlist("to") if typed else [str(request.user.pk)],
        "name": typed.get("name", "") if typed else "",
        "span": typed.get("span", "") if typed else "last-month",
        "spans": [(name, spans.name_words(name, language=language)) for name in (*spans.WHOLE, *spans.DAYS)],
        "languages": Language.choices,
        "chosen_language": typed.get("tongue", "") if typed else language,
        "rhythms": Rhythm.choices,
        "rhythm": typed.get("rhythm", "") if typed else Rhythm.MONTHLY,
    }
    return render(request, "insight/reports.html", context)


@login_required
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a saved report now, stop it, or have it go on."""
    if not request.user.leads_people:
        raise PermissionDenied
    one, now = get_object_or_404(SavedReport, pk=pk), timezone.now()
    what = request.POST.get("what")
    try:
        if what == "run":
            saved.run_now(saved=one, by=request.user, now=now)
            messages.success(request, _("It is made within minutes, and sent to everybody on its list."))
        elif what == "stop":
            saved.stop(saved=one, now=now)
            messages.success(request, _("Stopped."))
        elif what == "go-on":
            saved.go_on(saved=one, now=now)
            messages.success(request, _("It goes out again."))
    except saved.UnableToSave as trouble:
        messages.error(request, str(trouble))
    return redirect("insight:reports")


@login_required
@never_cache
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper of one run, as it was sent."""
    del request
    one = get_object_or_404(ReportRun.objects.select_related("report"), pk=pk)
    if one.pdf is None:
        raise Http404
    return _pdf(bytes(one.pdf), name=saved.file_name(one))


def _pdf(made: bytes, *, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _language() -> str:
    return (get_language() or "en").split("-")[0]
