"""Workers that are alive, and the table of periodic work."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Worker(models.Model):
    """A worker process; it says every few seconds that it lives."""

    id = models.CharField(_("id"), max_length=64, primary_key=True)
    host = models.CharField(_("machine"), max_length=100)
    pid = models.PositiveIntegerField(_("process"))
    started_at = models.DateTimeField(_("started"))
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}"


class Period(models.Model):
    """Work that comes back; whoever moves `next_at` has the run."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    next_at = models.DateTimeField(_("next run"))
    claimed_by = models.CharField(_("worker"), max_length=64, blank=True)
    claimed_at = models.DateTimeField(_("running since"), null=True, blank=True)
    finished_at = models.DateTimeField(_("last finished"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failed_at = models.DateTimeField(_("last failure"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("periodic work")
        verbose_name_plural = _("periodic work")

    def __str__(self) -> str:
        return self.name
