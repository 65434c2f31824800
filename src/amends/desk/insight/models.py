"""What the course of each complaint shows, alarms, the organisation's own figures, and reports that are sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Complaint
from amends.desk.people.models import Agent, Language


class Look(models.Model):
    """When a complaint was looked at last, from its first word to that moment."""

    complaint = models.OneToOneField(Complaint, on_delete=models.CASCADE, related_name="look", primary_key=True)
    at = models.DateTimeField(_("looked at"))

    class Meta:
        verbose_name = _("look at a complaint")
        verbose_name_plural = _("looks at complaints")
        indexes = [models.Index(fields=["at"], name="look_by_time")]

    def __str__(self) -> str:
        return f"{self.complaint_id} at {self.at:%Y-%m-%d %H:%M}"


class OnTheWay(models.Model):
    """A failing that only the course of events shows. It is told of the complaint, and of nobody."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="on_the_way")
    name = models.CharField(_("name"), max_length=40)
    times = models.PositiveSmallIntegerField(_("times"), default=1)

    class Meta:
        verbose_name = _("gone wrong on the way")
        verbose_name_plural = _("gone wrong on the way")
        constraints = [models.UniqueConstraint(fields=["complaint", "name"], name="on_the_way_once")]
        indexes = [models.Index(fields=["name", "complaint"], name="on_the_way_by_name")]

    def __str__(self) -> str:
        return f"{self.name} in {self.complaint_id}"


class KeptDay(models.Model):
    """The facts of one kind of one day, packed (kept.py); days are counted from 1970, in UTC."""

    kind = models.CharField(_("kind"), max_length=10)
    day = models.IntegerField(_("day"))
    version = models.BigIntegerField(_("version"))  # another one each time that it is written
    data = models.BinaryField(_("columns"))

    class Meta:
        verbose_name = _("day that is kept")
        verbose_name_plural = _("days that are kept")
        constraints = [models.UniqueConstraint(fields=["kind", "day"], name="a_day_is_kept_once")]
        # Which days there are is read from here: SQLite would walk through what is packed in them.
        indexes = [models.Index(fields=["kind", "day", "version", "id"], name="day_by_version")]

    def __str__(self) -> str:
        return f"{self.kind} of day {self.day}"


class Touched(models.Model):
    """A complaint of which the kept days do not tell rightly any more; the database writes it (touching.py)."""

    complaint = models.BigIntegerField(_("complaint"))
    day = models.IntegerField(_("day on which something of it stood"), null=True, blank=True)

    class Meta:
        verbose_name = _("touched complaint")
        verbose_name_plural = _("touched complaints")

    def __str__(self) -> str:
        return f"{self.complaint} on {self.day}"


class Days(models.Model):
    """Whether all days are kept, and in which shape: one row."""

    shape = models.CharField(_("shape"), max_length=32)
    is_complete = models.BooleanField(_("all of them were made"), default=False)
    stamp = models.BigIntegerField(_("stamp"), default=0)  # another one each time that any day was written

    class Meta:
        verbose_name = _("state of the kept days")
        verbose_name_plural = _("states of the kept days")

    def __str__(self) -> str:
        return f"{self.shape}, {'all' if self.is_complete else 'not all'}"


class Way(models.TextChoices):
    MORE = "more", _("more than usual")
    FEWER = "fewer", _("suspiciously quiet")


class Alarm(models.Model):
    """Complaints of one kind rose more than chance explains, or stopped coming. One at a time for each kind."""

    way = models.CharField(_("way"), max_length=5, choices=Way)
    # 'theme', 'product', 'branch' and their number, 'layer', 'team', 'channel' and theirs, or 'all'.
    kind = models.CharField(_("kind"), max_length=10)
    name = models.CharField(_("which"), max_length=20, blank=True)
    since = models.DateField(_("since"))
    until = models.DateField(_("last day counted"))
    seen = models.PositiveIntegerField(_("complaints"))
    usual = models.FloatField(_("usual"))
    rung_at = models.DateTimeField(_("rung"))
    mailed_at = models.DateTimeField(_("mailed"), null=True, blank=True)
    heard_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    heard_at = models.DateTimeField(_("heard"), null=True, blank=True)
    words = models.CharField(_("what it was"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["way", "kind", "name"], condition=Q(heard_at__isnull=True), name="one_alarm_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["heard_at", "-rung_at"], name="alarm_by_time")]

    def __str__(self) -> str:
        return f"{self.way} of {self.kind} {self.name} since {self.since}"

    @property
    def usual_told(self) -> float:
        """What is usual, to one place: more would pretend to know more."""
        return round(self.usual, 1)


class OwnFigure(models.Model):
    """A figure of the organisation for reckoning money, as somebody told it then; the last one of a name holds."""

    name = models.CharField(_("figure"), max_length=20)
    value = models.FloatField(_("value"), null=True, blank=True)  # none: the default holds again
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    source = models.CharField(_("where it comes from"), max_length=200, blank=True)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("own figure")
        verbose_name_plural = _("own figures")
        indexes = [models.Index(fields=["name", "-id"], name="own_figure_by_name")]

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class Rhythm(models.TextChoices):
    BY_HAND = "", _("only when somebody asks for it")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class SavedReport(models.Model):
    """A report that is made again and again: what it is about, in which language, to whom and how often it is mailed.

    Its span is told in words such as 'last month'. What was sent is not changed; who wants another one makes it anew.
    """

    name = models.CharField(_("name"), max_length=120)
    pages: models.JSONField[list[str], list[str]] = models.JSONField(_("pages"), default=list)  # none: all of them
    span = models.CharField(_("span of time"), max_length=15)
    by = models.CharField(_("told by"), max_length=5, blank=True)
    narrowed: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(_("narrowed to"), default=dict)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    rhythm = models.CharField(_("how often"), max_length=7, choices=Rhythm, blank=True)
    recipients: models.ManyToManyField[Agent, models.Model] = models.ManyToManyField(
        Agent, related_name="+", blank=True, verbose_name=_("to whom")
    )
    next_at = models.DateTimeField(_("next time"), null=True, blank=True)
    made_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made"))
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)

    class Meta:
        verbose_name = _("saved report")
        verbose_name_plural = _("saved reports")
        indexes = [models.Index(fields=["next_at"], name="saved_report_by_time")]

    def __str__(self) -> str:
        return self.name


class ReportRun(models.Model):
    """One time that a saved report is made: once for each time that it is due."""

    report = models.ForeignKey(SavedReport, on_delete=models.PROTECT, related_name="runs")
    due_at = models.DateTimeField(_("due"))
    asked_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    pdf = models.BinaryField(_("paper"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    problem = models.CharField(_("what went wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("run of a report")
        verbose_name_plural = _("runs of reports")
        constraints = [models.UniqueConstraint(fields=["report", "due_at"], name="a_report_once_each_time")]
        indexes = [models.Index(fields=["made_at", "tries"], name="report_run_to_make")]

    def __str__(self) -> str:
        return f"{self.report_id} due {self.due_at:%Y-%m-%d %H:%M}"


class ReportLetter(models.Model):
    """A run of a report on its way to one person."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("maybe sent")
        REFUSED = "refused", _("not taken")

    run = models.ForeignKey(ReportRun, on_delete=models.PROTECT, related_name="letters")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    next_at = models.DateTimeField(_("next try"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    said = models.CharField(_("what the mail server said"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("letter with a report")
        verbose_name_plural = _("letters with reports")
        constraints = [models.UniqueConstraint(fields=["run", "agent"], name="a_report_once_to_each")]
        indexes = [models.Index(fields=["state", "next_at"], name="report_letter_to_send")]

    def __str__(self) -> str:
        return f"{self.run_id} to {self.agent_id}"
