"""What the engine saw in the replies that were sent, and the reasons of those who sent them as they were."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from amends.desk.complaints.models import Event
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent, Language


class Kind(models.TextChoices):
    FAILING = "failing", _("failing")
    HINT = "hint", _("hint")
    GOOD = "good", _("good sign")
    SIGNAL = "signal", _("signal")


class ReadBy(models.TextChoices):
    CUES = "cues", _("cues")
    LEARNED = "learned", _("cues and the learned reader")
    SECOND = "second", _("and the second reader")


class Seen(models.Model):
    """A finding, hint, good sign or signal in one message.

    It holds no author: queries go from here to the reply's words, never to who wrote them.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="seen")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=40)
    start = models.PositiveIntegerField(_("start"))
    end = models.PositiveIntegerField(_("end"))
    confidence = models.FloatField(_("confidence"))
    reader = models.CharField(_("read by"), max_length=10, choices=ReadBy, default=ReadBy.CUES)

    class Meta:
        verbose_name = _("seen in a message")
        verbose_name_plural = _("seen in messages")
        indexes = [models.Index(fields=["kind", "name"], name="seen_by_name")]

    def __str__(self) -> str:
        return f"{self.name} in {self.event_id}"


class SentAsItWas(models.Model):
    """An author's reason for sending a draft although the coach had a word on it; for their eyes only."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="sent_as_it_was")
    author = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    names: models.JSONField[list[str], list[str]] = models.JSONField(_("what the coach had said"), default=list)

    class Meta:
        verbose_name = _("sent as it was")
        verbose_name_plural = _("sent as they were")

    def __str__(self) -> str:
        return f"sent as it was: {self.event_id}"


class JargonList(models.Model):
    """What the organisation calls jargon in one language, and what it does not; none until somebody writes one."""

    language = models.CharField(_("language"), max_length=2, choices=Language, primary_key=True)
    # [["RMA", "return number"], …]: a word, and a plain one for it or nothing.
    jargon: models.JSONField[list[list[str]], list[list[str]]] = models.JSONField(_("jargon"), default=list)
    everyday: models.JSONField[list[str], list[str]] = models.JSONField(_("no jargon here"), default=list)

    class Meta:
        verbose_name = _("list of jargon")
        verbose_name_plural = _("lists of jargon")

    def __str__(self) -> str:
        return self.language


class JargonChange(models.Model):
    """Who changed the list of jargon, and what came and went; never changed itself."""

    language = models.CharField(_("language"), max_length=2, choices=Language)
    came = models.TextField(_("new"), blank=True)  # a line each, as it is written on the page
    went = models.TextField(_("gone"), blank=True)
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("change of the list of jargon")
        verbose_name_plural = _("changes of the list of jargon")
        indexes = [models.Index(fields=["-at", "-id"], name="jargon_change_by_time")]

    def __str__(self) -> str:
        return f"{self.language} {self.at:%Y-%m-%d}"


class SentText(models.Model):
    """One text that was sent, once for all who got it: hashes of its pairs of words (engine/canned/prints.py)."""

    digest = models.CharField(_("digest"), max_length=24, unique=True)
    pairs = models.BinaryField(_("pairs of words, hashed"))

    class Meta:
        verbose_name = _("text that was sent")
        verbose_name_plural = _("texts that were sent")

    def __str__(self) -> str:
        return self.digest


class SentBand(models.Model):
    """A key under which a text is looked up; texts that are much the same share one."""

    text = models.ForeignKey(SentText, on_delete=models.CASCADE, related_name="bands")
    key = models.BigIntegerField(_("key"))

    class Meta:
        verbose_name = _("key of a text that was sent")
        verbose_name_plural = _("keys of texts that were sent")
        indexes = [models.Index(fields=["key", "text"], name="sent_text_by_key")]

    def __str__(self) -> str:
        return f"{self.key} of {self.text_id}"


class SentUse(models.Model):
    """One time that a text was sent: to whom, and hashes of what they had written about. Nobody's name is in it."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, primary_key=True, related_name="sent_use")
    text = models.ForeignKey(SentText, on_delete=models.CASCADE, related_name="uses", null=True)  # none: too short
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    matter = models.BinaryField(_("what the customer had written about, hashed"))

    class Meta:
        verbose_name = _("sending of a text")
        verbose_name_plural = _("sendings of texts")

    def __str__(self) -> str:
        return f"text {self.text_id} in {self.event_id}"


class SecondReader(models.Model):
    """The organisation's own language model, as an OpenAI-compatible endpoint; one row, off until somebody wants it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_on = models.BooleanField(_("in use"), default=False)
    address = models.CharField(_("address"), max_length=300, blank=True)
    model = models.CharField(_("model"), max_length=150, blank=True)
    key = models.TextField(_("key, sealed"), blank=True)
    budget = models.PositiveIntegerField(_("questions a day"), default=200)
    changed_at = models.DateTimeField(_("changed"), null=True, blank=True)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    problem = models.CharField(_("problem"), max_length=340, blank=True)  # a code and its detail
    rests_until = models.DateTimeField(_("is asked again"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)

    class Meta:
        verbose_name = _("second reader")
        verbose_name_plural = _("second readers")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_second_reader")]

    def __str__(self) -> str:
        return self.model or "second reader"


class SecondDay(models.Model):
    """How many questions the second reader was asked on one day."""

    day = models.DateField(_("day"), primary_key=True)
    asked = models.PositiveIntegerField(_("asked"), default=0)

    class Meta:
        verbose_name = _("day of the second reader")
        verbose_name_plural = _("days of the second reader")

    def __str__(self) -> str:
        return f"{self.day}: {self.asked}"


class SecondAnswer(models.Model):
    """What the second reader said about one text, without the text: acts by the number of the sentence."""

    digest = models.CharField(_("digest of the question"), max_length=64, primary_key=True)
    acts: models.JSONField[list[list[object]], list[list[object]]] = models.JSONField(_("acts"))
    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("answer of the second reader")
        verbose_name_plural = _("answers of the second reader")

    def __str__(self) -> str:
        return self.digest
