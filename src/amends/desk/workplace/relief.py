"""Handing over everything that somebody owns who leaves or is away: chosen, looked at, done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from amends.desk.complaints import relief
from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent
from amends.desk.people.queries import colleagues, may_let_out, may_relieve, relievable
from amends.desk.web.wording import digits_of_reader
from amends.desk.workplace import actions
from amends.desk.workplace.forms import area


class Relief(forms.Form):
    """Why, and for each complaint to whom."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=area(2))
    leaves = forms.BooleanField(
        label=_("They leave for good: afterwards they sign in no more"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "checkbox"}),
    )

    def __init__(self, *given: Any, complaints: Sequence[Complaint], others: Sequence[Agent], may_end: bool) -> None:
        super().__init__(*given)
        self._others = {str(agent.pk): agent for agent in others}
        choices = [("", _("by the rule")), *((pk, agent.name) for pk, agent in self._others.items())]
        if not may_end:
            del self.fields["leaves"]
        for complaint in complaints:
            self.fields[f"to_{complaint.number}"] = forms.ChoiceField(
                choices=choices, required=False, widget=forms.Select(attrs={"class": "select"})
            )

    def to(self) -> Mapping[int, Agent]:
        """Return who was chosen, by the number of the complaint."""
        return {
            int(name.removeprefix("to_")): self._others[value]
            for name, value in self.cleaned_data.items()
            if name.startswith("to_") and value
        }


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Whose complaints one may hand over, and how many each of them owns: the way into the page of one person."""
    rows = relief.held(agents=relievable(by=request.user))
    return render(request, "workplace/hand_over_people.html", {"rows": rows, "here": "hand-over"})


@login_required
def hand_over_all(request: HttpRequest, pk: int) -> HttpResponse:
    agent = get_object_or_404(Agent.objects.select_related("team"), pk=pk, is_active=True)
    if not may_relieve(by=request.user, agent=agent):
        raise PermissionDenied
    complaints, now = relief.owned_by(agent=agent), timezone.now()
    form = Relief(
        request.POST or None,
        complaints=complaints,
        others=colleagues(of=agent),
        may_end=may_let_out(by=request.user, agent=agent),
    )
    planned: list[relief.Handing] = []
    if request.method == "POST" and form.is_valid() and "change" not in request.POST:
        if "do" not in request.POST:
            planned = relief.plan(agent=agent, to=form.to(), now=now)
        else:
            try:
                count = actions.relieve(
                    agent=agent,
                    by=request.user,
                    to=form.to(),
                    reason=form.cleaned_data["reason"],
                    leaves=form.cleaned_data.get("leaves", False),
                    now=now,
                )
            except actions.UnableToRelieve as trouble:
                form.add_error(None, str(trouble))
            else:
                messages.success(request, _done(count, agent))
                return redirect("workplace:inbox")
    rows = [(complaint, form[f"to_{complaint.number}"]) for complaint in complaints]
    page = {
        "here": "hand-over",
        "agent": agent,
        "form": form,
        "rows": rows,
        "planned": planned,
        "count": len(complaints),
    }
    return render(request, "workplace/hand_over_all.html", page)


def _done(count: int, agent: Agent) -> str:
    return ngettext(
        "%(count)s complaint of %(name)s has a new owner.", "%(count)s complaints of %(name)s have new owners.", count
    ) % {"count": digits_of_reader(count), "name": agent.name}
