"""What was told to me, and what of it I want mailed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.notices import actions, queries
from amends.desk.notices.models import ByMail


@login_required
@never_cache
def told(request: HttpRequest) -> HttpResponse:
    """List what was told to the reader; with that it is seen."""
    now = timezone.now()
    rows = queries.told(agent=request.user, now=now)
    actions.see(agent=request.user, now=now)
    words = {"rows": rows, "wishes": ByMail.choices, "by_mail": queries.by_mail(agent=request.user)}
    return render(request, "notices/told.html", words)


@login_required
@require_POST
def wish(request: HttpRequest) -> HttpResponse:
    if (by_mail := request.POST.get("by_mail", "")) in ByMail:
        actions.wish(agent=request.user, by_mail=ByMail(by_mail))
        messages.success(request, _("Kept."))
    return redirect("notices:told")
