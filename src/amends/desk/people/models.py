"""Agents, teams and the calendars in which they work."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, ClassVar, Final, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Exists, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from amends.desk.people.scripts import reads
from amends.desk.web import questions
from amends.desk.web.questions import Blank
from amends.engine.promises.calendar import Hours, WorkingCalendar


class Language(models.TextChoices):
    """The languages of the desk, each named in itself."""

    TURKISH = "tr", "Türkçe"
    PERSIAN = "fa", "فارسی"
    MONGOLIAN = "mn", "Монгол"
    ENGLISH = "en", "English"


class Calendar(models.Model):
    """Working hours and days off; the weekend is data."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    # {"0": [["09:00", "18:00"]], …}: Monday is "0"; a day that is absent is free.
    week: models.JSONField[dict[str, list[list[str]]], dict[str, list[list[str]]]] = models.JSONField(_("week"))
    days_off: models.JSONField[list[str], list[str]] = models.JSONField(_("days off"), default=list)
    # Whose public holidays are days off (ISO 3166, '' for nobody's), and up to the end of which year.
    country = models.CharField(_("country"), max_length=2, blank=True, default="", db_default="")
    holidays_until = models.PositiveSmallIntegerField(_("public holidays until"), default=0, db_default=0)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return self.name

    def as_value(self) -> WorkingCalendar:
        """The calendar as the engine counts in it."""
        return WorkingCalendar.of(
            zone=ZoneInfo(self.time_zone),
            week={int(day): tuple(Hours.of(*span) for span in spans) for day, spans in self.week.items()},
            days_off=self.days_off,
        )


class Team(models.Model):
    """People who answer together."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="teams")
    lead = models.ForeignKey(
        "people.Agent", on_delete=models.PROTECT, related_name="leads", null=True, blank=True, verbose_name=_("lead")
    )
    # A wall: what this team has is seen by its own people and by whom walls.py names.
    is_closed = models.BooleanField(_("complaints closed to other teams"), default=False, db_default=False)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    AGENT = "agent", _("agent")
    LEAD = "lead", _("lead")
    QUALITY = "quality", _("service quality")
    ADMINISTRATOR = "administrator", _("administrator")


class Right(models.TextChoices):
    """What administrators may do and others may be allowed to do, one by one; who works here is never among it."""

    LIMITS = "limits", _("say what is too long, too many and too late")
    TIME_LIMITS = "time-limits", _("set time limits and choose laws")
    TAGS = "tags", _("rename, merge and retire tags")
    FIELDS = "fields", _("make own fields")
    DATA = "data", _("hand out and erase the data of a customer")
    ARRIVALS = "arrivals", _("look after letters that did not arrive or leave")
    MAILBOXES = "mailboxes", _("set up mailboxes")
    SECOND_READER = "second-reader", _("set up the second reader")
    BEHIND_WALLS = "behind-walls", _("see the complaints of closed teams")
    JARGON = "jargon", _("keep the list of jargon")


class OwnRole(models.Model):
    """A role of the organisation's own: one of the fixed ones, a name, and what it may do beside."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    base = models.CharField(
        _("does the work of"), max_length=20, choices=[one for one in Role.choices if one[0] != Role.ADMINISTRATOR]
    )
    rights: models.JSONField[list[str], list[str]] = models.JSONField(_("may also"), default=list)

    class Meta:
        verbose_name = _("own role")
        verbose_name_plural = _("own roles")

    def __str__(self) -> str:
        return self.name


USUAL_AT_ONCE: Final = 3
MOST_AT_ONCE: Final = 20


class Presence(models.TextChoices):
    HERE = "here", _("here")
    PAUSE = "pause", _("taking five")
    AWAY = "away", _("away")


class AgentManager(BaseUserManager["Agent"]):
    def get(self, *args: Any, **named: Any) -> Agent:
        """Fetch one, as every page does for its reader: whether any team is closed at all comes along (walls.py)."""
        pk = named.get("pk")
        # Within what belongs to something else it is another class, made by Django.
        if type(self) is AgentManager and len(named) == 1 and not args and isinstance(pk, int) and self._db is None:
            for found in questions.ask("agent", self._by_pk, pk=pk):
                return cast("Agent", found)
            raise self.model.DoesNotExist
        return self._with_walls().get(*args, **named)

    async def aget(self, *args: Any, **named: Any) -> Agent:
        """Fetch one for an open line, likewise."""
        return await self._with_walls().aget(*args, **named)

    def _by_pk(self) -> models.QuerySet[Agent]:
        return self._with_walls().filter(pk=Blank("pk", models.BigIntegerField()))

    def _with_walls(self) -> models.QuerySet[Agent]:
        return self.annotate(walls_stand=Exists(Team.objects.filter(is_closed=True)))

    def create_user(self, *, email: str, name: str, password: str | None = None, **fields: Any) -> Agent:
        agent = self.model(email=self.normalize_email(email).lower(), name=name, **fields)
        agent.set_password(password)
        agent.save(using=self._db)
        return agent

    def create_superuser(self, *, email: str, name: str, password: str | None = None, **fields: Any) -> Agent:
        return self.create_user(
            email=email, name=name, password=password, role=Role.ADMINISTRATOR, is_superuser=True, **fields
        )


class Agent(AbstractBaseUser, PermissionsMixin):
    """Somebody who works at the desk; signs in with an e-mail address."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    say = models.CharField(_("how to say the name"), max_length=150, blank=True)
    latin_name = models.CharField(_("name in Latin letters"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.AGENT)
    # A role of the organisation's own; then `role` is the one that it is based on.
    own_role = models.ForeignKey(OwnRole, on_delete=models.PROTECT, related_name="people", null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members", null=True, blank=True)
    languages: models.JSONField[list[str], list[str]] = models.JSONField(_("languages spoken"), default=list)
    language = models.CharField(_("language of the screens"), max_length=2, choices=Language, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    # Conversations that go on at the same time: so many, and one of them in focus.
    at_once = models.PositiveSmallIntegerField(
        _("conversations at once"), default=USUAL_AT_ONCE, db_default=USUAL_AT_ONCE
    )
    presence = models.CharField(_("presence"), max_length=10, choices=Presence, default=Presence.HERE)
    goodwill_limit = models.DecimalField(_("goodwill limit"), max_digits=12, decimal_places=2, default=0)
    # Empty at a desk that knows one currency only: then the limit is for whatever the cost is counted in.
    goodwill_currency = models.CharField(_("currency of the goodwill limit"), max_length=3, blank=True)
    theme = models.CharField(_("theme"), max_length=10, default="system")
    is_active = models.BooleanField(_("active"), default=True)
    is_example = models.BooleanField(_("example sign-in"), default=False, help_text=_("Works on loopback only."))
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)
    # Their role asks for two factors and they have one only: kept here so that no page has to ask for it.
    owes_factor = models.BooleanField(_("has to set up a second factor"), default=False, db_default=False)

    objects: ClassVar[AgentManager] = AgentManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("agent")
        verbose_name_plural = _("agents")

    def __str__(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        """Name them as themselves where Django would show the address they sign in with."""
        return self.name

    def name_for(self, language: str) -> str:
        """Their name for a reader of a language: in Latin letters where they write it in a script of another one."""
        return self.latin_name if self.latin_name and not reads(language, self.name) else self.name

    @property
    def is_staff(self) -> bool:
        """Whether the plain administration pages open for them."""
        return self.role == Role.ADMINISTRATOR

    @cached_property
    def rights(self) -> frozenset[str]:
        """What they may do of what is for administrators: all of it, what their own role names, or nothing."""
        if self.role == Role.ADMINISTRATOR:
            return frozenset(Right.values)
        named = frozenset(self.own_role.rights if self.own_role is not None else ())
        return named | {Right.BEHIND_WALLS.value, Right.JARGON.value} if self.role == Role.QUALITY else named

    @property
    def role_name(self) -> str:
        """Their role as people call it."""
        return self.own_role.name if self.own_role is not None else self.get_role_display()

    @property
    def leads_people(self) -> bool:
        return self.role in {Role.LEAD, Role.QUALITY, Role.ADMINISTRATOR}

    def may_spend(self, *, currency: str) -> Decimal:
        """Return the goodwill limit for costs in a currency: nothing in one that the limit is not given in."""
        covered = not currency or self.goodwill_currency in {"", currency}
        return self.goodwill_limit if covered else Decimal(0)

    def calendar(self) -> WorkingCalendar:
        """Their team's working hours, kept in their own time zone: 'by 17:00' means by their own clock."""
        zone = ZoneInfo(self.time_zone)
        if self.team_id is not None and not Agent.team.is_cached(self):
            (self.team,) = questions.ask("team of somebody", _team_with_calendar, pk=self.team_id)
        if self.team is not None:
            return replace(self.team.calendar.as_value(), zone=zone)
        return WorkingCalendar.office(zone=zone)


def _team_with_calendar() -> models.QuerySet[Team]:
    return Team.objects.filter(pk=Blank("pk", models.BigIntegerField())).select_related("calendar")


class Organisation(models.Model):
    """Whose desk this is: one row, and its place is taken once, which is what closes the first-run page for ever."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")
    # In which costs and limits are counted unless somebody says otherwise; empty where nobody was asked.
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    founded_at = models.DateTimeField(_("founded"))
    # Whether how much somebody has at once is asked for every new complaint, and not for conversations alone.
    caps_all = models.BooleanField(_("nobody gets more at once than they take"), default=False, db_default=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_organisation")]

    def __str__(self) -> str:
        return self.name


class Face(models.Model):
    """What customers see of the organisation, beside its name: one row, none until somebody wants it otherwise."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    logo = models.BinaryField(_("logo"), default=b"")
    logo_kind = models.CharField(_("kind of the logo"), max_length=20, blank=True)
    logo_digest = models.CharField(_("digest of the logo"), max_length=16, blank=True)
    colour = models.CharField(_("colour"), max_length=7, blank=True)
    welcome: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(_("line of welcome"), default=dict)
    site = models.URLField(_("own site"), max_length=300, blank=True)
    privacy = models.URLField(_("privacy page"), max_length=300, blank=True)
    # In which customers are spoken to, the first where theirs is not among them; empty: in all of the desk's.
    languages: models.JSONField[list[str], list[str]] = models.JSONField(_("languages offered"), default=list)

    class Meta:
        verbose_name = _("face of the organisation")
        verbose_name_plural = _("faces of the organisation")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_face")]

    def __str__(self) -> str:
        return "face"


class FaceChange(models.Model):
    """Who changed what customers see, and from what to what; never changed itself."""

    class What(models.TextChoices):
        NAME = "name", _("name")
        LOGO = "logo", _("logo")
        COLOUR = "colour", _("colour")
        WELCOME = "welcome", _("line of welcome")
        SITE = "site", _("own site")
        PRIVACY = "privacy", _("privacy page")
        LANGUAGES = "languages", _("languages offered")

    what = models.CharField(_("what"), max_length=10, choices=What)
    before = models.TextField(_("before"), blank=True)
    after = models.TextField(_("after"), blank=True)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of the face")
        verbose_name_plural = _("changes of the face")
        indexes = [models.Index(fields=["-at", "-id"], name="face_change_by_time")]

    def __str__(self) -> str:
        return f"{self.what}: {self.before} → {self.after}"


class Limit(models.Model):
    """What this organisation holds to be too long, too many or too late, where that is not the usual."""

    name = models.CharField(_("limit"), max_length=30, unique=True)
    value = models.CharField(_("value"), max_length=300)  # as amends.engine.measures.limits tells it

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class LimitChange(models.Model):
    """Who changed a limit, and from what to what; never changed itself."""

    name = models.CharField(_("limit"), max_length=30)
    before = models.CharField(_("before"), max_length=300)
    after = models.CharField(_("after"), max_length=300)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of a limit")
        verbose_name_plural = _("changes of limits")
        indexes = [models.Index(fields=["-at", "-id"], name="limit_change_by_time")]

    def __str__(self) -> str:
        return f"{self.name}: {self.before} → {self.after}"


class SignInAttempt(models.Model):
    """A sign-in that did not succeed, kept for an hour; it holds a digest, since strangers type what they like."""

    digest = models.CharField(_("digest of the address typed"), max_length=64)
    source = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("sign-in attempt")
        verbose_name_plural = _("sign-in attempts")
        indexes = [
            models.Index(fields=["digest", "at"], name="sign_in_attempt_by_digest"),
            models.Index(fields=["source", "at"], name="sign_in_attempt_by_source"),
        ]

    def __str__(self) -> str:
        return f"sign-in attempt at {self.at:%Y-%m-%d %H:%M}"


class SignedIn(models.Model):
    """A session that somebody opened: where from, with what, since when."""

    key = models.CharField(_("session"), max_length=40, unique=True)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="signed_in")
    source = models.CharField(_("place"), max_length=64, blank=True)
    program = models.CharField(_("program"), max_length=200, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")

    def __str__(self) -> str:
        return f"{self.agent_id} since {self.since:%Y-%m-%d}"


class FactorDemand(models.Model):
    """A role whose people come in with two factors only."""

    role = models.CharField(_("role"), max_length=20, choices=Role, unique=True)

    class Meta:
        verbose_name = _("demand of two factors")
        verbose_name_plural = _("demands of two factors")

    def __str__(self) -> str:
        return self.role


class DoorEvent(models.Model):
    """What was changed about how people come in, and by whom; never changed itself."""

    class Kind(models.TextChoices):
        DEMANDED = "demanded", _("two factors demanded")
        NOT_DEMANDED = "not-demanded", _("two factors no longer demanded")
        SET_UP = "set-up", _("second factor set up")
        NEW_CODES = "new-codes", _("new recovery codes made")
        TURNED_OFF = "turned-off", _("second factor turned off")
        RESET = "reset", _("second factor taken away")
        ENDED = "ended", _("signed out everywhere")
        BOUND = "bound", _("bound to the sign-in of the organisation")
        MADE = "made", _("own role made")
        CHANGED = "changed", _("own role changed")
        REMOVED = "removed", _("own role removed")
        KEY_ADDED = "key-added", _("passkey added")
        KEY_TAKEN = "key-taken", _("passkey taken away")
        WALL_UP = "wall-up", _("team closed to others")
        WALL_DOWN = "wall-down", _("team opened to others")
        CAP_ON = "cap-on", _("what each takes at once asked for every complaint")
        CAP_OFF = "cap-off", _("what each takes at once asked for chats alone")

    kind = models.CharField(_("what"), max_length=15, choices=Kind)
    about = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="door_events", null=True, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    words = models.CharField(_("words"), max_length=300, blank=True, default="", db_default="")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of the door")
        verbose_name_plural = _("changes of the door")
        indexes = [models.Index(fields=["-at", "-id"], name="door_event_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.role or self.about_id}"

    @property
    def told(self) -> str:
        """What it is about, in the reader's words: an own role with what it may do, or a fixed role."""
        if not self.words:
            return str(self.get_role_display()) if self.role else ""
        name, *rights = self.words.split("\t")
        if not self.role:
            return name
        return f"{name} ({' · '.join([str(self.get_role_display()), *(str(Right(one).label) for one in rights)])})"
