"""What is kept about one customer: handed out to them, or erased, by an administrator."""

from __future__ import annotations

import tempfile

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import actions as complaints
from amends.desk.complaints.handing_out import hand_out
from amends.desk.complaints.models import Complaint
from amends.desk.complaints.visible import has_walls, visible_to
from amends.desk.people.guards import for_right
from amends.desk.people.models import Agent, Right
from amends.desk.web.files import SentFile
from amends.desk.workplace import screens


class Erase(forms.Form):
    """Nobody erases by a slip."""

    sure = forms.BooleanField(
        label=gettext_lazy("I know that this cannot be undone."),
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
        error_messages={"required": gettext_lazy("Tick the box to show that you mean it.")},
    )


def _whole(row: Complaint, reader: Agent) -> Complaint:
    """Return the complaint; all or nothing of a customer is handed out or erased, so who sees a part says no.

    :raises PermissionDenied: if another complaint of theirs is behind a wall
    """
    if Complaint.objects.filter(~visible_to(reader) if has_walls(reader) else Q(pk__in=[]), customer=row.customer_id):
        raise PermissionDenied(_("A part of what is kept about them belongs to a closed team. Ask an administrator."))
    return row


@for_right(Right.DATA)
@never_cache
def page(request: HttpRequest, number: int) -> HttpResponse:
    """Show who it is about and what each way does; erase when asked to."""
    row = _whole(screens.find(number), request.user)
    form = Erase(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            complaints.erase(customer=row.customer, by=request.user, now=timezone.now())
        except complaints.UnableToErase as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Erased. The complaints stay, without words and without a name."))
        return redirect("workplace:their-data", number)
    theirs = Complaint.objects.filter(customer=row.customer_id)
    told = {
        "row": row,
        "form": form,
        "all": theirs.count(),
        "going_on": theirs.filter(stage__in=complaints.OPEN).count(),
    }
    return render(request, "workplace/their_data.html", told)


@for_right(Right.DATA)
@require_POST
def take_along(request: HttpRequest, number: int) -> FileResponse:
    """Hand out all that is kept about them, as one file; the page asks for it by POST, so that no link gives it."""
    row = _whole(screens.find(number), request.user)
    archive = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it
    hand_out(customer=row.customer, now=timezone.now(), into=archive)
    archive.seek(0)
    return SentFile(
        archive, as_attachment=True, filename=f"customer-{row.customer_id}.zip", content_type="application/zip"
    )
