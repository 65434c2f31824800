"""Two records of one person, made one from the person's pane, and two again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.complaints import one_person
from amends.desk.complaints.models import Complaint
from amends.desk.customers.models import Joining
from amends.desk.workplace import acts, screens
from amends.desk.workplace.forms import NumberOfAnother


class Same(forms.Form):
    """Which record, and that somebody means it."""

    sure = forms.BooleanField(
        label=gettext_lazy("I know that this is one person."),
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
        error_messages={"required": gettext_lazy("Tick the box to show that you mean it.")},
    )

    def __init__(self, *given: Any, offered: bool = False, **named: Any) -> None:
        super().__init__(*given, **named)
        of_theirs = _("or the number of a complaint of theirs") if offered else _("The number of a complaint of theirs")
        self.fields["number"] = NumberOfAnother(label=of_theirs, required=False)


@login_required
@never_cache
def sheet(request: HttpRequest, number: int) -> HttpResponse:
    """Offer the records that may be of the same person, and make one of two when asked to."""
    row = screens.find(number)
    offered = one_person.candidates(customer=row.customer, reader=request.user)
    form = Same(request.POST if request.method == "POST" else None, offered=bool(offered))
    trouble, chosen = "", request.POST.get("record", "")
    if form.is_valid():
        other = next((one.customer for one in offered if str(one.customer.pk) == chosen), None)
        if other is None and isinstance(complaint := form.cleaned_data["number"], Complaint):
            other = complaint.customer
        if other is None:
            trouble = _("Choose a record, or write the number of a complaint of theirs.")
        else:
            try:
                one_person.join(other=other, into=row.customer, by=request.user, now=timezone.now())
            except one_person.UnableToJoin as error:
                trouble = str(error)
            else:
                return acts.done(request, number, _("One record now. It can be taken apart again beside the person."))
    context = {"complaint": row, "form": form, "offered": offered, "chosen": chosen, "trouble": trouble}
    return render(request, "workplace/sheets/one-person.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_POST
def apart(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Make two records of it again."""
    joining = get_object_or_404(Joining, pk=pk, into=screens.find(number).customer_id)
    try:
        one_person.take_apart(joining=joining, by=request.user, now=timezone.now())
    except one_person.UnableToTakeApart as error:
        return acts.refused(request, number, error)
    return acts.done(request, number, _("Two records again, each with what was its own."))
