"""Linking a complaint with another one, and taking the link away."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import links
from amends.desk.complaints.models import Complaint, How
from amends.desk.complaints.visible import visible
from amends.desk.workplace import acts, screens
from amends.desk.workplace.forms import NumberOfAnother
from amends.desk.workplace.undoing import line


class Other(forms.Form):
    """Which one, and how they stand to each other."""

    number = NumberOfAnother(offered="links-offered")
    how = forms.ChoiceField(
        label=gettext_lazy("How they stand to each other"),
        choices=[
            (How.PART_OF, gettext_lazy("this one belongs to that one")),
            (How.HOLDS, gettext_lazy("that one belongs to this one")),
            (How.SAME_CAUSE, gettext_lazy("both have the same cause")),
        ],
        widget=forms.RadioSelect,
        initial=How.SAME_CAUSE,
    )


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Ask for the other one, with what the customer complained of beside it."""
    row = screens.find(number)
    form = Other(request.POST if request.method == "POST" else None)
    trouble = ""
    if form.is_valid():
        other, how = form.cleaned_data["number"], form.cleaned_data["how"]
        try:
            links.link(complaint=row, other=other, how=how, by=request.user, now=timezone.now())
        except links.UnableToLink as error:
            trouble = str(error)
        else:
            undo = line(by=request.user, done={"linked": [row.pk, other.pk]})
            return acts.done(request, number, _("Linked. It is seen on both."), undo=undo)
    others = (
        Complaint.objects.filter(visible(), customer=row.customer_id).exclude(pk=row.pk).order_by("-received_at")[:20]
    )
    context = {"complaint": row, "form": form, "trouble": trouble, "others": others}
    return render(request, "workplace/sheets/link.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def unlink(request: HttpRequest, number: int, other: int) -> HttpResponse:
    """Take a link away on both sides."""
    row, that = screens.find(number), screens.find(other)
    try:
        how = links.unlink(complaint=row, other=that, by=request.user, now=timezone.now())
    except links.UnableToLink as error:
        return acts.refused(request, number, error)
    undo = line(by=request.user, done={"unlinked": [row.pk, that.pk, how]})
    return acts.done(request, number, _("No longer linked."), undo=undo)
