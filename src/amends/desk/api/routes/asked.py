"""What others ask of a person: to take over, to come as a manager, to say yes to a remedy; and answering them."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Router

from amends.desk.api.own_schemas import (
    AskedOfMeOut,
    ByNameOut,
    ChatOut,
    HoldIn,
    HoldOut,
    QuestionOut,
    RequestAnswerIn,
    RequestOut,
    RequestsOut,
    RingOut,
    TakenOut,
    TakeoverAnswerIn,
    TakeoverOut,
)
from amends.desk.api.problems import Problem
from amends.desk.api.routes.common import Call, Number, Pk, acts, done, find, reads
from amends.desk.api.schemas import DoneOut, SpokenIn
from amends.desk.api.scopes import Scope
from amends.desk.calm import actions as calm
from amends.desk.calm import queries as calm_queries
from amends.desk.calm.models import Takeover
from amends.desk.channels.chat.talks import talks_of
from amends.desk.complaints import actions as complaints
from amends.desk.complaints.models import Companion, Complaint
from amends.desk.complaints.visible import visible
from amends.desk.reaching import actions as reaching
from amends.desk.reaching import queries as reaching_queries
from amends.desk.reaching.models import Ring
from amends.desk.remedies import asking, queries, words
from amends.desk.remedies.models import Request
from amends.desk.workplace.putting_right import hold_customer

router = Router()


@reads(router, "asked-of-me", scope=Scope.READ_OWN, summary=_("List what others ask of the person"))
def asked_of_me(call: Call) -> AskedOfMeOut:
    """List who asks them to take over, to come as a manager, for them by name or with a question; and their chats."""
    agent, now = call.agent, call.now
    questions = Companion.objects.filter(visible("complaint__"), agent=agent, answered_at=None, complaint__live=True)
    return AskedOfMeOut(
        take_over=[
            TakeoverOut.model_validate(one, from_attributes=True) for one in calm_queries.asked_of(agent=agent, now=now)
        ],
        managers=[
            RingOut.model_validate(one, from_attributes=True)
            for one in reaching_queries.rings_for(agent=agent, now=now)
        ],
        by_name=[
            ByNameOut.model_validate(one, from_attributes=True) for one in reaching_queries.asked_by_name(agent=agent)
        ],
        questions=[
            QuestionOut(number=one.complaint.number, subject=one.complaint.subject, since=one.since)
            for one in questions.select_related("complaint").order_by("since", "pk")
        ],
        chats=[
            ChatOut(
                number=one.number,
                customer=one.customer,
                unread=one.unread,
                in_focus=one.in_focus,
                waits_seconds=int(one.waits.total_seconds()) if one.waits is not None else None,
            )
            for one in talks_of(agent=agent, now=now).rows
        ],
    )


# ── Taking over ──────────────────────────────────────────────────────────────


@acts(
    router.post, "take-overs/{pk}/answer", scope=Scope.WRITE_OWN, summary=_("Answer a colleague who asks to take over")
)
def answer_takeover(call: Call, pk: Pk, told: TakeoverAnswerIn) -> DoneOut:
    """Say yes, and only now it is theirs; or no, which needs no reason."""
    asked = get_object_or_404(Takeover.objects.select_related("complaint", "asked_by"), pk=pk)
    if told.answer == "yes":
        event = calm.accept(asked=asked, by=call.agent, knowing=told.knowing, now=call.now)
    else:
        event = calm.decline(asked=asked, by=call.agent, now=call.now)
    return done(Complaint.objects.get(pk=asked.complaint_id), event)


@acts(
    router.post,
    "complaints/{number}/hand-over/take-back",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Take back that a colleague was asked to take over"),
)
def take_back_hand_over(call: Call, number: Number) -> TakenOut:
    """Keep the complaint after all, while the colleague has not answered."""
    asked = get_object_or_404(Takeover, complaint=find(number), state=Takeover.State.OPEN)
    calm.take_back_asking(asked=asked, by=call.agent, now=call.now)
    return TakenOut()


# ── A manager, and the person they know ──────────────────────────────────────


@acts(
    router.post,
    "complaints/{number}/asks-for-manager",
    scope=Scope.WRITE_COMPLAINTS,
    status=201,
    summary=_("Write down that the customer asked for a manager"),
)
def asks_for_manager(call: Call, number: Number, told: SpokenIn) -> DoneOut:
    """Write down that they asked aloud or in a letter: one is rung at once."""
    complaint = find(number)
    event = reaching.ask_for_manager(complaint=complaint, by=call.agent, channel=told.channel, now=call.now)
    return done(complaint, event)


@acts(
    router.post,
    "complaints/{number}/asks-for-no-manager",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Call off a manager who was rung by itself"),
)
def call_off(call: Call, number: Number) -> DoneOut:
    """Say that the words meant something else. What the customer asked for by a button is called off by nobody."""
    complaint = find(number)
    return done(complaint, reaching.call_off(complaint=complaint, by=call.agent, now=call.now))


@acts(
    router.post,
    "managers-rung/{pk}/come",
    scope=Scope.WRITE_OWN,
    summary=_("Come to a customer who asks for a manager"),
)
def come(call: Call, pk: Pk) -> DoneOut:
    """Be brought in beside the owner; nobody else is rung. Any manager may come."""
    ring = get_object_or_404(Ring.objects.select_related("complaint"), pk=pk)
    event = reaching.come(ring=ring, by=call.agent, now=call.now)
    return done(Complaint.objects.get(pk=ring.complaint_id), event)


@acts(
    router.post,
    "complaints/{number}/same-person-again",
    scope=Scope.WRITE_COMPLAINTS,
    summary=_("Bring in the person whom the customer knows"),
)
def same_person_again(call: Call, number: Number) -> DoneOut:
    """Ask the person who spoke with this customer when they asked for somebody before. The owner stays the owner."""
    complaint = find(number)
    known = reaching_queries.known_person(complaint=complaint)
    if known is None:
        raise complaints.UnableToBringIn(gettext("This person does not work here any more."))
    event = complaints.bring_in(
        complaint=complaint,
        by=call.agent,
        agent=known.agent,
        question=gettext("This customer asked for you before. Will you say hello to them?"),
        now=call.now,
    )
    return done(complaint, event)


# ── Asked for a yes ──────────────────────────────────────────────────────────


@reads(router, "requests", scope=Scope.READ_REMEDIES, summary=_("List remedies for which a yes is asked"))
def list_requests(call: Call) -> RequestsOut:
    """List what the person may answer, and what they asked for, the newest first."""
    return RequestsOut(
        waiting=[_as_request(one) for one in queries.requests_for(agent=call.agent)],
        mine=[_as_request(one) for one in queries.asked_by(agent=call.agent)],
    )


@acts(router.post, "requests/{pk}/answer", scope=Scope.WRITE_REMEDIES, summary=_("Say yes or no to a remedy"))
def answer_request(call: Call, pk: Pk, told: RequestAnswerIn) -> RequestOut:
    """Say yes, which puts it right at once, or no with its reason; within the room of the person."""
    asked = get_object_or_404(Request, pk=pk)
    asking.answer(request=asked, by=call.agent, yes=told.answer == "yes", words=told.text, now=call.now)
    return _again(pk)


@acts(router.post, "requests/{pk}/take-back", scope=Scope.WRITE_REMEDIES, summary=_("Take back that a yes was asked"))
def take_back_request(call: Call, pk: Pk) -> RequestOut:
    """Take back what is not needed any more; who asked and the owner of the complaint can."""
    asked = get_object_or_404(Request.objects.select_related("complaint"), pk=pk)
    if call.agent.pk not in {asked.by_id, asked.complaint.owner_id}:
        raise Problem("unable", gettext("Only who asked can take it back."))
    asking.take_back(request=asked, by=call.agent, now=call.now)
    return _again(pk)


@reads(
    router, "requests/{pk}/hold", scope=Scope.READ_REMEDIES, summary=_("Read how the customer could be told to wait")
)
def propose_hold(call: Call, pk: Pk) -> HoldOut:
    """Read the word that keeps the customer while somebody is asked, with a time that can be kept."""
    asked = get_object_or_404(Request.objects.select_related("asked", "complaint__owner"), pk=pk)
    by = words.word_by(request=asked, owner=asked.complaint.owner, now=call.now)
    return HoldOut(text=words.holding(complaint=asked.complaint, by=by), due_at=by)


@acts(
    router.post,
    "requests/{pk}/hold",
    scope=Scope.REPLY,
    status=201,
    needs_key=True,
    summary=_("Tell the customer when they hear more, while a yes is asked"),
)
def hold(call: Call, pk: Pk, told: HoldIn) -> DoneOut:
    """Write the word to the customer; the time in it is a promise."""
    asked = get_object_or_404(Request.objects.select_related("complaint"), pk=pk)
    event = hold_customer(request=asked, by=call.agent, text=told.text, due_at=told.due_at, now=call.now)
    return done(Complaint.objects.get(pk=asked.complaint_id), event)


def _again(pk: int) -> RequestOut:
    return _as_request(queries.request_row(request=Request.objects.get(pk=pk)))


def _as_request(row: queries.RequestRow) -> RequestOut:
    return RequestOut.model_validate(row, from_attributes=True)
