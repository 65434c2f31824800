"""One scene of a story, done through the rooms' own actions at its own time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from amends.desk.calm import actions as calm
from amends.desk.calm import said
from amends.desk.calm.models import CallOffer
from amends.desk.channels import actions as channels
from amends.desk.channels.models import Outgoing, OutgoingState
from amends.desk.clocks import actions as clocks
from amends.desk.clocks.models import LegalRow
from amends.desk.complaints import actions as complaints
from amends.desk.complaints import tags
from amends.desk.complaints.models import Channel, Complaint, Event, EventKind
from amends.desk.customers.models import Customer
from amends.desk.customers.queries import email_of, greeting_name
from amends.desk.example import placing
from amends.desk.example.pictures import picture
from amends.desk.example.stories import company
from amends.desk.example.telling import Scene, Tale
from amends.desk.improvements import actions as improvements
from amends.desk.people.models import Agent
from amends.desk.promises import actions as promises
from amends.desk.promises.models import Promise, State
from amends.desk.remedies import actions as remedies
from amends.desk.remedies import asking, fault
from amends.desk.remedies.models import Carrier, Rule
from amends.desk.remedies.models import State as RemedyState
from amends.desk.third_parties import actions as third_parties
from amends.desk.third_parties.models import Wait
from amends.desk.workplace import actions as workplace

CONFIRMED_AFTER: Final = timedelta(seconds=40)
FOLLOW_UP: Final = {Channel.FORM: Channel.PORTAL, Channel.PHONE: Channel.PORTAL, Channel.VISIT: Channel.PORTAL}


@dataclass(slots=True, kw_only=True)
class Play:
    """A story on its way: who takes part, and what its scenes have made so far."""

    tale: Tale
    customer: Customer
    agents: Mapping[str, Agent]
    number: int | None = None  # a story that is told again keeps its number and its customer's private page
    key: str = ""
    made: Complaint | None = None
    is_placed: bool = False
    promises: dict[str, Promise] = field(default_factory=dict)

    @property
    def complaint(self) -> Complaint:
        if self.made is None:
            raise LookupError(f"{self.tale.story.id} has not begun")
        return self.made

    def agent(self, scene: Scene, name: str = "by") -> Agent:
        return self.agents[scene.text(name)]


def act(play: Play, scene: Scene) -> Promise | None:
    """Do what happens in a scene; return a promise that was made or moved in it, for the clock to look at."""
    promise = ACTS[scene.kind](play, scene)
    if scene.kind in placing.SAID_WITH and not play.is_placed:
        placing.say(complaint=play.complaint, story=play.tale.story.id, by=play.agent(scene), now=scene.at)
        play.is_placed = True
    return promise


def _wrote(play: Play, scene: Scene) -> Promise | None:
    story = play.tale.story
    name = scene.text("attachment")
    files = [complaints.Upload(name=name, media_type="image/png", body=picture(name))] if name else []
    language = scene.text("language") or story.language
    if play.made is not None:
        complaints.customer_writes(
            complaint=play.made,
            text=scene.text("text"),
            quoted=scene.text("quoted"),
            channel=scene.text("channel") or FOLLOW_UP.get(Channel(story.channel), Channel(story.channel)),
            language=language,
            heat=scene.fields.get("heat", 0),
            attachments=files,
            now=scene.at,
        )
        return None
    typed_in_by = play.agents[story.typed_in_by] if story.typed_in_by else None
    play.made, _event = complaints.open_complaint(
        customer=play.customer,
        subject=play.tale.subject,
        text=scene.text("text"),
        quoted=scene.text("quoted"),
        wish=play.tale.wish,
        language=language,
        channel=story.channel,
        heat=scene.fields.get("heat", 0),
        owner=play.agents[story.owner],
        attachments=files,
        by=typed_in_by,
        key=(lambda: play.key) if play.key else complaints.new_key,
        now=scene.at,
    )
    return None if typed_in_by else _confirmed(play, scene)


def _confirmed(play: Play, scene: Scene) -> Promise | None:
    """Confirm receipt by mail; its promise of a first word is one like any other."""
    address = email_of(customer=play.customer)
    if not address:
        return None
    event = channels.acknowledge(
        complaint=play.complaint,
        recipient=address,
        subject=f"Re: {play.tale.subject}" if play.complaint.channel == Channel.MAIL else "",
        now=scene.at + CONFIRMED_AFTER,
    )
    if event is None:
        return None
    _delivered(event, at=scene.at + CONFIRMED_AFTER)
    play.complaint.refresh_from_db()
    return Promise.objects.select_related("owner").get(made_in=event)


def _delivered(event: Event, *, at: datetime) -> None:
    """Say of a letter of the past that it went out: it must never leave for anybody now."""
    Outgoing.objects.filter(event=event).update(state=OutgoingState.SENT, sent_at=at, attempts=1)


def _replied(play: Play, scene: Scene) -> Promise | None:
    complaint, by = play.complaint, play.agent(scene)
    event = workplace.reply(
        complaint=complaint,
        by=by,
        text=scene.text("text"),
        undertaken=_undertaken(scene),
        as_it_is_reason=scene.text("asis"),
        now=scene.at,
    )
    if scene.kind == "replied":
        _delivered(event, at=scene.at)
    channels.keep_next_word(complaint=complaint, by=by, now=scene.at)
    complaint.refresh_from_db()
    return _remember(play, scene, event)


def _called(play: Play, scene: Scene) -> Promise | None:
    complaint, by = play.complaint, play.agent(scene)
    event = workplace.log_call(
        complaint=complaint, by=by, minutes=scene.text("text"), undertaken=_undertaken(scene), now=scene.at
    )
    channels.keep_next_word(complaint=complaint, by=by, now=scene.at)
    complaint.refresh_from_db()
    return _remember(play, scene, event)


def _undertaken(scene: Scene) -> list[workplace.Undertaken]:
    said = scene.promised
    if said is None:
        return []
    return [workplace.Undertaken(words=said.words, start=said.start, end=said.end, due_at=scene.fields["due"])]


def _remember(play: Play, scene: Scene, event: Event) -> Promise | None:
    if scene.promised is None:
        return None
    promise = Promise.objects.select_related("owner").get(made_in=event)
    play.promises[scene.text("promise")] = promise
    return promise


def _noted(play: Play, scene: Scene) -> None:
    complaints.note(complaint=play.complaint, by=play.agent(scene), text=scene.text("text"), now=scene.at)


def _tagged(play: Play, scene: Scene) -> None:
    names = tags.split(scene.text("tags"))
    tags.put_on(complaint=play.complaint, names=names, by=play.agent(scene), now=scene.at)


def _handed_over(play: Play, scene: Scene) -> None:
    complaints.hand_over(
        complaint=play.complaint,
        by=play.agent(scene),
        to=play.agent(scene, "to"),
        reason=scene.text("reason"),
        now=scene.at,
    )


def _companion(play: Play, scene: Scene) -> None:
    complaints.bring_in(
        complaint=play.complaint,
        by=play.agent(scene),
        agent=play.agent(scene, "agent"),
        question=scene.text("question"),
        now=scene.at,
    )


def _paused(play: Play, scene: Scene) -> None:
    until = scene.fields["until"]
    calm.begin_pause(complaint=play.complaint, by=play.agent(scene), until=until, promise=None, now=scene.at)


def _rested(play: Play, scene: Scene) -> Promise | None:
    """Take five with the holding message as the desk proposes it."""
    complaint, until = play.complaint, scene.fields["until"]
    local = until.astimezone(complaint.owner.calendar().zone)
    by = said.by(local, now=scene.at, language=complaint.language)
    pause = workplace.take_five(
        complaint=complaint,
        by=play.agent(scene),
        until=until,
        message=said.say("holding", language=complaint.language, by=by),
        now=scene.at,
    )
    _delivered(_last(play, EventKind.REPLIED), at=scene.at)
    return pause.promise


def _call_offered(play: Play, scene: Scene) -> None:
    """Offer times for a call with the letter as the desk proposes it."""
    complaint, by = play.complaint, play.agent(scene)
    zone = complaint.owner.calendar().zone
    slots = [slot.astimezone(zone) for slot in scene.fields["slots"]]
    message = said.say(
        "call",
        language=complaint.language,
        address=greeting_name(customer=play.customer, reader_language=complaint.language),
        slots=said.times(slots, now=scene.at, language=complaint.language),
        name=by.name,
    )
    workplace.offer_call(complaint=complaint, by=by, slots=slots, message=message, now=scene.at)
    _delivered(_last(play, EventKind.REPLIED), at=scene.at)


def _call_booked(play: Play, scene: Scene) -> Promise:
    """The customer chooses one of the times on their page."""
    offer = CallOffer.objects.get(complaint=play.complaint, state=CallOffer.State.OPEN)
    slot = datetime.fromisoformat(offer.slots[scene.fields["slot"]])
    return calm.book_call(offer=offer, slot=slot, now=scene.at)


def _takeover_asked(play: Play, scene: Scene) -> None:
    calm.ask_to_take_over(
        complaint=play.complaint,
        by=play.agent(scene),
        to=play.agent(scene, "to"),
        reason=scene.text("reason"),
        now=scene.at,
    )


def _third_party(play: Play, scene: Scene) -> None:
    until = scene.fields["until"]
    third_parties.wait(
        complaint=play.complaint,
        by=play.agent(scene),
        who=scene.text("who"),
        until=until,
        promise=next((promise for promise in play.promises.values() if promise.due_at == until), None),
        now=scene.at,
    )


def _third_party_answered(play: Play, scene: Scene) -> None:
    third_parties.answered(
        wait=Wait.objects.select_related("complaint", "party").get(complaint=play.complaint, ended_at=None),
        by=play.agent(scene),
        answer=scene.text("answer"),
        said=scene.text("text"),
        now=scene.at,
    )


def _kept(play: Play, scene: Scene) -> Promise | None:
    promise = play.promises[scene.text("promise")]
    promises.keep(promise=promise, by=play.agent(scene), now=scene.at)
    if not promise.every:
        return None
    return Promise.objects.select_related("owner").filter(series=promise, state=State.OPEN).first()


def _moved(play: Play, scene: Scene) -> Promise:
    promise = play.promises[scene.text("promise")]
    promises.move(promise=promise, by=play.agent(scene), due_at=scene.fields["due"], yes="phone", now=scene.at)
    return promise


def _withdrawn(play: Play, scene: Scene) -> None:
    promise = play.promises[scene.text("promise")]
    promises.withdraw(promise=promise, by=play.agent(scene), yes="phone", now=scene.at)


def _notice(play: Play, scene: Scene) -> None:
    """Say that the customer was told in advance: by what was said or written to them last."""
    promises.give_notice(
        promise=play.promises[scene.text("promise")],
        by=play.agent(scene),
        told_in=_last(play, EventKind.REPLIED, EventKind.CALLED),
        now=scene.at,
    )


def _last(play: Play, *kinds: str) -> Event:
    event = play.complaint.events.filter(kind__in=kinds).order_by("-sequence").first()
    if event is None:
        raise LookupError(f"{play.tale.story.id}: nothing like {kinds} happened yet")
    return event


def _holds(scene: Scene) -> bool:
    """Whether the law still holds here: a visitor may have switched it off, and then its clock is nobody's."""
    return LegalRow.objects.filter(code=scene.text("law"), is_on=True).exists()


def _clock_started(play: Play, scene: Scene) -> None:
    if _holds(scene):
        clocks.start(
            complaint=play.complaint,
            by=play.agent(scene),
            code=scene.text("law"),
            began=scene.at - timedelta(days=scene.fields["days_before"]),
            now=scene.at,
        )


def _final_answer(play: Play, scene: Scene) -> None:
    clocks.mark_final_answer(complaint=play.complaint, by=play.agent(scene), now=scene.at)


def _remedy(play: Play, scene: Scene) -> None:
    remedies.put_right(
        complaint=play.complaint,
        by=play.agent(scene),
        kind=scene.text("kind"),
        what=scene.text("what"),
        cost=Decimal(scene.text("cost")),
        currency=scene.text("currency"),
        is_exception=bool(scene.fields.get("exception")),
        rule=_rule(scene),
        reason=scene.text("reason"),
        agreed_by=play.agents.get(scene.text("agreed")),
        carrier=Carrier.THIRD_PARTY if scene.text("third") else Carrier.US,
        carrier_name=scene.text("third"),
        to_be_done=bool(scene.fields.get("todo")),
        due_at=scene.fields.get("due"),
        now=scene.at,
    )


def _rule(scene: Scene) -> Rule | None:
    """The rule that gives way; a visitor may have changed its name, and then the exception names none."""
    card = company().rules.get(scene.text("rule"))
    return Rule.objects.filter(title=card.title).order_by("pk").first() if card is not None else None


def _done(play: Play, scene: Scene) -> None:
    to_do = play.complaint.remedies.filter(state=RemedyState.TO_DO).latest("pk")
    act = remedies.drop if scene.kind == "dropped" else remedies.finish
    act(remedy=to_do, by=play.agent(scene), now=scene.at)
    play.complaint.refresh_from_db()


def _our_fault(play: Play, scene: Scene) -> None:
    fault.mark(complaint=play.complaint, by=play.agent(scene), now=scene.at)


def _asked(play: Play, scene: Scene) -> None:
    plan = remedies.Plan(
        kind=scene.text("kind"),
        what=scene.text("what"),
        cost=Decimal(scene.text("cost")),
        currency=scene.text("currency"),
        rule=_rule(scene),
        reason=scene.text("reason"),
    )
    asking.ask(complaint=play.complaint, by=play.agent(scene), plan=plan, now=scene.at)
    play.complaint.refresh_from_db()


def _answered(play: Play, scene: Scene) -> None:
    asking.answer(
        request=play.complaint.requests.latest("pk"),
        by=play.agent(scene),
        yes=bool(scene.fields.get("yes")),
        words=scene.text("words"),
        now=scene.at,
    )
    play.complaint.refresh_from_db()


def _content(play: Play, scene: Scene) -> None:
    by_customer = scene.text("by") == "customer"
    complaints.say_content(
        complaint=play.complaint,
        by_customer=by_customer,
        agent=None if by_customer else play.agent(scene),
        now=scene.at,
    )


def _not_content(play: Play, scene: Scene) -> None:
    complaints.say_not_content(
        complaint=play.complaint, text=scene.text("text"), heat=scene.fields.get("heat", 0), now=scene.at
    )


def _rated(play: Play, scene: Scene) -> None:
    complaints.rate(
        complaint=play.complaint, outcome=scene.fields["outcome"], handling=scene.fields["handling"], now=scene.at
    )


def _asked_for(play: Play, scene: Scene) -> None:
    complaints.ask_for(complaint=play.complaint, what=scene.text("what"), phone=scene.text("phone"), now=scene.at)


def _cause(play: Play, scene: Scene) -> None:
    improvements.propose(complaint=play.complaint, now=scene.at, by_cues=True)
    improvements.confirm(
        complaint=play.complaint,
        layer=scene.text("layer"),
        theme=scene.text("theme"),
        by=play.agent(scene),
        now=scene.at,
    )


def _closed(play: Play, scene: Scene) -> None:
    complaints.close(complaint=play.complaint, by=play.agent(scene), now=scene.at)


def _draft(play: Play, scene: Scene) -> None:
    complaints.save_draft(complaint=play.complaint, agent=play.agent(scene), text=scene.text("text"), now=scene.at)


ACTS: Final[Mapping[str, Callable[[Play, Scene], Promise | None]]] = {
    "wrote": _wrote,
    "replied": _replied,
    "sent": _replied,
    "noted": _noted,
    "tagged": _tagged,
    "called": _called,
    "handed-over": _handed_over,
    "companion": _companion,
    "paused": _paused,
    "rested": _rested,
    "call-offered": _call_offered,
    "call-booked": _call_booked,
    "takeover-asked": _takeover_asked,
    "third-party": _third_party,
    "third-party-answered": _third_party_answered,
    "kept": _kept,
    "moved": _moved,
    "withdrawn": _withdrawn,
    "notice": _notice,
    "clock-started": _clock_started,
    "final-answer": _final_answer,
    "remedy": _remedy,
    "done": _done,
    "dropped": _done,
    "our-fault": _our_fault,
    "asked": _asked,
    "answered": _answered,
    "content": _content,
    "not-content": _not_content,
    "rated": _rated,
    "asked-for": _asked_for,
    "cause": _cause,
    "closed": _closed,
    "draft": _draft,
}
