"""An alarm as a reader sees it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from amends.desk.complaints import listed
from amends.desk.complaints.models import Channel
from amends.desk.improvements.models import Theme
from amends.desk.improvements.words import layer_words, theme_words
from amends.desk.insight.models import Alarm, Way
from amends.desk.people.models import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    alarm: Alarm
    subject: str
    says: str
    layer: str  # with which an improvement begins; empty where it is about no cause
    theme: int | None

    @property
    def is_a_rise(self) -> bool:
        return self.alarm.way == Way.MORE


def told(alarm: Alarm, *, language: str) -> Told:
    """Name what an alarm is about, and say what it says."""
    subject = subject_words(alarm, language=language)
    sentence = (
        _("{subject}: more complaints than chance explains")
        if alarm.way == Way.MORE
        else _("{subject}: suspiciously few complaints; look whether they still arrive")
    )
    return Told(
        alarm=alarm,
        subject=subject,
        says=sentence.format(subject=subject),
        layer=alarm.name if alarm.kind == "layer" else "",
        theme=_theme_now(int(alarm.name)) if alarm.kind == "theme" else None,
    )


def _theme_now(pk: int) -> int:
    """The theme itself, or the one that it was merged into since."""
    return Theme.objects.filter(pk=pk).values_list("merged_into", flat=True).first() or pk


def subject_words(alarm: Alarm, *, language: str) -> str:
    """Name what is counted: a theme, a product, a layer, a branch, a team, a channel, or everything."""
    if alarm.kind == "theme":
        name = Theme.objects.filter(pk=alarm.name).values_list("name", flat=True).first() or ""
        return theme_words(name, language=language)
    if alarm.kind == "layer":
        return layer_words(alarm.name, language=language)
    if alarm.kind in listed.LISTS:
        entry = listed.LISTS[alarm.kind].objects.filter(pk=alarm.name).first()
        return entry.called(language) if entry is not None else ""
    if alarm.kind == "team":
        return Team.objects.filter(pk=alarm.name).values_list("name", flat=True).first() or ""
    if alarm.kind == "channel":
        return str(Channel(alarm.name).label)
    return _("All complaints")
