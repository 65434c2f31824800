"""The cause at a conversation's end: confirmed in one click, or corrected."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from amends.desk.complaints import actions as complaints
from amends.desk.complaints import listed
from amends.desk.complaints.models import Complaint
from amends.desk.improvements import actions, queries
from amends.desk.improvements.models import Cause
from amends.desk.workplace.acts import done


@login_required
def cause(request: HttpRequest, number: int) -> HttpResponse:
    """Show what the engine proposes, and keep what the person says."""
    rows = Complaint.objects.select_related("customer", "owner", "team__calendar")
    complaint = get_object_or_404(rows, number=number)
    trouble = ""
    if request.method == "POST":
        try:
            known: Cause | None = actions.confirm(
                complaint=complaint,
                layer=request.POST.get("layer", ""),
                theme=request.POST.get("theme", ""),
                by=request.user,
                now=timezone.now(),
            )
        except actions.UnableToConfirm as error:
            trouble = str(error)
            known = Cause.objects.filter(complaint=complaint).first()
    else:
        known = actions.at_a_look(complaint=complaint, now=timezone.now())
    pane = queries.pane(complaint=complaint, cause=known, language=(get_language() or "en").split("-")[0])
    correcting = bool(trouble) or "correct" in request.GET
    # Without scripts the part stands on a page of its own.
    template = "improvements/cause.html" if request.htmx else "improvements/page.html"
    return render(request, template, {"cause": pane, "trouble": trouble, "correcting": correcting})


@login_required
@require_POST
def about(request: HttpRequest, number: int) -> HttpResponse:
    """Keep which product and which branch a complaint is about."""
    complaint = get_object_or_404(Complaint, number=number)
    complaints.place(
        complaint=complaint,
        product=listed.product(request.POST.get("product", "")),
        branch=listed.branch(request.POST.get("branch", "")),
        by=request.user,
        now=timezone.now(),
    )
    return done(request, number, _("Noted."))
