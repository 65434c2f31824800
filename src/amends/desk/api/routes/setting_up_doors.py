"""Setting up the doors: mailboxes, webhooks, tokens, the second reader; and what did not go through them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.forms import BooleanField, Form
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema
from pydantic import Field as Shape
from pydantic import StrictBool

from amends.desk.academy import speaking
from amends.desk.api import actions, queries
from amends.desk.api import forms as own_forms
from amends.desk.api.door import needs
from amends.desk.api.models import Endpoint, Message, Token
from amends.desk.api.pages import WHOLE, ListIn, Next, page
from amends.desk.api.routes.common import Call, Pk, acts, agent_of, answers, reads, refused
from amends.desk.api.schemas import In
from amends.desk.api.scopes import Scope
from amends.desk.api.things import (
    Act,
    Sheet,
    Thing,
    administrators,
    guard,
    open_routes,
    open_sheet,
    with_right,
)
from amends.desk.channels import actions as channels
from amends.desk.channels import queries as post
from amends.desk.channels.mailboxes import actions as boxes
from amends.desk.channels.mailboxes import checking
from amends.desk.channels.mailboxes import queries as box_queries
from amends.desk.channels.mailboxes.forms import MailboxForm
from amends.desk.channels.mailboxes.models import Mailbox
from amends.desk.channels.models import Arrival
from amends.desk.channels.problems import describe
from amends.desk.coaching.second import actions as second
from amends.desk.coaching.second import queries as second_queries
from amends.desk.coaching.second.forms import SecondReaderForm
from amends.desk.jobs import actions as jobs
from amends.desk.jobs import queries as work
from amends.desk.people.models import Right
from amends.desk.remedies import forms as remedy_forms
from amends.desk.remedies import hooks
from amends.desk.remedies.models import Delivery, Hook

router = Router()
SHOWN = 50

# ── Mailboxes ────────────────────────────────────────────────────────────────


def _keep_mailbox(call: Call, row: Mailbox | None, form: MailboxForm) -> Mailbox:
    return boxes.save_mailbox(mailbox=row, now=call.now, **form.values(now=call.now))


MAILBOXES = Thing(
    one="mailbox",
    many="mailboxes",
    title=_("Mailboxes"),
    about="Where letters come from and leave. Passwords and keys are written and never read; left out, they stay. "
    "What a provider asks its own page for (OAuth) is given there.",
    may=with_right(Right.MAILBOXES),
    fields=MailboxForm.base_fields,
    fields_of_change={name: one for name, one in MailboxForm.base_fields.items() if name != "take"},
    begin=lambda _call, row, data: MailboxForm(data, mailbox=row),
    rows=lambda _call: Mailbox.objects.order_by("-is_open", "name", "pk"),
    make=lambda call, form: _keep_mailbox(call, None, form),
    change=_keep_mailbox,
    more={"is_open": bool},
    tell=lambda row: {"is_open": row.is_open},
    unable=(boxes.UnableToSaveMailbox,),
    acts=(
        Act(
            name="open",
            title=_("Use again"),
            says="Use it again.",
            do=lambda call, row: boxes.open_mailbox(mailbox=row, now=call.now),
        ),
        Act(
            name="close",
            title=_("Close"),
            says="Fetch nothing from it and write nothing in its name; what came through it stays.",
            do=lambda call, row: boxes.close_mailbox(mailbox=row, now=call.now),
        ),
    ),
)


class StepOfTrialOut(Schema):
    name: str
    outcome: Literal["well", "wrong", "hint", "untried"]
    words: str = Shape(description="What is the matter, or what was found.")
    said: str = Shape(description="The server's own words.")


class TrialOut(Schema):
    """How far a trial came, both ways. Nothing is sent and nothing is changed."""

    is_well: bool
    incoming: list[StepOfTrialOut]
    outgoing: list[StepOfTrialOut]


@router.post(
    "setup/mailboxes/{pk}/try",
    auth=needs(Scope.WRITE_SETUP),
    response=answers(200, TrialOut, may=("not-found",)),
    operation_id="try_mailbox",
    summary=_("Try a mailbox both ways"),  # type: ignore[arg-type]  # said in the reader's language when it is read
)
def try_mailbox(request: HttpRequest, pk: Pk) -> TrialOut:
    """Try it both ways and say how every step went; it may take some ten seconds a server.

    It waits for other machines, so it holds no lock and takes no key: trying twice does no harm.
    """
    guard(with_right(Right.MAILBOXES), agent_of(request))
    row, now = get_object_or_404(Mailbox, pk=pk), timezone.now()
    trial = checking.try_mailbox(mailbox=row, now=now)
    if trial.is_well:
        boxes.begin_afresh(mailbox=row, now=now)
    incoming, outgoing = (
        [StepOfTrialOut.model_validate(step, from_attributes=True) for step in steps]
        for steps in (trial.incoming, trial.outgoing)
    )
    return TrialOut(is_well=trial.is_well, incoming=incoming, outgoing=outgoing)


class MailboxStateOut(Schema):
    """How a mailbox is."""

    id: int
    name: str
    is_open: bool
    fetching: Literal["well", "trouble", "silent", "new", "off"]
    fetched_at: datetime | None
    fetch_trouble: str
    sending: Literal["well", "trouble", "new", "off"]
    sent_at: datetime | None
    send_trouble: str
    waiting: int = Shape(description="Arrivals that are kept and not read yet.")
    parked: int
    unfetched: int
    letters_waiting: int
    letters_unsure: int
    needs_permission: bool


class MailboxStatesOut(Schema):
    mailboxes: list[MailboxStateOut]


@reads(router, "setup/mailboxes/health", scope=Scope.READ_SETUP, summary=_("Read how each mailbox is"))
def read_mailbox_health(call: Call) -> MailboxStatesOut:
    """Read whether each is fetched and sends, and what waits there."""
    guard(with_right(Right.MAILBOXES), call.agent)
    rows = box_queries.mailboxes(now=call.now)
    return MailboxStatesOut(mailboxes=[MailboxStateOut.model_validate(row, from_attributes=True) for row in rows])


# ── Webhooks ─────────────────────────────────────────────────────────────────


def _endpoint(_call: Call, row: Endpoint | None, data: Any) -> Form:
    if row is None:
        return own_forms.EndpointForm(data)
    if data is None:
        return own_forms.EndpointForm(initial={"name": row.name, "address": row.address, "kinds": row.kinds})
    return own_forms.KindsForm(data, initial={"kinds": row.kinds})


def _told_of_endpoint(row: Endpoint | Hook) -> dict[str, Any]:
    # Its key is told where it was made just now and heard of nothing yet; later it stands on the page alone.
    return {"is_on": row.is_on, "secret": row.secret if getattr(row, "is_new", False) else ""}


def _make_endpoint(call: Call, form: Form) -> Endpoint:
    row = actions.set_up(by=call.agent, now=call.now, **form.cleaned_data)
    row.is_new = True  # type: ignore[attr-defined]  # so that its key is told, this once
    return row


WEBHOOKS = Thing(
    one="webhook",
    many="webhooks",
    title=_("Webhooks"),
    about="An address that hears what happens. Its key (`secret`) is told once, when it is made.",
    may=administrators,
    fields=own_forms.EndpointForm.base_fields,
    fields_of_change=own_forms.KindsForm.base_fields,
    begin=_endpoint,
    rows=lambda _call: Endpoint.objects.order_by("name", "pk"),
    make=_make_endpoint,
    change=lambda _call, row, form: actions.choose_kinds(endpoint=row, kinds=form.cleaned_data["kinds"]),
    remove=lambda _call, row: actions.take_away(endpoint=row),
    more={"is_on": bool, "secret": str},
    tell=_told_of_endpoint,
    unable=(actions.UnableToTell,),
    acts=(
        Act(
            name="try",
            title=_("Try it"),
            says="Send a message that is about nothing; the log says whether it arrived.",
            do=lambda call, row: actions.try_out(endpoint=row, now=call.now),
        ),
        Act(
            name="switch-off",
            title=_("Switch off"),
            says="Tell it no more.",
            do=lambda _call, row: actions.switch(endpoint=row, on=False),
        ),
        Act(
            name="switch-on",
            title=_("Switch on"),
            says="Tell it again; what happened in between is not told.",
            do=lambda _call, row: actions.switch(endpoint=row, on=True),
        ),
    ),
)


class LoggedOut(Schema):
    id: int
    to: str
    about: str
    at: datetime
    state: str
    attempts: int


class LogOut(Schema):
    messages: list[LoggedOut]
    next: Next = None


@reads(router, "setup/webhooks/log", scope=Scope.READ_SETUP, summary=_("Read the log of webhooks"))
def read_webhook_log(call: Call, asked: Query[ListIn]) -> LogOut:
    """Read the newest messages: to whom, of what, and whether they arrived."""
    guard(administrators, call.agent)
    return _log(asked)


def _log(asked: ListIn = WHOLE) -> LogOut:
    rows, after = page(queries.log(), asked, usual=queries.LOGGED)
    told = [_logged(one, to=one.endpoint, about=queries.about(one)) for one in rows]
    return LogOut(messages=told, next=after)


def _logged(one: Message | Delivery, *, to: Endpoint | Hook, about: str) -> LoggedOut:
    return LoggedOut(id=one.pk, to=to.name, about=about, at=one.at, state=one.state, attempts=one.attempts)


@acts(
    router.post,
    "setup/webhooks/log/{pk}/send-again",
    scope=Scope.WRITE_SETUP,
    summary=_("Send a message to a webhook again"),
)
def send_webhook_again(call: Call, pk: Pk) -> LogOut:
    """Send it once more, whether it arrived or not; it keeps its identity."""
    guard(administrators, call.agent)
    actions.send_again(message=get_object_or_404(Message, pk=pk), now=call.now)
    return _log()


# ── Webhooks of remedies ─────────────────────────────────────────────────────


def _hook(_call: Call, row: Hook | None, data: Any) -> Form:
    shown = {} if row is None else {"name": row.name, "address": row.address, "kinds": row.kinds}
    return remedy_forms.HookForm(data, initial=shown)


def _make_hook(_call: Call, form: Form) -> Hook:
    row = hooks.set_up(**form.cleaned_data)
    row.is_new = True  # type: ignore[attr-defined]  # so that its key is told, this once
    return row


REMEDY_HOOKS = Thing(
    one="remedy-webhook",
    many="remedy-webhooks",
    title=_("Webhooks: tell programs what happens"),
    about="An address that carries out remedies. Its key (`secret`) is told once, when it is made.",
    may=administrators,
    fields=remedy_forms.HookForm.base_fields,
    begin=_hook,
    rows=lambda _call: Hook.objects.order_by("name", "pk"),
    make=_make_hook,
    more={"is_on": bool, "secret": str},
    tell=_told_of_endpoint,
    unable=(hooks.UnableToHook,),
    acts=(
        Act(
            name="switch-off",
            title=_("Switch off"),
            says="Tell it no more; what waits for it waits on.",
            do=lambda _call, row: hooks.switch(hook=row, on=False),
        ),
        Act(
            name="switch-on",
            title=_("Switch on"),
            says="Tell it again.",
            do=lambda _call, row: hooks.switch(hook=row, on=True),
        ),
    ),
)


def _deliveries(asked: ListIn = WHOLE) -> LogOut:
    rows, after = page(Delivery.objects.select_related("hook").order_by("-at", "-pk"), asked, usual=SHOWN)
    told = [_logged(one, to=one.hook, about=str(one.body.get("type", ""))) for one in rows]
    return LogOut(messages=told, next=after)


@reads(
    router,
    "setup/remedy-webhooks/log",
    scope=Scope.READ_SETUP,
    summary=_("Read the log of webhooks"),
)
def read_remedy_webhook_log(call: Call, asked: Query[ListIn]) -> LogOut:
    """Read the newest messages about remedies."""
    guard(administrators, call.agent)
    return _deliveries(asked)


@acts(
    router.post,
    "setup/remedy-webhooks/log/{pk}/send-again",
    scope=Scope.WRITE_SETUP,
    summary=_("Send a message to a webhook again"),
)
def send_remedy_webhook_again(call: Call, pk: Pk) -> LogOut:
    """Try a message once more that was given up."""
    guard(administrators, call.agent)
    hooks.again(delivery=get_object_or_404(Delivery, pk=pk), now=call.now)
    return _deliveries()


# ── Tokens ───────────────────────────────────────────────────────────────────


class TokenOut(Schema):
    """A token, without its words, which nobody has but the program."""

    id: int
    name: str
    hint: str = Shape(description="Its last four letters.")
    agent_name: str
    scopes: list[str]
    per_minute: int
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    seen_at: datetime | None
    holds: bool


class TokensOut(Schema):
    tokens: list[TokenOut]
    next: Next = None


def _tokens(call: Call, asked: ListIn = WHOLE) -> TokensOut:
    rows, after = page(queries.tokens_by_use(now=call.now), asked)
    told = [TokenOut.model_validate(queries.token_row(one, now=call.now), from_attributes=True) for one in rows]
    return TokensOut(tokens=told, next=after)


@reads(router, "setup/tokens", scope=Scope.READ_SETUP, summary=_("List tokens"))
def list_tokens(call: Call, asked: Query[ListIn]) -> TokensOut:
    """List the tokens of the desk. A token makes none: they are made on the page, by people."""
    guard(administrators, call.agent)
    return _tokens(call, asked)


# ── The second reader, and free words in training ────────────────────────────


def _second(call: Call, data: Any) -> Form:
    state = second_queries.state(now=call.now)
    return SecondReaderForm(
        data, initial={name: getattr(state, name) for name in ("is_on", "address", "model", "budget")}
    )


def _told_of_second(call: Call) -> dict[str, Any]:
    state = second_queries.state(now=call.now)
    return {"has_key": state.has_key, "asked_today": state.asked_today, "trouble": state.trouble}


SECOND_READER = Sheet(
    name="second-reader",
    title=_("Second reader"),
    about="A language model of the organisation's own that reads replies beside the desk. Its key is never read.",
    may=with_right(Right.SECOND_READER),
    fields=SecondReaderForm.base_fields,
    begin=_second,
    keep=lambda call, form: second.save(**form.cleaned_data, now=call.now),
    more={"has_key": bool, "asked_today": int, "trouble": str},
    tell=_told_of_second,
)


class FreeWordsForm(Form):
    are_on = BooleanField(label=_("Customers in talks may speak through the language model"), required=False)


FREE_WORDS = Sheet(
    name="free-words",
    title=_("Customers in talks may speak through the language model"),
    about="Whether customers in training may speak through the organisation's language model.",
    may=administrators,
    fields=FreeWordsForm.base_fields,
    begin=lambda _call, data: FreeWordsForm(data, initial={"are_on": speaking.are_wanted()}),
    keep=lambda call, form: speaking.choose(are_on=form.cleaned_data["are_on"], now=call.now),
)

# ── What did not go through ──────────────────────────────────────────────────


class ArrivalOut(Schema):
    id: int
    channel: str
    received_at: datetime
    size: int
    sender: str
    subject: str
    why: str
    attempts: int
    has_virus: bool


class TroubledLetterOut(Schema):
    id: int
    number: int
    recipient: str
    state: str
    problem: str
    at: datetime
    attempts: int
    can_resend: bool = Shape(description="By `POST /api/letters/{pk}/send-again`.")


class ArrivalsOut(Schema):
    parked: list[ArrivalOut]
    waiting: list[ArrivalOut]
    set_aside: list[ArrivalOut]
    spam: list[ArrivalOut]
    letters: list[TroubledLetterOut]
    without_post: int


class RetryIn(In):
    anyway: StrictBool = Shape(False, description="Also what was set aside as automatic or as spam.")  # noqa: FBT003


class RetriedOut(Schema):
    taken_in: bool
    number: int | None = Shape(description="The complaint that it is now.")
    why: str


@reads(router, "setup/arrivals", scope=Scope.READ_SETUP, summary=_("List what arrived and was not read"))
def list_arrivals(call: Call) -> ArrivalsOut:
    """List what is parked, waits or was set aside, and letters that did not leave."""
    guard(with_right(Right.ARRIVALS), call.agent)
    return ArrivalsOut.model_validate(post.arrivals(), from_attributes=True)


@router.post(
    "setup/arrivals/{pk}/retry",
    auth=needs(Scope.WRITE_SETUP),
    response=answers(200, RetriedOut, may=("not-found",)),
    operation_id="retry_arrival",
    summary=_("Try an arrival again"),  # type: ignore[arg-type]
)
def retry_arrival(request: HttpRequest, pk: Pk, told: RetryIn) -> RetriedOut:
    """Try to read it again. It takes no key: what was taken in once is not taken in twice."""
    guard(with_right(Right.ARRIVALS), agent_of(request))
    row = get_object_or_404(Arrival, pk=pk)
    event = channels.retry(arrival=row, now=timezone.now(), anyway=told.anyway)
    row.refresh_from_db()
    if event is None:
        return RetriedOut(taken_in=False, number=None, why=describe(row.problem))
    return RetriedOut(taken_in=True, number=event.complaint.number, why="")


class TaskOut(Schema):
    id: str
    name: str
    attempts: int
    failed_at: datetime | None
    error: str
    again_at: datetime | None


class PeriodOut(Schema):
    path: str
    name: str
    next_at: datetime
    running_since: datetime | None
    finished_at: datetime | None
    failures: int
    error: str


class WorkOut(Schema):
    """How background work goes."""

    failed: list[TaskOut]
    retrying: list[TaskOut]
    periods: list[PeriodOut]
    workers: int
    waiting: int
    running: int


class WorkAgainIn(In):
    task: Annotated[str, Shape(pattern="^[0-9a-f-]{36}$")] | None = Shape(None, description="A task that failed.")
    period: Annotated[str, Shape(min_length=1, max_length=200)] | None = Shape(
        None, description="The `path` of periodic work that is to run soon."
    )


def _work(call: Call) -> WorkOut:
    found = work.work(now=call.now)
    return WorkOut(
        failed=[TaskOut.model_validate(one, from_attributes=True) for one in found.failed],
        retrying=[TaskOut.model_validate(one, from_attributes=True) for one in found.retrying],
        periods=[PeriodOut.model_validate(one, from_attributes=True) for one in found.periods],
        workers=len(found.workers),
        waiting=found.waiting,
        running=found.running,
    )


@reads(router, "setup/work", scope=Scope.READ_SETUP, summary=_("Background work"))
def read_work(call: Call) -> WorkOut:
    """Read what failed, what is tried again, and when periodic work runs."""
    guard(administrators, call.agent)
    return _work(call)


@acts(router.post, "setup/work/again", scope=Scope.WRITE_SETUP, summary=_("Try again"))
def work_again(call: Call, told: WorkAgainIn) -> WorkOut:
    """Try a failed task again, or have periodic work run soon."""
    guard(administrators, call.agent)
    with refused(jobs.UnableToRetry):
        if told.task is not None:
            jobs.retry(task_id=told.task, now=call.now)
        if told.period is not None:
            jobs.run_period_soon(name=told.period, now=call.now)
    return _work(call)


for thing in (MAILBOXES, WEBHOOKS, REMEDY_HOOKS):
    open_routes(router, thing)
for sheet in (SECOND_READER, FREE_WORDS):
    open_sheet(router, sheet)


# The last one, so that whoever goes through all of them in order can.
@acts(router.post, "setup/tokens/{pk}/end", scope=Scope.WRITE_SETUP, summary=_("End a token"))
def end_token(call: Call, pk: Pk) -> TokensOut:
    """End a token, also the one that comes along: it opens nothing from this moment on."""
    guard(administrators, call.agent)
    actions.end_token(token=get_object_or_404(Token, pk=pk), by=call.agent, now=call.now)
    return _tokens(call)
