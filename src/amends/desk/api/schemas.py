"""The shapes that go in and out. Their fields are a contract: one may be added, none changes its meaning."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from django.conf import settings
from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field, StrictBool, StrictInt, field_validator

from amends.desk.complaints.models import Channel, Stage, Turn
from amends.desk.customers.words import storable
from amends.desk.improvements.models import Layer
from amends.desk.people.models import Language
from amends.desk.remedies.models import Carrier, Kind

LONGEST_REPLY: Final = 100_000
LONGEST_TEXT: Final = 50_000
MOST_TURNS: Final = 500
MOST_FILES: Final = 10
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(2999, 12, 31)
LARGEST: Final = 2**31 - 1

Words = Annotated[str, Field(min_length=1, max_length=500)]
# With its zone, and no time at the ends of what can be counted, which no zone can be told in.
Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(2999, 12, 31, tzinfo=UTC))]
Given = ConfigDict(extra="forbid")


class In(Schema):
    """What a program sends: a word that is not known here is refused, for it is most likely a mistake."""

    model_config = Given

    @field_validator("*", mode="after")
    @classmethod
    def storable(cls, value: Any) -> Any:
        """Leave out what no database of ours can hold: NUL, and halves of letters."""
        return storable(value) if type(value) is str else value


class ProblemOut(Schema):
    """What did not work, and what to do (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = Field(description="What to do, in the reader's language.")
    code: str = Field(description="For programs: stays the same in every language and version.")
    errors: list[dict[str, str]] | None = Field(None, description="Of `not-valid`: place, code and detail of each.")
    findings: list[FindingOut] | None = Field(None, description="Of `found-something`: what was found in the reply.")
    scope: str | None = None
    limit: int | None = None


# ── Judging a reply ──────────────────────────────────────────────────────────


class CheckIn(Schema):
    """One item as `amends check --input` reads it, a reply with its context."""

    reply: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]
    id: Annotated[str, Field(max_length=200)] = "reply"
    context: list[dict[str, Any]] = Field([], max_length=MOST_TURNS, description="What was said before: by, text, at.")
    turns: list[dict[str, Any]] = Field([], max_length=MOST_TURNS, description="Another name for `context`.")
    facts: dict[str, Any] = Field({}, description="What is known: customer_name, honorific, now …")
    language: Literal["", "tr", "fa", "mn", "en"] = Field("", description="Recognised where it is left out.")
    reader: Literal["best", "cues"] = Field("best", description="`best` reads with the learned reader where it stands.")
    explain: StrictBool = Field(False, description="Add to each finding why it hurts and what to say instead.")  # noqa: FBT003


class FoundOut(Schema):
    """A failing or a hint; places count code points of the reply."""

    name: str
    start: int
    end: int
    words: str
    confidence: float
    preview: bool
    id: str | None = None
    hurts: str | None = None
    instead: str | None = None
    claims: list[str] | None = None


class FoundPromiseOut(Schema):
    words: str
    start: int
    end: int
    due: str | None = Field(description="A day, or a day with its hour, local to the organisation.")


class CheckOut(Schema):
    """The object of `amends check --format jsonl`."""

    id: str
    language: str
    failings: list[FoundOut]
    hints: list[FoundOut]
    good: list[str]
    signals: list[str]
    promises: list[FoundPromiseOut]


# ── Complaints ───────────────────────────────────────────────────────────────


class FileIn(In):
    name: Annotated[str, Field(max_length=255)]
    media_type: Annotated[str, Field(max_length=100)] = "application/octet-stream"
    content: Annotated[str, Field(description="Base64.", max_length=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)]


class ComplaintIn(In):
    """A complaint as somebody told it; by e-mail or telephone they can be answered."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="As the customer writes it.")]
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, description="In the customer's own words.")]
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    honorific: Annotated[str, Field(max_length=40)] = ""
    subject: Annotated[str, Field(max_length=300)] = ""
    wish: Annotated[str, Field(max_length=LONGEST_TEXT, description="What would put it right.")] = ""
    language: Language = Language.ENGLISH
    channel: Literal["form", "phone", "visit"] = Field(
        "form", description="`form`: they wrote it, and are told that it came; else somebody heard it."
    )
    files: list[FileIn] = Field([], max_length=MOST_FILES)


class OpenedOut(Schema):
    number: int
    owner_id: int
    owner_name: str
    page: str = Field(description="The page of the complaint in the desk.")


class ComplaintRowOut(Schema):
    """One complaint in a list."""

    number: int
    customer_id: int
    customer_name: str
    subject: str
    preview: str
    language: str
    channel: str
    stage: str
    turn: str
    heat: int
    owner_id: int
    owner_name: str
    team_name: str
    people: int
    handovers: int
    failed_again: bool
    received_at: datetime
    waiting_since: datetime | None
    promise_due_at: datetime | None
    why: str = Field(description="What put it at its place in the list.")


class ComplaintsOut(Schema):
    complaints: list[ComplaintRowOut]
    next: str | None = Field(description="Send it as `after` for the next page; null at the end.")


class NoteOut(Schema):
    id: int
    at: datetime
    agent_name: str
    text: str
    mentions: list[int] = Field(default=[], description="The numbers of colleagues who are named in it.")


class PromiseOut(Schema):
    id: int
    number: int = Field(description="Of the complaint.")
    words: str
    made_at: datetime
    due_at: datetime
    whole_day: bool
    state: Literal["open", "kept", "broken", "withdrawn"]
    moved: int
    every: str
    owner_id: int
    owner_name: str
    told_in_advance: bool


class PromisesOut(Schema):
    promises: list[PromiseOut]


class RemedyOut(Schema):
    id: int
    number: int = Field(description="Of the complaint.")
    kind: str
    what: str
    cost: Decimal
    currency: str
    state: Literal["to-do", "done", "dropped", "asked"] = Field(description="`asked`: somebody has to say yes first.")
    carrier: str
    due_at: datetime | None
    by_name: str
    at: datetime
    is_exception: bool
    reason: str
    asked_name: str = Field("", description="Who was asked for a yes.")


class RemediesOut(Schema):
    remedies: list[RemedyOut]


class CauseOut(Schema):
    layer: Layer | None
    theme: str
    words: str = Field(description="The customer's words from which it was proposed.")
    confidence: float
    confirmed: bool


class ComplaintOut(Schema):
    """One complaint with all that was said."""

    number: int
    customer_id: int
    customer_name: str
    subject: str
    wish: str
    language: str
    channel: Channel
    stage: Stage
    turn: Turn
    heat: int
    owner_id: int
    owner_name: str
    team_name: str
    received_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    last_event: int = Field(description="Send it as `seen` with a reply, which then waits if something new was said.")
    conversation: dict[str, Any] = Field(description="By conversation.schema.json, version 1.")
    notes: list[NoteOut]
    promises: list[PromiseOut]
    fields: list[FilledInOut] = Field([], description="The organisation's own fields, in the reader's language.")


class FilledInOut(Schema):
    """A field of the organisation's own, and what it says of a complaint."""

    id: int
    name: str
    kind: Literal["text", "number", "date", "yes-no", "choice", "several", "checklist"]
    values: list[str] = Field(description="Empty where nothing is filled in; keys of choices, an ISO day, yes or no.")
    needed: bool = Field(description="Nothing is closed before it is filled in.")


class DoneOut(Schema):
    """What an act left behind."""

    number: int
    event: int = Field(description="Its place on the timeline.")
    stage: Stage
    turn: Turn


class TextIn(In):
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class NoteIn(TextIn):
    """A note; who is mentioned stands in it as @ and their name."""

    mentions: list[Annotated[StrictInt, Field(ge=1, le=LARGEST)]] = Field(
        default=[], max_length=50, description="The colleagues' numbers: see GET /api/people."
    )


class UndertakenIn(In):
    """A promise in the reply, as its author means it."""

    words: Words
    due_at: Moment
    whole_day: StrictBool = False
    start: Annotated[StrictInt, Field(ge=0, le=LONGEST_REPLY)] = 0
    end: Annotated[StrictInt, Field(ge=0, le=LONGEST_REPLY)] = 0


class ReplyIn(In):
    text: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]
    promises: list[UndertakenIn] = Field([], max_length=20, description="They enter the ledger.")
    only_if_clean: StrictBool = Field(False, description="Send nothing where the coach finds something.")  # noqa: FBT003
    reason: Annotated[str, Field(max_length=300, description="Why it goes out as it is, where something is found.")] = (
        ""
    )
    seen: StrictInt | None = Field(None, ge=0, le=2**63 - 1, description="`last_event` as its author read it.")
    files: list[FileIn] = Field([], max_length=MOST_FILES)
    marks: StrictBool = Field(False, description="The words are typed with light marks: **bold**, lists, links.")  # noqa: FBT003


class LaterIn(In):
    """A reply that leaves at its time, unless something new is said before."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]
    send_at: Moment
    seen: StrictInt = Field(ge=0, le=2**63 - 1, description="`last_event` as its author read it.")
    promises: list[UndertakenIn] = Field([], max_length=20, description="They enter the ledger when it leaves.")
    reason: Annotated[str, Field(max_length=300, description="Why it goes out as it is, where something is found.")] = (
        ""
    )
    marks: StrictBool = Field(False, description="The words are typed with light marks: **bold**, lists, links.")  # noqa: FBT003


class LaterOut(Schema):
    id: int
    number: int = Field(description="Of its complaint.")
    send_at: datetime
    state: str = Field(description="waiting, sent, stopped or withdrawn")


class LetterOut(Schema):
    """A letter to a customer, and what became of it."""

    id: int
    event: int = Field(description="Whose words it carries.")
    to: str
    state: str = Field(description="waiting, sending, sent, maybe-sent, failed or taken-back")
    not_before: datetime
    sent_at: datetime | None
    problem: str


class LettersOut(Schema):
    letters: list[LetterOut]


class MessageIn(In):
    """What the customer wrote: words, files, or both."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    files: list[FileIn] = Field([], max_length=MOST_FILES)


class WishIn(In):
    what: Literal["call", "person", "manager"]
    phone: Annotated[str, Field(max_length=40, description="At which to call, if it is not the known one.")] = ""


class WordsIn(In):
    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="What is missing, in their words.")] = ""


class RatingIn(In):
    outcome: StrictInt = Field(ge=1, le=5, description="Was it put right? From 1, not at all, to 5, completely.")
    handling: StrictInt = Field(ge=1, le=5, description="How was it handled? From 1, very badly, to 5, very well.")


class CallIn(In):
    """A call or a visit: what each side said, with whom and how long it was, and what was promised in it."""

    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="What we said and agreed. This or the next.")] = ""
    customer_said: Annotated[
        str, Field(max_length=LONGEST_TEXT, description="The customer's words; a message of theirs on the timeline.")
    ] = ""
    spoken_with: Annotated[str, Field(max_length=200, description="Who it was, if not the customer.")] = ""
    way: Literal["phone", "visit"] = "phone"
    seconds: Annotated[StrictInt, Field(ge=0, le=86_400, description="That it lasted.")] | None = None
    holds: list[Annotated[StrictInt, Field(ge=1, le=86_400)]] = Field(
        [], max_length=100, description="Seconds that the customer was on hold, each time; part of `seconds`."
    )
    promises: list[UndertakenIn] = Field([], max_length=20, description="They enter the ledger.")


class ListedCallIn(In):
    """One call as the telephone system keeps it."""

    id: Annotated[str, Field(min_length=1, max_length=120, description="The system's own; told again it is one call.")]
    at: Moment
    number: Annotated[str, Field(min_length=3, max_length=40, description="Of the customer.")]
    incoming: bool = True
    seconds: Annotated[int, Field(ge=0, le=86_400, description="That were spoken; 0 where nobody answered.")] = 0
    agent: Annotated[str, Field(max_length=254, description="Address of the colleague who spoke.")] = ""
    name: Annotated[str, Field(max_length=200, description="Of the customer, where it is known.")] = ""
    complaint: Annotated[int, Field(ge=1, le=LARGEST)] | None = None
    language: Language = Language.ENGLISH
    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="What was said, in the colleague's words.")] = ""
    transcript: Annotated[str, Field(max_length=LONGEST_TEXT, description="Kept as a file.")] = ""
    files: list[FileIn] = Field([], max_length=MOST_FILES, description="The recording, say.")


class CallsIn(In):
    """A list of calls, as objects or as lines of Asterisk's Master.csv."""

    system: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[\w.:-]+$", description="Name of the system.")]
    calls: list[ListedCallIn] = Field([], max_length=200)
    asterisk: Annotated[str, Field(max_length=LONGEST_TEXT, description="Lines of Master.csv, with uniqueid.")] = ""
    zone: Annotated[str, Field(max_length=64, description="Of the times in Master.csv.")] = "UTC"


class ListedCallOut(Schema):
    id: str
    became: Literal["call", "wish", "complaint", "set-aside", "parked"] = Field(
        description="`wish`: nobody answered, and the customer wants to be called. `set-aside`: nobody's."
    )
    complaint: int | None


class CallsOut(Schema):
    calls: list[ListedCallOut]


class WaitIn(In):
    """Whom we wait for, and by when the customer hears from us, whatever comes."""

    who: Annotated[str, Field(min_length=1, max_length=200)]
    until: Moment
    told: Literal["write", "phone", "visit"] = Field("write", description="`write` sends the word to the customer now.")
    text: Annotated[str, Field(max_length=LONGEST_REPLY, description="In your own words, if you like.")] = ""


class WaitAnswerIn(In):
    answer: Literal["news", "yes", "no"]
    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="What they said; needed for news.")] = ""


class WaitOut(Schema):
    """A wait for somebody outside."""

    id: int
    who: str
    since: datetime
    last_word_at: datetime | None
    next_word_promise: int | None = Field(description="The promise that the customer hears from us.")
    ended_at: datetime | None
    outcome: str


class WaitsOut(Schema):
    waits: list[WaitOut]


class TagsIn(In):
    tags: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(min_length=1, max_length=12)


class TagsOut(Schema):
    number: int
    tags: list[str]


# ── What stands around a complaint ───────────────────────────────────────────


class FileRowOut(Schema):
    id: int
    event: int = Field(description="The message with which it came or went.")
    name: str
    media_type: str = Field(description="As its sender called it, which proves nothing.")
    size: int = Field(description="Bytes.")


class FilesOut(Schema):
    files: list[FileRowOut]


class FileOut(FileRowOut):
    content: str = Field(description="Base64.")


class AskIn(In):
    agent: StrictInt = Field(ge=1, le=LARGEST, description="The colleague's number: see GET /api/people.")
    question: Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class PutAsideIn(In):
    until: Moment
    knows: StrictBool = Field(default=False, description="That something is promised, or falls due, before then.")


class OtherIn(In):
    number: StrictInt = Field(ge=1, le=LARGEST, description="Of the other complaint.")


class LinkIn(OtherIn):
    how: Literal["part-of", "holds", "same-cause"] = Field(
        "same-cause", description="This one belongs to that one, holds it, or both have the same cause."
    )


class LinkOut(Schema):
    """The other one, and how this one stands to it."""

    how: Literal["part-of", "holds", "same-cause"]
    number: int
    subject: str
    customer_name: str
    owner_name: str
    stage: Stage
    language: str


class LinksOut(Schema):
    number: int
    links: list[LinkOut]


# ── One of two, and two of one ───────────────────────────────────────────────


class MergeIn(OtherIn):
    same_person: StrictBool = Field(False, description="That the two customers are one person, where they are two.")  # noqa: FBT003


class MergedOut(Schema):
    number: int
    other: int = Field(description="The other one, or the one that was split off.")
    event: int = Field(description="Send it to take-apart.")


class SplitIn(In):
    events: list[Annotated[StrictInt, Field(ge=1, le=2**63 - 1)]] = Field(
        min_length=1, max_length=MOST_TURNS, description="Of `to_split`; one of the customer's at least."
    )
    subject: Annotated[str, Field(max_length=300)] = ""


class SplitOut(Schema):
    number: int
    new: int = Field(description="The number of the new one.")
    event: int = Field(description="Send it to take-apart.")


class ApartIn(In):
    event: StrictInt = Field(ge=1, le=2**63 - 1, description="Of the merging or the split.")


class PartOut(Schema):
    event: int
    what: Literal["merged", "split"]
    number: int = Field(description="Of the other one.")
    at: datetime


class ToSplitOut(Schema):
    event: int
    kind: str = Field(description="customer-wrote or noted")
    at: datetime
    text: str


class PartsOut(Schema):
    number: int
    parts: list[PartOut]
    to_split: list[ToSplitOut]


class JoinIn(In):
    record: StrictInt = Field(ge=1, le=LARGEST, description="Of the customer whose record goes into this one.")
    same_person: Literal[True] = Field(description="That you know that this is one person.")


class AlikeOut(Schema):
    """A record that may be of the same person."""

    id: int
    name: str
    why: Literal["number", "name", "letters", "nearly"] = Field(
        description="`letters`: the same name in other letters."
    )
    ways: list[str]
    complaints: int
    newest: int | None = Field(description="Number of the newest complaint.")


class JoinedOut(Schema):
    id: int
    name: str
    by_name: str
    at: datetime


class RecordsOut(Schema):
    customer_id: int
    customer_name: str
    alike: list[AlikeOut]
    joined: list[JoinedOut]


class HandOneIn(In):
    number: StrictInt = Field(ge=1, le=LARGEST, description="Of the complaint.")
    to: StrictInt = Field(ge=1, le=LARGEST, description="The new owner's number: see GET /api/people.")


class RelieveIn(In):
    reason: Annotated[str, Field(min_length=1, max_length=300)]
    to: list[HandOneIn] = Field([], max_length=1_000, description="Who is named here takes it; the rest by the rule.")
    only_plan: StrictBool = Field(False, description="Say who would own each, and do nothing.")  # noqa: FBT003


class HandedRowOut(Schema):
    number: int
    to_id: int
    to_name: str
    by_rule: bool


class HandedOut(Schema):
    done: bool
    complaints: list[HandedRowOut]


# ── Times for a call, letters of a law ───────────────────────────────────────


class OfferCallIn(In):
    slots: list[AwareDatetime] = Field(min_length=1, max_length=4, description="Half hours that are free.")
    text: Annotated[str, Field(max_length=LONGEST_REPLY, description="A letter of your own; it names each time.")] = ""


class OfferOut(Schema):
    id: int
    slots: list[datetime]


class CallTimesOut(Schema):
    number: int
    free: list[datetime] = Field(description="The next times in the owner's working hours, beside no other call.")
    offer: OfferOut | None
    booked_at: datetime | None


class BookIn(In):
    slot: AwareDatetime


LawLetterKind = Literal["extension", "receipt", "holding", "answer", "refusal", "settled"]


class LawLetterIn(In):
    """What belongs into a letter of a law: `has` names it for each kind; anything else is refused."""

    kind: LawLetterKind
    reason: Annotated[str, Field(max_length=LONGEST_TEXT, description="Why it takes longer.")] = ""
    expected: Annotated[date, Field(le=LAST_DAY)] | None = Field(
        None, description="By the evening of which day they hear; it is promised."
    )
    decided_by: Annotated[str, Field(max_length=150, description="Who decided it: the head of the organisation.")] = ""
    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="What came of it, or why it is a no.")] = ""
    instead: Annotated[str, Field(max_length=LONGEST_TEXT, description="What can be done all the same.")] = ""
    ombudsman: Annotated[str, Field(max_length=300, description="Where the customer may turn; check it first.")] = ""
    until: Annotated[date, Field(le=LAST_DAY)] | None = Field(None, description="Until when they may turn there.")
    may_be_late: StrictBool = Field(False, description="We agree that they turn there after that day, too.")  # noqa: FBT003


class LawLetterKindOut(Schema):
    kind: LawLetterKind
    has: list[str] = Field(description="Which values go with it.")
    wants: list[str] = Field(description="What the law wants in it, in words.")


class LawOut(Schema):
    """A time limit of a law that holds for the complaint."""

    id: int
    code: str
    title: str
    state: str = Field(description="running, still, met, missed or ended")
    due_at: datetime | None
    due_day: date | None
    ombudsman: str = Field(description="To whom customers may turn, as far as it is known.")
    until: date | None = Field(description="Until when, if the letter leaves today.")
    letters: list[LawLetterKindOut] = Field(description="Those that may leave as things stand.")


class LawLettersOut(Schema):
    number: int
    laws: list[LawOut]


class FillIn(In):
    id: StrictInt = Field(ge=1, le=LARGEST, description="Of the field, as a complaint lists it.")
    values: list[Annotated[str, Field(max_length=2_000)]] = Field(max_length=50)


class FieldsIn(In):
    fields: list[FillIn] = Field(min_length=1, max_length=50)


class FieldsOut(Schema):
    number: int
    fields: list[FilledInOut]


class FindingOut(Schema):
    """What the coach saw; a hint is below its threshold."""

    failing: str
    title: str
    start: int
    end: int
    words: str
    hurts: str
    instead: str
    confidence: float
    hint: bool


class UndertakingOut(Schema):
    words: str
    start: int
    end: int
    due_at: datetime
    whole_day: bool


class ReplyOut(Schema):
    number: int
    event: int
    goes_by: Literal["mail", "page"] = Field(description="`mail`: it waits in the outbox; `page`: read there alone.")
    language: str
    findings: list[FindingOut]
    good: list[str]
    promised: list[PromiseOut] = Field(description="What entered the ledger.")
    found: list[UndertakingOut] = Field(description="Promises in the words that nobody entered in the ledger.")


class HandOverIn(In):
    to: StrictInt = Field(ge=1, le=LARGEST, description="The colleague's number: see GET /api/people.")
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class AskedOut(Schema):
    number: int
    asked_id: int
    asked_name: str
    state: Literal["open"] = Field(description="It stays its owner's until they say yes.")


class CloseIn(In):
    reason: Annotated[str, Field(max_length=300)] = ""


class CauseIn(In):
    layer: Layer
    theme: Annotated[str, Field(max_length=120)] = ""


class SpokenIn(In):
    channel: Channel = Field(description="How they said it.")


# ── What else is done to a complaint ─────────────────────────────────────────


class PinIn(In):
    event: StrictInt = Field(ge=1, le=2**63 - 1, description="The customer's message in which the words stand.")
    words: Annotated[str, Field(min_length=1, max_length=500)]


class PinOut(Schema):
    id: int
    words: str
    event: int
    by_name: str
    at: datetime


class PinsOut(Schema):
    number: int
    pins: list[PinOut]


class ListedOut(Schema):
    id: int
    name: str


class AboutIn(In):
    """What is left out, or null, is nothing."""

    product: Annotated[StrictInt, Field(ge=1, le=LARGEST)] | None = None
    branch: Annotated[StrictInt, Field(ge=1, le=LARGEST)] | None = None


class AboutOut(Schema):
    number: int
    product: int | None
    branch: int | None
    products: list[ListedOut] = Field(description="That may be chosen, in the reader's language.")
    branches: list[ListedOut]


class FaultIn(In):
    ours: StrictBool


class FaultOut(Schema):
    number: int
    ours: bool


class BecauseIn(In):
    rule: Annotated[StrictInt, Field(ge=1, le=LARGEST)] | None = Field(
        None, description="Of GET …/because; null takes it back."
    )


class BecauseOut(Schema):
    number: int
    rule: int | None
    rules: list[ListedOut] = Field(description="Those in force that may be meant.")


class NextWordIn(In):
    """The word at the promised time, news or none."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]
    until: Moment = Field(description="When they hear from us next; it is a promise.")


class NoticeIn(In):
    """Telling a customer before the time that a promise will not be kept."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_REPLY)]
    due_at: Moment = Field(description="The new time that is named in it.")


class DraftTextIn(In):
    text: Annotated[str, Field(max_length=LONGEST_REPLY)]


class DraftReadOut(Schema):
    """What the coach sees in a draft, for its author alone; nothing of it is kept."""

    language: str
    findings: list[FindingOut]
    good: list[str]
    promises: list[UndertakingOut]


class ApologyOut(Schema):
    """How far a draft makes amends for a broken promise: its four steps."""

    sorry: bool
    sorry_first: bool
    no_excuse: bool
    excuse: str
    remedy: bool
    new_time: str | None
    is_whole: bool


class UndoIn(In):
    event: StrictInt = Field(ge=1, le=2**63 - 1, description="What they have just done: a hand-over, a pause, closing.")


class HeatMarkOut(Schema):
    """One message of the customer."""

    event: int
    at: datetime
    said: int = Field(description="How hot it is itself, from 0 to 3.")
    after: int


class HeatSignOut(Schema):
    name: str
    words: str
    event: int
    at: datetime


class HeatOut(Schema):
    number: int
    calmed: bool
    asked: int = Field(description="How often they asked for a person or a manager.")
    marks: list[HeatMarkOut]
    signs: list[HeatSignOut]


# ── Time limits ──────────────────────────────────────────────────────────────


class LimitOut(Schema):
    """A time limit of a complaint that matters now."""

    id: int
    what: str
    name: str
    state: str
    due_at: datetime | None
    whole_day: bool
    done_at: datetime | None
    is_legal: bool
    extended: bool
    can_be_extended: bool
    waits_for_final_answer: bool


class StartableOut(Schema):
    code: str
    title: str


class LimitsOut(Schema):
    number: int
    limits: list[LimitOut]
    priority: str
    priority_reason: str
    startable: list[StartableOut] = Field(description="Laws whose first day somebody has to enter.")
    group: int | None = Field(description="Of the customer.")
    groups: list[ListedOut]


class SumLineOut(Schema):
    when: str
    why: str
    counted: str


class SumOut(Schema):
    """Why a time limit is due then: the sum."""

    id: int
    number: int
    began: datetime
    rule: str
    allowed: str
    used: str
    left: str
    total: str
    zone: str
    source: str
    lines: list[SumLineOut]


class StartIn(In):
    code: Annotated[str, Field(min_length=1, max_length=60, description="One of `startable`.")]
    began: Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY, description="The day from which the law counts.")]


class GroupIn(In):
    group: Annotated[StrictInt, Field(ge=1, le=LARGEST)] | None = Field(description="Null takes them out of it.")


# ── Promises ─────────────────────────────────────────────────────────────────


class PromiseIn(In):
    """A promise that was made aloud."""

    words: Words
    due_at: Moment
    every: Literal["", "day", "week", "2-week", "month"] = ""
    told_in: Literal["phone", "visit"] = "phone"


class MoveIn(In):
    due_at: Moment
    yes: Channel = Field(description="By which way the customer agreed.")


class YesIn(In):
    yes: Channel = Field(description="By which way the customer agreed.")


# ── Remedies ─────────────────────────────────────────────────────────────────


class RemedyIn(In):
    """What puts it right. What is above the person's room is asked for, and the answer says `asked`."""

    kind: Kind
    what: Annotated[str, Field(max_length=300)] = ""
    cost: Annotated[Decimal, Field(ge=0, lt=10**10, max_digits=12, decimal_places=2)] = Decimal(0)
    currency: Annotated[str, Field(pattern="^([A-Za-z]{3})?$")] = ""
    is_exception: StrictBool = False
    reason: Annotated[str, Field(max_length=300)] = ""
    rule: Annotated[StrictInt, Field(ge=1, le=LARGEST)] | None = Field(
        None, description="Which rule gives way, of GET …/because; it is an exception then."
    )
    carrier: Literal["us", "team", "third-party"] = Carrier.US.value
    carrier_team: Annotated[StrictInt, Field(ge=1, le=LARGEST)] | None = None
    carrier_name: Annotated[str, Field(max_length=200)] = ""
    to_be_done: StrictBool = Field(False, description="It is decided and not done yet.")  # noqa: FBT003
    due_at: Moment | None = Field(None, description="By when; the customer is promised it.")


# ── Customers ────────────────────────────────────────────────────────────────


class WayOut(Schema):
    kind: Literal["email", "phone"]
    value: str


class CustomerOut(Schema):
    id: int
    name: str
    honorific: str
    say: str
    language: str
    address: str
    since: date | None
    orders: int
    yearly_value: Decimal | None
    currency: str
    note: str


class CustomersOut(Schema):
    customers: list[CustomerOut]


class WholeCustomerOut(CustomerOut):
    ways: list[WayOut]
    complaints: list[int] = Field(description="Numbers, the newest first; fifty at most.")


class CustomerIn(In):
    """Facts to correct; what is left out stays."""

    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    honorific: Annotated[str, Field(max_length=40)] | None = None
    say: Annotated[str, Field(max_length=200)] | None = None
    language: Language | None = None
    address: Annotated[str, Field(max_length=300)] | None = None
    since: date | None = None
    orders: Annotated[StrictInt, Field(ge=0, le=LARGEST)] | None = None
    yearly_value: Annotated[Decimal, Field(ge=0, lt=10**10, max_digits=12, decimal_places=2)] | None = None
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] | None = None
    note: Annotated[str, Field(max_length=LONGEST_TEXT)] | None = None


class PersonOut(Schema):
    id: int
    name: str
    role: str
    team_name: str
    languages: list[str]
    presence: str


class PeopleOut(Schema):
    people: list[PersonOut]
    next: str | None = Field(None, description="Send it as `after` for the next page; null at the end.")


ProblemOut.model_rebuild()
