"""Customers as people: how they write their name, how to address them, what they have been to us."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from amends.desk.people.models import Agent, Language


class Customer(models.Model):
    name = models.CharField(_("name"), max_length=200, help_text=_("As the customer writes it."))
    honorific = models.CharField(_("honorific"), max_length=40, blank=True)
    say = models.CharField(_("how to say the name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    address = models.CharField(_("address"), max_length=300, blank=True)
    since = models.DateField(_("customer since"), null=True, blank=True)
    orders = models.PositiveIntegerField(_("orders"), default=0)
    yearly_value = models.DecimalField(_("spends a year"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("known since"))
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.name


class ContactWay(models.Model):
    """An address at which a customer is reached; it belongs to one customer."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("telephone")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_ways")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("value"), max_length=254)

    class Meta:
        verbose_name = _("contact way")
        verbose_name_plural = _("contact ways")
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="one_customer_per_contact_way")]

    def __str__(self) -> str:
        return self.value


class Purchase(models.Model):
    """Something that a customer bought, as the organisation's own records tell it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="purchases")
    on = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # What the records call it; taken in once, however often it is told.
    reference = models.CharField(_("reference"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        indexes = [models.Index(fields=["customer", "on"], name="purchase_by_customer")]

    def __str__(self) -> str:
        return f"{self.reference} on {self.on}"


class BuyingRhythm(models.Model):
    """In which rhythm a customer buys, and from which day they count as gone; follows from the purchases."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="rhythm", primary_key=True)
    last_on = models.DateField(_("bought last"))
    usual_days = models.FloatField(_("usually every so many days"))
    gone_from = models.DateField(_("counts as gone from"))
    is_own = models.BooleanField(_("from their own history"))

    class Meta:
        verbose_name = _("buying rhythm")
        verbose_name_plural = _("buying rhythms")
        indexes = [models.Index(fields=["gone_from"], name="rhythm_by_gone")]

    def __str__(self) -> str:
        return f"{self.customer_id} gone from {self.gone_from}"


class HeardName(models.Model):
    """How a customer's name sounds, without vowels and whatever its letters: to find one person who is here twice."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sounds")
    sound = models.CharField(_("sound"), max_length=80)  # empty where a name says too little

    class Meta:
        verbose_name = _("heard name")
        verbose_name_plural = _("heard names")
        constraints = [models.UniqueConstraint(fields=["customer", "sound"], name="a_sound_once")]
        indexes = [models.Index(fields=["sound"], name="customer_by_sound")]

    def __str__(self) -> str:
        return f"{self.customer_id} sounds as {self.sound}"


class Joining(models.Model):
    """Two records of one person were made one: what went along, so that it can go back."""

    other = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="joined_into")
    into = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="joinings")
    by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    # {"complaints": [ids], "ways": [ids], "purchases": [ids], "along": {table: row}, "before": {…}, "after": {…}}:
    # before and after are of the one that stays.
    moved: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(_("what went along"), default=dict)
    apart_at = models.DateTimeField(_("taken apart"), null=True, blank=True)
    apart_by = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("joining of two records")
        verbose_name_plural = _("joinings of two records")
        constraints = [
            models.UniqueConstraint(fields=["other"], condition=Q(apart_at=None), name="in_one_record_at_a_time"),
            models.CheckConstraint(condition=~Q(other=models.F("into")), name="no_record_joins_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.other_id} in {self.into_id}"
