"""The screens for when it gets hot: rest, draw a line, call instead of writing, ask a colleague, ring a manager."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from amends.desk.calm import actions as calm
from amends.desk.calm import queries as calm_queries
from amends.desk.calm import said
from amends.desk.calm.models import CallOffer, Pause, Takeover
from amends.desk.calm.words import SIGNS
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import queries as complaint_queries
from amends.desk.complaints.course_of_heat import course
from amends.desk.complaints.models import Complaint, Stage
from amends.desk.people.queries import colleagues
from amends.desk.promises import actions as promises
from amends.desk.reaching import actions as reaching
from amends.desk.reaching import queries as reaching_queries
from amends.desk.reaching.models import Ring
from amends.desk.web import wording
from amends.desk.workplace import actions, around, screens
from amends.desk.workplace.acts import done, refused
from amends.desk.workplace.cool_head_forms import OfferCall, Rest, times_to_return, with_time
from amends.desk.workplace.forms import HandOver
from amends.engine.measures.counted import HOT

UNABLE = (
    actions.UnableToReply,
    calm.UnableToRest,
    calm.UnableToOfferCall,
    calm.UnableToTakeOver,
    complaints.UnableToPause,
    complaints.UnableToHandOver,
    complaints.UnableToWrite,
    complaints.UnableToBringIn,
    promises.UnableToPromise,
    promises.UnableToSettle,
    reaching.UnableToCome,
)


# ── Beside the conversation ──────────────────────────────────────────────────


@login_required
@never_cache
def bar(request: HttpRequest, number: int) -> HttpResponse:
    """What stands over the composer when it is hot; nothing when it is not."""
    row, now = screens.find(number), timezone.now()
    goes_on = row.stage in {Stage.RECEIVED, Stage.ANSWERED}
    context = {
        "complaint": row,
        "mine": row.owner_id == request.user.pk,
        "call": calm_queries.call(complaint=row, now=now),
        "boundaries": calm_queries.boundaries(complaint=row) if goes_on else (),
        "asked": calm_queries.asked_in(complaint=row, now=now),
        "ring": reaching_queries.ringing(complaint=row, now=now),
        "again": reaching_queries.known_person(complaint=row) if goes_on else None,
        "rest": calm_queries.resting(agent=request.user, now=now),
    }
    return render(request, "calm/bar.html", context)


@login_required
@never_cache
def heat(request: HttpRequest, number: int) -> HttpResponse:
    """How hot it was, message by message, and what showed it early."""
    row = screens.find(number)
    found = course(complaint=row, now=timezone.now())
    asked = reaching_queries.times_asked(complaint=row)
    return render(request, "calm/course.html", {"complaint": row, "course": found, "names": SIGNS, "asked": asked})


@login_required
@never_cache
def one_page(request: HttpRequest, number: int) -> HttpResponse:
    """The whole story on one page, and what to say first: for the telephone, or for paper."""
    row, now = screens.find(number), timezone.now()
    organisation = str(getattr(request, "organisation", ""))
    context = {
        "complaint": row,
        "person": complaint_queries.person(complaint=row, now=now, reader=request.user),
        "items": complaint_queries.conversation(complaint=row, reader=request.user),
        "course": course(complaint=row, now=now),
        "names": SIGNS,
        "first": calm_queries.say_first(complaint=row, agent=row.owner, organisation=organisation, now=now),
        "call": calm_queries.call(complaint=row, now=now),
    }
    return render(request, "calm/one_page.html", context)


@login_required
@never_cache
def asked_of_me(request: HttpRequest) -> HttpResponse:
    """Whom this reader chats with, and what others ask of them: to come to a customer, to take over, to rest."""
    told = around.asked_of_me(agent=request.user, now=timezone.now())
    return render(request, "calm/asked_of_me.html", told)


# ── Taking five ──────────────────────────────────────────────────────────────


@login_required
@never_cache
def take_five(request: HttpRequest, number: int) -> HttpResponse:
    """Choose until when, look at what the customer is told, and rest."""
    row, now = screens.find(number), timezone.now()
    form = _rest_form(request, row, now, "holding_hot" if row.heat >= HOT else "holding")
    trouble = ""
    if form.is_valid():
        try:
            actions.take_five(
                complaint=row, by=request.user, until=form.cleaned_data["until"], message=form.told(), now=now
            )
        except UNABLE as error:
            trouble = str(error)
        else:
            return _go(request, reverse("workplace:complaint", args=[number]))
    return _sheet(request, row, "take_five", form=form, trouble=trouble, hot=row.heat >= HOT)


@login_required
@never_cache
def longer(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell the customer another time, and rest on."""
    pause = get_object_or_404(Pause.objects.select_related("agent", "complaint"), pk=pk, agent=request.user)
    row, now = screens.find(pause.complaint.number), timezone.now()
    form = _rest_form(request, row, now, "longer", earlier=pause.until)
    trouble = ""
    if form.is_valid():
        try:
            actions.rest_longer(pause=pause, until=form.cleaned_data["until"], message=form.told(), now=now)
        except UNABLE as error:
            trouble = str(error)
        else:
            return _go(request, reverse("workplace:complaint", args=[row.number]))
    return _sheet(request, row, "longer", form=form, trouble=trouble, pause=pause)


@login_required
@never_cache
def words(request: HttpRequest, number: int) -> HttpResponse:
    """The letter with another time in it, as soon as another one is chosen."""
    row, now = screens.find(number), timezone.now()
    zone = row.owner.calendar().zone
    until, was = (_moment(request.GET.get(name, "")) for name in ("until", "was"))
    if until is None:
        raise Http404
    message = with_time(
        request.GET.get("message", ""),
        was=was.astimezone(zone) if was is not None else None,
        until=until.astimezone(zone),
        now=now,
        language=row.language,
    )
    return render(request, "calm/words.html", {"complaint": row, "message": message, "was": until})


@login_required
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Come back from a pause, to the complaint over which it was taken."""
    pause = calm.come_back(agent=request.user, now=timezone.now())
    if pause is None:
        return redirect("workplace:inbox")
    return redirect("workplace:complaint", pause.complaint.number)


def _rest_form(
    request: HttpRequest, row: Complaint, now: datetime, words_: str, earlier: datetime | None = None
) -> Rest:
    calendar = row.owner.calendar()
    times = times_to_return(calendar=calendar, now=max(now, earlier) if earlier is not None else now)
    language = str(request.LANGUAGE_CODE).split("-")[0]
    told = {
        at.isoformat(): wording.due(
            timezone.localtime(at), now=timezone.localtime(now), whole_day=False, language=language
        )
        for at in times
    }
    chosen = times[min(1, len(times) - 1)]
    if (kept := _moment(request.POST.get("until", ""))) is not None and request.method == "POST":
        # The page may have stood open for a while: what was chosen on it still counts as long as it is ahead.
        told |= {
            request.POST["until"]: wording.due(
                timezone.localtime(kept), now=timezone.localtime(now), whole_day=False, language=language
            )
        }
    named: dict[str, str] = {"by": said.by(chosen, now=now, language=row.language)}
    if earlier is not None:
        named["earlier"] = said.by(earlier.astimezone(calendar.zone), now=now, language=row.language)
    message = said.say(words_, language=row.language, **named)
    return Rest(
        request.POST if request.method == "POST" else None,
        untils=told,
        always_tells=earlier is not None,
        initial={"until": chosen.isoformat(), "message": message, "tell": True},
    )


# ── A call instead of another letter ─────────────────────────────────────────


@login_required
@never_cache
def offer_call(request: HttpRequest, number: int) -> HttpResponse:
    """Choose times, look at the letter, send it; the customer chooses one on their page."""
    row, now = screens.find(number), timezone.now()
    free = calm_queries.free_times(complaint=row, now=now)
    language = str(request.LANGUAGE_CODE).split("-")[0]
    told = {
        at.isoformat(): wording.due(
            timezone.localtime(at), now=timezone.localtime(now), whole_day=False, language=language
        )
        for at in free
    }
    chosen = free[:3]
    message = actions.words_of_offer(complaint=row, by=request.user, slots=chosen, now=now)
    form = OfferCall(
        request.POST if request.method == "POST" else None,
        free=told,
        initial={"slots": [at.isoformat() for at in chosen], "message": message},
    )
    trouble = "" if free else _("There are no working hours in the next two weeks in which to call.")
    if form.is_valid():
        try:
            actions.offer_call(
                complaint=row,
                by=request.user,
                slots=form.cleaned_data["slots"],
                message=form.cleaned_data["message"],
                now=now,
            )
        except UNABLE as error:
            trouble = str(error)
        else:
            return done(request, number, _("The customer has your times, and chooses one."))
    first = calm_queries.say_first(
        complaint=row, agent=request.user, organisation=str(getattr(request, "organisation", "")), now=now
    )
    return _sheet(request, row, "offer_call", form=form, trouble=trouble, first=first)


@login_required
@require_POST
def book(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Book one of the times for a customer who said which, in a call or a letter."""
    offer = get_object_or_404(CallOffer, pk=pk, complaint__number=number)
    slot = _moment(request.POST.get("slot", ""))
    try:
        if slot is None:
            raise calm.UnableToOfferCall(_("This time is not free any more. Please choose another."))
        calm.book_call(offer=offer, slot=slot, agent=request.user, now=timezone.now())
    except UNABLE as error:
        return refused(request, number, error)
    return done(request, number, _("The call is booked, and promised."))


# ── A colleague takes over, with both their wishes ───────────────────────────


@login_required
@never_cache
def hand_over(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a colleague; it is theirs when they say yes."""
    row = screens.find(number)
    asked = request.POST if request.method == "POST" else None
    form = HandOver(asked, colleagues=colleagues(of=request.user), speaking=row.language)
    trouble = ""
    if form.is_valid():
        try:
            takeover = calm.ask_to_take_over(complaint=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        except UNABLE as error:
            trouble = str(error)
        else:
            return done(
                request, number, _("%(name)s is asked. Until they say yes it is yours.") % {"name": takeover.asked.name}
            )
    return _sheet(request, row, "hand_over", form=form, trouble=trouble, mine=row.owner_id == request.user.pk)


@login_required
@require_POST
def answer(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Say yes or no to a colleague who asked, or take the question back."""
    asked = get_object_or_404(Takeover.objects.select_related("complaint", "asked_by"), pk=pk)
    knowing = request.POST.get("knowing") == "1"  # that it is one chat more than they take at once
    act = {"yes": partial(calm.accept, knowing=knowing), "no": calm.decline, "back": calm.take_back_asking}.get(what)
    if act is None:
        raise Http404
    try:
        act(asked=asked, by=request.user, now=timezone.now())
    except UNABLE as error:
        return refused(request, asked.complaint.number, error)
    said_ = {"yes": _("It is yours now. Thank you."), "no": _("It stays with its owner.")}.get(what, "")
    if request.htmx:
        return done(request, asked.complaint.number, said_)
    if said_:
        messages.success(request, said_)
    return redirect("workplace:complaint", asked.complaint.number)


# ── A manager, and the person they know ──────────────────────────────────────


@login_required
@require_POST
def come(request: HttpRequest, pk: int) -> HttpResponse:
    """'I am coming': brought in beside the owner, and nobody else is rung."""
    ring = get_object_or_404(Ring.objects.select_related("complaint"), pk=pk)
    try:
        reaching.come(ring=ring, by=request.user, now=timezone.now())
    except UNABLE as error:
        return refused(request, ring.complaint.number, error)
    return _go(request, reverse("workplace:complaint", args=[ring.complaint.number]))


@login_required
@require_POST
def call_off(request: HttpRequest, number: int) -> HttpResponse:
    """What was rung by itself meant something else."""
    try:
        reaching.call_off(complaint=screens.find(number), by=request.user, now=timezone.now())
    except UNABLE as error:
        return refused(request, number, error)
    return done(request, number, _("Nobody is rung any more."))


@login_required
@require_POST
def wants_manager(request: HttpRequest, number: int) -> HttpResponse:
    """The customer asked for a manager in a call, a visit or a letter."""
    row = screens.find(number)
    reaching.ask_for_manager(
        complaint=row, by=request.user, channel=request.POST.get("channel", ""), now=timezone.now()
    )
    return done(request, number, _("A manager is rung."))


@login_required
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Bring in the person for whom this customer asked before."""
    row = screens.find(number)
    known = reaching_queries.known_person(complaint=row)
    try:
        if known is None:
            raise complaints.UnableToBringIn(_("This person does not work here any more."))
        complaints.bring_in(
            complaint=row,
            by=request.user,
            agent=known.agent,
            question=_("This customer asked for you before. Will you say hello to them?"),
            now=timezone.now(),
        )
    except UNABLE as error:
        return refused(request, number, error)
    return done(request, number, _("%(name)s has your question. You stay the owner.") % {"name": known.agent.name})


# ── What they share ──────────────────────────────────────────────────────────


def _sheet(request: HttpRequest, row: Complaint, name: str, *, form: Any, trouble: str, **more: Any) -> HttpResponse:
    context = {"complaint": row, "form": form, "trouble": trouble, **more}
    status = 422 if trouble or form.is_bound else 200
    return render(request, f"calm/sheets/{name}.html", context, status=status)


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Lead a whole page elsewhere, whoever asked."""
    if not request.htmx:
        return redirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None
