"""The shapes of what is one person's own: who asks them, notices, drafts and views, their rest, their training."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool, StrictInt

from amends.desk.api.schemas import LONGEST_REPLY, LONGEST_TEXT, In, Moment
from amends.desk.complaints.models import Channel, Turn
from amends.desk.people.models import Language, Presence
from amends.desk.workplace.models import Sharing

Some = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]


class TakenOut(Schema):
    """That it is done, where nothing else is to be told."""

    done: Literal[True] = True


# ── Who asks ─────────────────────────────────────────────────────────────────


class TakeoverOut(Schema):
    """A colleague who asks that a complaint is taken over."""

    id: int
    number: int
    subject: str
    customer_name: str
    asked_by: str
    reason: str
    at: datetime
    until: datetime = Field(description="Then it stays with its owner.")
    beyond: str = Field(description="That it is one chat more than they take at once; empty where it is not.")


class RingOut(Schema):
    """A customer who asks for a manager, for whom they are rung."""

    id: int
    number: int
    subject: str
    customer_name: str
    language: str
    asked_at: datetime
    ends_at: datetime = Field(description="Then the next manager is rung.")


class ByNameOut(Schema):
    """A customer who asks for this very person."""

    number: int
    subject: str
    customer_name: str
    at: datetime


class QuestionOut(Schema):
    """A question with which a colleague brought them in; a note of theirs in the complaint answers it."""

    number: int
    subject: str
    since: datetime


class ChatOut(Schema):
    """A chat that goes on with them."""

    number: int
    customer: str
    unread: bool
    in_focus: bool
    waits_seconds: int | None = Field(description="Since the customer's oldest word without an answer.")


class AskedOfMeOut(Schema):
    take_over: list[TakeoverOut]
    managers: list[RingOut]
    by_name: list[ByNameOut]
    questions: list[QuestionOut]
    chats: list[ChatOut]


class TakeoverAnswerIn(In):
    answer: Literal["yes", "no"]
    knowing: StrictBool = Field(False, description="That it is one chat more than they take at once.")  # noqa: FBT003


class RequestOut(Schema):
    """A remedy above somebody's room, for which a yes is asked."""

    id: int
    number: int
    customer_name: str
    label: str
    what: str
    cost: Decimal
    currency: str
    rule: str
    reason: str
    by_name: str
    asked_name: str
    at: datetime
    state: str
    answer: str


class RequestsOut(Schema):
    waiting: list[RequestOut] = Field(description="That they may answer.")
    mine: list[RequestOut] = Field(description="That they asked for.")


class RequestAnswerIn(In):
    answer: Literal["yes", "no"]
    text: Annotated[str, Field(max_length=300, description="Why; a no needs it.")] = ""


class HoldIn(In):
    """The word that keeps the customer while somebody is asked."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]
    due_at: Moment = Field(description="The time that is named in it; it is a promise.")


class HoldOut(Schema):
    text: str = Field(description="As it could be worded, in the customer's language.")
    due_at: datetime


# ── Notices, and what was read ───────────────────────────────────────────────


class NoticeOut(Schema):
    event: int
    number: int
    subject: str
    customer: str
    words: str
    kind: str
    at: datetime
    is_new: bool
    is_urgent: bool


class NoticesOut(Schema):
    notices: list[NoticeOut]
    by_mail: str = Field(description="When notices come by mail: see PUT /api/me/notices.")


class WishByMailIn(In):
    by_mail: Literal["nothing", "asked", "all"]


class MarksIn(In):
    """What is left out stays as it is."""

    read: StrictBool | None = None
    watch: StrictBool | None = None


class MarksOut(Schema):
    number: int
    watched: bool
    read_at: datetime | None


# ── Drafts and views ─────────────────────────────────────────────────────────


class DraftIn(In):
    text: Annotated[str, Field(max_length=LONGEST_REPLY, description="Nothing in it throws the draft away.")]


class DraftOut(Schema):
    number: int
    text: str
    saved_at: datetime | None
    files: list[DraftFileOut]


class DraftFileOut(Schema):
    id: int
    name: str
    media_type: str
    size: int


class FiltersIn(In):
    """What a list is narrowed to; what is empty does not narrow it."""

    words: Annotated[str, Field(max_length=200)] = ""
    language: Language | Literal[""] = ""
    channel: Channel | Literal[""] = ""
    turn: Turn | Literal[""] = ""
    heat: Annotated[StrictInt, Field(ge=0, le=3, description="At least so hot.")] = 0
    owner: Some = 0
    team: Some = 0
    promise: Literal["", "broken", "today", "open", "none"] = ""
    again: StrictBool = False
    unread: StrictBool = False
    tag: Some = 0
    own: Annotated[str, Field(max_length=120, description="A field of your own and what it says, as `12:words`.")] = ""


class SavedViewIn(In):
    """A view under a name; one of their own with that name is changed."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    view: Annotated[str, Field(max_length=10, description="One of the inbox: now, mine, team … all.")] = "all"
    sharing: Sharing = Sharing.PRIVATE
    filters: FiltersIn = FiltersIn()


class SavedViewOut(Schema):
    id: int
    name: str
    view: str
    sharing: str
    by_name: str = Field(description="Empty where it is their own.")
    may_drop: bool
    filters: dict[str, str] = Field(description="Without what is empty.")


class SavedViewsOut(Schema):
    views: list[SavedViewOut]


class FeedOut(Schema):
    id: int
    team_name: str = Field(description="Empty where it is one person's.")
    made_at: datetime
    read_at: datetime | None
    may_revoke: bool


class FeedsOut(Schema):
    feeds: list[FeedOut]


# ── The person ───────────────────────────────────────────────────────────────


class MeOut(Schema):
    id: int
    name: str
    say: str
    latin_name: str
    role: str
    team_name: str
    language: str
    theme: str
    time_zone: str
    presence: str


class MeIn(In):
    """What is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=150)] | None = None
    say: Annotated[str, Field(max_length=150)] | None = None
    latin_name: Annotated[str, Field(max_length=150)] | None = None
    language: Language | None = None
    theme: Literal["system", "light", "dark"] | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None


class PresenceIn(In):
    presence: Presence


class TakeFiveIn(In):
    until: Moment
    text: Annotated[
        str, Field(max_length=LONGEST_TEXT, description="What the customer is told, with the hour; empty: nothing.")
    ] = ""


class LongerIn(In):
    until: Moment
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="With the new hour.")]


class RestOut(Schema):
    """A pause that runs."""

    id: int
    number: int
    customer_name: str
    since: datetime
    until: datetime
    told: bool = Field(description="That the customer was told the time, which is a promise.")
    passed: bool


class RestingOut(Schema):
    presence: str
    rest: RestOut | None


class DayOut(Schema):
    """What somebody carried on one day of their own calendar."""

    day: date
    people: int = Field(description="Customers whom they answered.")
    answers: int
    heat: int
    hot: int
    insults: int
    rested_seconds: int
    at_once: int
    occupancy: float | None = Field(description="Share of working time in conversations, where there is enough of it.")


class LoadOut(Schema):
    """What others laid on a person: no measure of how good they are."""

    agent_id: int
    agent_name: str
    days: list[DayOut] = Field(description="Today first.")
    holds: int
    holds_at_most: int
    owns: int
    owns_hot: int
    hint: str = Field(description="heat, many or busy; empty when all is well.")


class LoadsOut(Schema):
    people: list[LoadOut]


class TurnOut(Schema):
    id: int
    name: str
    at_work: bool


class RotaOut(Schema):
    managers: list[TurnOut]


class RotaIn(In):
    on: StrictBool


# ── Training ─────────────────────────────────────────────────────────────────


class DrillRowOut(Schema):
    slug: str
    title: str
    task: str
    kind: str
    minutes: int
    tries: int
    is_done: bool
    is_own: bool
    due_at: datetime | None
    is_late: bool


class OtherDrillsOut(Schema):
    rank: str
    drills: list[DrillRowOut]


class TrainingOut(Schema):
    """Where somebody stands on their path."""

    rank: str
    rank_name: str
    done: int
    late: int
    wants_reminders: bool
    has_certificate: bool
    stops: list[DrillRowOut] = Field(description="The whole path, in order.")
    week: DrillRowOut | None = Field(description="What their own replies call for.")
    others: list[OtherDrillsOut]


class PathIn(In):
    rank: Literal["new-agent", "agent", "lead", "manager", "director", "back-office"]
    reminders: StrictBool


class TryRowOut(Schema):
    id: int
    ended: str
    at: datetime


class DrillOut(Schema):
    slug: str
    title: str
    task: str
    kind: Literal["talk", "notes", "figures"]
    minutes: int
    languages: list[str]
    can_begin: bool
    tries: list[TryRowOut] = Field(description="That were brought to an end, the newest first.")


class BeginIn(In):
    language: Annotated[str, Field(max_length=2, description="One of the drill's; theirs where it is left out.")] = ""


class RemarkOut(Schema):
    title: str
    words: str
    hurts: str
    instead: str


class OpinionOut(Schema):
    by: str
    leads: bool
    would_do: bool
    words: str


class SaidOut(Schema):
    """One answer of a talk: what was found in it, and what the customer said to it."""

    place: int
    text: str
    remarks: list[RemarkOut]
    good: list[str]
    reaction: str
    heat: int
    examples: list[str]
    opinions: list[OpinionOut]


class MeasureOut(Schema):
    key: str
    text: str
    is_chosen: bool
    feedback: str = Field(description="Once the drill is over.")


class DrillFigureOut(Schema):
    key: str
    name: str
    values: list[float]


class AttemptOut(Schema):
    """A try as far as it has come; of `talk`, `notes` and `figures` what belongs to its kind."""

    id: int
    slug: str
    kind: Literal["talk", "notes", "figures"]
    language: str
    ended: str = Field(description="content, gone or quarrelling; empty while it goes on.")
    last_words: str
    opening: str
    said: list[SaidOut]
    heat: int
    left: int = Field(description="Answers that are left.")
    complaint: str = Field(description="Of which notes are taken.")
    longest: int
    noted: list[str]
    missing: list[str]
    wrong: list[str]
    columns: list[str]
    figures: list[DrillFigureOut]
    choose: int = Field(description="How many measures are chosen.")
    measures: list[MeasureOut]


class MeasureChoiceIn(In):
    measure: Annotated[str, Field(max_length=80)]
    because: Annotated[str, Field(max_length=80, description="The figure that speaks for it.")]


class TryIn(In):
    """The next answer of a talk, the notes, or the chosen measures."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    after: Annotated[StrictInt, Field(ge=0, le=99, description="How many answers stood there.")] | None = None
    anyway: StrictBool = Field(False, description="It is in the drill's language, whatever it looks like.")  # noqa: FBT003
    choices: list[MeasureChoiceIn] = Field([], max_length=20)


class AgainIn(In):
    keep: Annotated[StrictInt, Field(ge=0, le=99, description="So many answers of the one before are kept.")] = 0


class ShowIn(In):
    shown: StrictBool


class ShownRowOut(Schema):
    id: int
    title: str
    language: str
    by: str
    at: datetime
    answers: int
    judged: int = Field(description="By the person for whom the token acts.")


class ShownOut(Schema):
    tries: list[ShownRowOut]


class JudgedRowOut(Schema):
    """One answer that a colleague has shown, and what is thought of it."""

    place: int
    words: str
    reaction: str
    engine_would_do: bool
    opinions: list[OpinionOut]


class JudgedOut(Schema):
    id: int
    title: str
    by: str
    answers: list[JudgedRowOut]


class OpinionIn(In):
    place: Annotated[StrictInt, Field(ge=0, le=99)]
    would_do: StrictBool
    words: Annotated[str, Field(max_length=500)] = ""


class OpinionsIn(In):
    opinions: list[OpinionIn] = Field(min_length=1, max_length=50)


DraftOut.model_rebuild()
