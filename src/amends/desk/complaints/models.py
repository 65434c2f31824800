"""The case and its timeline.

Events are appended and never changed. The columns of Complaint that can be counted from the events are written in the
same transaction (`actions.append`) and can be rebuilt from them (`amends rebuild`).
"""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from amends.desk.complaints.archived import ArchivableText
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent, Language, Team


class Channel(models.TextChoices):
    FORM = "form", _("web form")
    MAIL = "mail", _("e-mail")
    CHAT = "chat", _("chat")
    PHONE = "phone", _("telephone")
    VISIT = "visit", _("visit")
    PORTAL = "portal", _("customer's page")


class Stage(models.TextChoices):
    """Answered, resolved and closed are three things."""

    RECEIVED = "received", _("received")
    ANSWERED = "answered", _("answered")
    RESOLVED = "resolved", _("resolved")  # the customer agreed
    CLOSED = "closed", _("closed")


class Turn(models.TextChoices):
    """Whose move it is."""

    OURS = "ours", _("ours")
    THEIRS = "theirs", _("the customer's")
    THIRD_PARTY = "third-party", _("a third party's")
    NOBODY = "nobody", _("nobody's")


class Listed(models.Model):
    """One name of a list that the organisation keeps: the same entry in every language, under its name there."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    # {"fa": "کتری", …}: where it has no name of its own in a language, the first name stands.
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(_("names in languages"), default=dict)
    # Chosen no more; what was about it stays about it.
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def called(self, language: str) -> str:
        """The name under which a reader of this language knows it."""
        return self.names.get(language) or self.name


class Product(Listed):
    """What the organisation sells or does, as its complaints are told apart."""

    class Meta(Listed.Meta):
        verbose_name = _("product")
        verbose_name_plural = _("products")


class Branch(Listed):
    """A shop, an office, a place of the organisation."""

    class Meta(Listed.Meta):
        verbose_name = _("branch")
        verbose_name_plural = _("branches")


# What lists of what goes on ask of a complaint, beside its team, its stage and whose turn it is.
_IN_LISTS: Final = (
    "owner", "customer", "waiting_since", "heat", "failed_again", "promise_due_at", "broken_since", "snoozed_until",
    "back_at", "merged_into", "last_event_at",
)  # fmt: skip


class Complaint(models.Model):
    """One person's trouble, from arrival to content or closed."""

    number = models.PositiveIntegerField(_("number"), unique=True)
    key = models.CharField(_("private key of the customer's page"), max_length=64, unique=True)
    # Where `db_index` is off, another index begins with the column.
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="complaints", db_index=False)
    # Never null: there is no moment without an owner.
    owner = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="owned", db_index=False)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="complaints", null=True, blank=True, db_index=False
    )
    subject = models.CharField(_("subject"), max_length=300)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    wish = models.TextField(_("what would put it right"), blank=True)

    # Derived from the events.
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.RECEIVED)
    # Going on, or something is still owed to the customer: what the lists are about.
    live = models.BooleanField(_("somebody has to do something"), default=True)
    turn = models.CharField(_("whose turn"), max_length=12, choices=Turn, default=Turn.OURS)
    turn_since = models.DateTimeField(_("their turn since"), null=True, blank=True)
    heat = models.PositiveSmallIntegerField(_("heat"), default=0)  # 0 calm … 3 hot
    received_at = models.DateTimeField(_("received"))
    waiting_since = models.DateTimeField(_("waits for us since"), null=True, blank=True)
    first_person_at = models.DateTimeField(_("a person answered"), null=True, blank=True)
    last_event_at = models.DateTimeField(_("last event"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    people = models.PositiveSmallIntegerField(_("people so far"), default=0)
    handovers = models.PositiveSmallIntegerField(_("hand-overs"), default=0)
    times_told = models.PositiveSmallIntegerField(_("times the customer told it"), default=0)
    waited_seconds = models.PositiveBigIntegerField(_("seconds waited for us so far"), default=0)
    promise_due_at = models.DateTimeField(_("next promise due"), null=True, blank=True)
    promise_whole_day = models.BooleanField(_("next promise due on the day"), default=False)
    broken_promises = models.PositiveSmallIntegerField(_("promises broken"), default=0)
    broken_since = models.DateTimeField(_("a broken promise not made good since"), null=True, blank=True)
    # Not content with what we did, angry after an answer, or a promise broken: until they are content.
    failed_again = models.BooleanField(_("it went wrong a second time"), default=False)
    back_at = models.DateTimeField(_("we come back at"), null=True, blank=True)  # after a pause or a third party
    snoozed_until = models.DateTimeField(_("put aside until"), null=True, blank=True)  # passed: it has come back
    preview = models.CharField(_("last words"), max_length=200, blank=True)
    # What it is about, as somebody of ours said it last.
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="complaints", null=True, blank=True)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="complaints", null=True, blank=True)
    # It goes on there; what is told of this one is told of that one.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="holds", null=True, blank=True, verbose_name=_("merged into")
    )

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(fields=["owner", "live", "stage"], name="complaint_by_owner"),
            models.Index(fields=["team", "live", "stage"], name="complaint_by_team"),
            models.Index(fields=["owner", "-received_at"], name="complaint_by_newest"),
            models.Index(fields=["live", "-last_event_at", "-id"], name="complaint_by_last_event"),
            models.Index(fields=["customer", "-received_at"], name="complaint_by_customer"),
            models.Index(
                fields=["snoozed_until"], name="complaint_put_aside", condition=Q(snoozed_until__isnull=False)
            ),
            # Few and mostly the newest: in their order PostgreSQL sees that reading them is cheap.
            models.Index(fields=["id"], name="complaint_going_on", condition=Q(live=True)),
            # All by which lists of what goes on are put in order and counted: SQLite reads nothing else there, where it
            # read as many pages as there are complaints. "live" says nothing more; without it SQLite chooses another.
            models.Index(
                fields=["live", "team", "stage", "turn", *_IN_LISTS, "id"],
                name="complaint_in_lists",
                condition=Q(live=True),
            ),
            # What a time may come for, and a list begins with.
            models.Index(
                fields=["id"],
                name="complaint_urgent",
                condition=Q(live=True)
                & (
                    Q(broken_since__isnull=False)
                    | Q(promise_due_at__isnull=False)
                    | Q(snoozed_until__isnull=False)
                    | Q(back_at__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.subject}"


class Numbering(models.Model):
    """The last number given to a complaint: one row, locked while the next is taken."""

    last = models.PositiveIntegerField(_("last number"))

    class Meta:
        verbose_name = _("numbering")
        verbose_name_plural = _("numberings")

    def __str__(self) -> str:
        return str(self.last)


class SearchEntry(models.Model):
    """Every different word of a complaint, folded (search.py).

    SQLite keeps a full-text index of it through triggers, PostgreSQL an index over the expression; both are made in
    a migration. A migration that rebuilds this table on SQLite must make the triggers again.
    """

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="search_entry", primary_key=True)
    words = models.TextField(_("words"))

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return f"words of {self.complaint_id}"


class EventKind(models.TextChoices):
    RECEIVED = "received", _("received")
    OWNER_TAKEN = "owner-taken", _("owner")
    CUSTOMER_WROTE = "customer-wrote", _("customer wrote")
    REPLIED = "replied", _("replied")
    ACKNOWLEDGED = "acknowledged", _("receipt confirmed")  # the automatic one
    NOTED = "noted", _("note")
    CALLED = "called", _("call")
    HANDED_OVER = "handed-over", _("hand-over")
    COMPANION = "companion", _("brought in")
    PAUSED = "paused", _("pause")
    WAITING_ON_THIRD_PARTY = "waiting-on-third-party", _("waiting on a third party")
    THIRD_PARTY_ANSWERED = "third-party-answered", _("third party answered")
    PROMISE_MADE = "promise-made", _("promise made")
    PROMISE_KEPT = "promise-kept", _("promise kept")
    PROMISE_BROKEN = "promise-broken", _("promise broken")
    PROMISE_MOVED = "promise-moved", _("promise moved")
    PROMISE_WITHDRAWN = "promise-withdrawn", _("promise withdrawn with the customer's yes")
    REMEDY_PLANNED = "remedy-planned", _("to be put right")
    REMEDY_DROPPED = "remedy-dropped", _("not put right this way")
    REMEDY = "remedy", _("put right")
    OUR_FAULT = "our-fault", _("our fault")
    ROOM_ASKED = "room-asked", _("asked for a yes")
    ROOM_ANSWERED = "room-answered", _("request answered")
    ASKED_FOR_PERSON = "asked-for-person", _("asked for a person")
    ASKED_FOR_MANAGER = "asked-for-manager", _("asked for a manager")
    ASKED_FOR_CALL = "asked-for-call", _("asked for a call")
    CONTENT = "content", _("content")
    NOT_CONTENT = "not-content", _("not content")
    RATED = "rated", _("rated")
    CAUSE_CONFIRMED = "cause-confirmed", _("cause confirmed")
    PLACED = "placed", _("product and branch")
    CLOSED = "closed", _("closed")
    REOPENED = "reopened", _("reopened")
    WARNED = "warned", _("warned")
    CLOCK_STARTED = "clock-started", _("time limit began")
    CLOCK_EXTENDED = "clock-extended", _("time limit extended")
    FINAL_ANSWER = "final-answer", _("final answer")
    PROMISE_NOTICE = "promise-notice", _("told that a promise will not be kept")
    UNDONE = "undone", _("taken back")
    CAME_BACK = "came-back", _("back from a pause")
    CALL_PROPOSED = "call-proposed", _("call proposed")
    CALL_BOOKED = "call-booked", _("call booked")
    TAKEOVER_ASKED = "takeover-asked", _("asked to take over")
    TAKEOVER_DECLINED = "takeover-declined", _("taking over declined")
    MANAGER_RUNG = "manager-rung", _("a manager was rung")
    MANAGER_CAME = "manager-came", _("a manager came")
    SNOOZED = "snoozed", _("put aside until later")
    WOKEN = "woken", _("back in the list")
    TAGGED = "tagged", _("tagged")
    UNTAGGED = "untagged", _("tag taken off")
    LINKED = "linked", _("linked with another complaint")
    UNLINKED = "unlinked", _("no longer linked with another complaint")
    MERGED = "merged", _("another complaint merged into this one")
    MERGED_INTO = "merged-into", _("merged into another complaint")
    SPLIT = "split", _("a part became a complaint of its own")
    SPLIT_FROM = "split-from", _("split from another complaint")
    FILLED_IN = "filled-in", _("fields filled in")
    ERASED = "erased", _("erased")


class By(models.TextChoices):
    CUSTOMER = "customer", _("customer")
    AGENT = "agent", _("agent")
    SYSTEM = "system", _("desk")


class Event(models.Model):
    """The envelope: who, when, what kind. The content is a row of its own, so that erasing does not break the order."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="events", db_index=False)
    sequence = models.PositiveIntegerField(_("sequence"))
    kind = models.CharField(_("kind"), max_length=30, choices=EventKind)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=10, choices=By)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="events", null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["complaint", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "sequence"], name="one_event_per_place"),
            models.CheckConstraint(
                condition=~Q(by=By.AGENT) | Q(agent__isnull=False), name="an_agent_event_names_its_agent"
            ),
        ]
        indexes = [models.Index(fields=["kind", "at"], name="event_by_kind")]

    def __str__(self) -> str:
        return f"{self.complaint_id}/{self.sequence} {self.kind}"


class EventContent(models.Model):
    """What was said or recorded; emptied when a person is erased."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="content", primary_key=True)
    text = ArchivableText(_("text"), blank=True)
    html = ArchivableText(_("sanitised HTML"), blank=True)
    quoted = ArchivableText(_("quoted text"), blank=True)
    # By kind, for instance {"words": …, "promise": 12} or {"from": 3, "to": 5, "reason": …}.
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("data"), default=dict)

    class Meta:
        verbose_name = _("content of an event")
        verbose_name_plural = _("contents of events")

    def __str__(self) -> str:
        return f"content of {self.event_id}"


class Archive(models.Model):
    """What one complaint that ended long ago held; its rows say which part of it is theirs (archived.py).

    Never changed. Texts stay in the database, so that no page waits for a store; letters are one file among the files.
    """

    id = models.BigIntegerField(_("number"), primary_key=True)  # drawn by lot, so that none is given twice
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="archives")
    at = models.DateTimeField(_("archived"))
    upto = models.DateTimeField(_("last event"))  # of the complaint, when it was archived
    texts = models.BinaryField(_("texts, pressed"))
    place = models.CharField(_("file of the letters"), max_length=100, blank=True)
    digest = models.CharField(_("digest of that file"), max_length=64, blank=True)
    # Not in force: not yet, or its rows hold their contents again. It goes a day later, for somebody may be at it.
    spent_at = models.DateTimeField(_("not in force since"), null=True, blank=True)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")
        indexes = [models.Index(fields=["upto"], name="archive_by_end")]

    def __str__(self) -> str:
        return f"archive {self.pk:016x}"


def attachment_path(attachment: Attachment, name: str) -> str:
    """Where a file is kept: under its own digest, never under a name that a stranger chose."""
    del name
    return f"{attachment.sha256[:2]}/{attachment.sha256}"


class Attachment(models.Model):
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=255)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("digest"), max_length=64)
    content_id = models.CharField(_("content id"), max_length=255, blank=True)
    file = models.FileField(_("file"), upload_to=attachment_path)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name


class Companion(models.Model):
    """An expert brought in beside the owner; the owner stays."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="companions")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="accompanies")
    since = models.DateTimeField(_("since"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("companion")
        verbose_name_plural = _("companions")
        constraints = [models.UniqueConstraint(fields=["complaint", "agent"], name="a_companion_once")]

    def __str__(self) -> str:
        return f"{self.agent_id} beside {self.complaint_id}"


class Draft(models.Model):
    """What an agent has written and not sent."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="drafts")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="drafts")
    text = models.TextField(_("text"), blank=True)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["complaint", "agent"], name="one_draft_per_agent")]

    def __str__(self) -> str:
        return f"draft of {self.agent_id} for {self.complaint_id}"


class ReadMark(models.Model):
    """How far an agent has read a complaint."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="read_marks")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="read_marks")
    at = models.DateTimeField(_("read up to"))

    class Meta:
        verbose_name = _("read mark")
        verbose_name_plural = _("read marks")
        constraints = [models.UniqueConstraint(fields=["complaint", "agent"], name="one_read_mark_per_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} read {self.complaint_id}"


class Watch(models.Model):
    """An agent wants to follow a complaint that they do not own."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="watches")
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="watches")
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        constraints = [models.UniqueConstraint(fields=["agent", "complaint"], name="one_watch_per_agent")]

    def __str__(self) -> str:
        return f"{self.agent_id} watches {self.complaint_id}"


class Pin(models.Model):
    """Words of a customer that somebody pinned, so that nobody asks for them twice; a mark of reading, no event."""

    LONGEST = 200

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="pins")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="pins")
    words = models.CharField(_("words"), max_length=LONGEST)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="pins")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("pinned words")
        verbose_name_plural = _("pinned words")
        constraints = [models.UniqueConstraint(fields=["complaint", "words"], name="words_pinned_once")]

    def __str__(self) -> str:
        return f"pin {self.pk} in {self.complaint_id}"


class Tag(models.Model):
    """A word of the organisation's own by which complaints are found again; agents add to the list as they go."""

    LONGEST = 40

    name = models.CharField(_("name"), max_length=LONGEST)
    # The name folded and without spaces: two spellings of one word are one tag.
    key = models.CharField(_("folded name"), max_length=80, unique=True)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="tags", null=True, blank=True)
    made_at = models.DateTimeField(_("made"))
    # Offered no more; what carries it goes on carrying it.
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)
    # What was said of this one holds for that one since.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="merged", null=True, blank=True, verbose_name=_("merged into")
    )

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A complaint carries a tag; derived from its events."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="taggings")

    class Meta:
        verbose_name = _("tagging")
        verbose_name_plural = _("taggings")
        constraints = [models.UniqueConstraint(fields=["tag", "complaint"], name="a_tag_once")]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.complaint_id}"


class How(models.TextChoices):
    """How one complaint stands to another; each is told from its own side."""

    PART_OF = "part-of", _("belongs to")
    HOLDS = "holds", _("has belonging to it")
    SAME_CAUSE = "same-cause", _("has the same cause as")


class Link(models.Model):
    """One side of a link between two complaints; derived from the events of this side."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="linked_from")
    how = models.CharField(_("how"), max_length=12, choices=How)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "other"], name="one_link_between_two"),
            models.CheckConstraint(condition=~Q(complaint=models.F("other")), name="no_link_with_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.how} {self.other_id}"


class Field(models.Model):
    """Something that the organisation wants to know of its complaints beside what everybody asks."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("what a field holds", "text")
        NUMBER = "number", pgettext_lazy("what a field holds", "number")
        DATE = "date", pgettext_lazy("what a field holds", "day")
        YES_NO = "yes-no", _("yes or no")
        CHOICE = "choice", _("one of a list")
        SEVERAL = "several", _("several of a list")
        CHECKLIST = "checklist", _("a list to tick off")

    name = models.CharField(_("name"), max_length=80)
    # {"fa": "شماره سفارش", …}: where it has no name of its own in a language, the first name stands.
    names: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(_("names in languages"), default=dict)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    # Of a list: [{"key": "…", "name": "…", "names": {…}, "retired": true}]; a key never changes.
    choices: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        _("choices"), default=list, blank=True
    )
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, related_name="fields", null=True, blank=True, verbose_name=_("only of the team")
    )
    needed_to_close = models.BooleanField(_("has to be filled in before closing"), default=False)
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ("place", "pk")

    def __str__(self) -> str:
        return self.name

    def called(self, language: str) -> str:
        """The name under which a reader of this language knows it."""
        return self.names.get(language) or self.name


class FieldValue(models.Model):
    """What a field says of a complaint, a row for each of several; derived from the events."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="values")
    # As it is stored: words, "yes" or "no", the key of a choice; a number and a day also as what they are.
    text = models.CharField(_("value"), max_length=500)
    number = models.DecimalField(_("number"), max_digits=20, decimal_places=6, null=True, blank=True)
    day = models.DateField(_("day"), null=True, blank=True)

    class Meta:
        verbose_name = _("value of a field")
        verbose_name_plural = _("values of fields")
        constraints = [models.UniqueConstraint(fields=["complaint", "field", "text"], name="a_value_once")]
        indexes = [models.Index(fields=["field", "text"], name="value_by_text")]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.text}"
