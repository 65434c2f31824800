"""On the customer's page: times for a call to choose from, who is rung for them, and the person they know."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from amends.desk.calm import actions as calm
from amends.desk.calm.models import CallOffer
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Complaint
from amends.desk.portal import queries
from amends.desk.portal.views import with_complaint
from amends.desk.reaching import queries as reaching_queries


@with_complaint
def book(request: HttpRequest, complaint: Complaint) -> HttpResponse:
    """Choose one of the times that were offered for a call."""
    offer = CallOffer.objects.filter(complaint=complaint, state=CallOffer.State.OPEN).order_by("-pk").first()
    if request.method == "POST" and offer is not None:
        try:
            slot = parse_datetime(request.POST.get("slot", ""))
        except ValueError:
            slot = None
        now = timezone.now()
        try:
            # A time that cannot be read is none that was offered.
            calm.book_call(offer=offer, slot=slot if slot is not None and timezone.is_aware(slot) else now, now=now)
        except calm.UnableToOfferCall as trouble:
            messages.error(request, str(trouble))
        else:
            name = queries.name_of(complaint.owner)
            messages.success(request, _("Thank you. {name} calls you then.").format(name=name))
    return redirect(f"{reverse('portal:follow', args=[complaint.key])}#asked")


@with_complaint
def ask_again(request: HttpRequest, complaint: Complaint, pk: int) -> HttpResponse:
    """Ask for the very person who came last time."""
    people = reaching_queries.known_people(customer=complaint.customer)
    known = next((one for one in people if one.agent.pk == pk), None)
    if request.method == "POST" and known is not None:
        complaints.ask_for(complaint=complaint, what="person", whom=known.agent, now=timezone.now())
    return redirect(f"{reverse('portal:follow', args=[complaint.key])}#asked")
