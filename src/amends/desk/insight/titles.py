"""How the list behind a figure is headed."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from amends.desk.coaching.models import Kind
from amends.desk.improvements.models import Improvement, Theme
from amends.desk.improvements.words import layer_words
from amends.desk.insight import severity, words
from amends.desk.people.models import Team
from amends.desk.remedies.models import Rule
from amends.desk.third_parties.models import Party


def title(figure: str, *, language: str) -> str:
    """Name a figure as its list is headed; nothing for one that has no list."""
    kind, _dash, name = figure.partition("-")
    if kind in {Kind.FAILING, "course"} and name:
        return words.failing_words(name, language=language)
    if kind == Kind.GOOD:
        return words.good_words(name)
    return _of_causes(figure, language=language) or _of_others(figure) or _plain(figure, kind)


def _of_causes(figure: str, *, language: str) -> str:
    kind, _dash, name = figure.partition("-")
    if theme := re.fullmatch(r"(theme|hit|spend|leave|goes|remedies|planned|again)-(\d{1,9})-([a-z-]+)", figure):
        return _of_theme(theme[1], int(theme[2]), theme[3], language=language)
    if bad := severity.FIGURE.fullmatch(figure):
        return _of_theme(bad[1] or "bad", int(bad[2]), bad[3], language=language)
    if kind == "planned" and name:
        return _("{cause}: delivered as planned, and unhappy").format(cause=layer_words(name, language=language))
    if kind == "risk" and name:
        return words.leavers_words(name)
    if kind == "cause" and name in {"employee", "customer", "organisation"}:
        return words.group_words(name)
    return ""


def _of_others(figure: str) -> str:
    """What is about a third party, or an improvement."""
    if party := re.fullmatch(r"party-(\d{1,9})(?:-(open|no))?", figure):
        name = Party.objects.filter(pk=party[1]).values_list("name", flat=True).first() or ""
        return {
            None: _("Waited for {party}"),
            "open": _("Still waiting for {party}"),
            "no": _("{party} said no"),
        }[party[2]].format(party=name)
    if rated := re.fullmatch(r"rated-(outcome|handling)-([1-5])", figure):
        told = {"outcome": _("With the outcome: {answer}"), "handling": _("With how it was handled: {answer}")}
        return told[rated[1]].format(answer=words.answer_words()[int(rated[2])])
    if carried := re.fullmatch(r"load-(\d{1,9})", figure):
        name = Team.objects.filter(pk=carried[1]).values_list("name", flat=True).first() or _("without a team")
        return _("Going on at this moment: {team}").format(team=name)
    if of_rule := re.fullmatch(r"(leave|goes)rule-(\d{1,9})", figure):
        title = Rule.objects.filter(pk=of_rule[2]).values_list("title", flat=True).first() or ""
        told = {
            "leave": _("{cause}: customers who may leave"),
            "goes": _("{cause}: what customers who may leave spend a year"),
        }
        return told[of_rule[1]].format(cause=title)
    if cured := re.fullmatch(r"cured-(\d{1,9})", figure):
        title = Improvement.objects.filter(pk=cured[1]).values_list("title", flat=True).first() or ""
        return _("“{improvement}” is in force, and it came again").format(improvement=title)
    return ""


def _of_theme(kind: str, number: int, layer: str, *, language: str) -> str:
    theme = Theme.objects.filter(pk=number).values_list("name", flat=True).first() or ""
    cause = words.cause_words(theme, layer, language=language)
    if kind in severity.HURTS and kind != "again":
        return _("{cause}: {hurt}").format(cause=cause, hurt=words.hurt_words()[kind])
    return {
        "theme": cause,
        "bad": _("{cause}: how bad it is").format(cause=cause),
        "hit": _("{cause}: the customers it hit").format(cause=cause),
        "spend": _("{cause}: what the customers it hit spend a year").format(cause=cause),
        "leave": _("{cause}: customers who may leave").format(cause=cause),
        "goes": _("{cause}: what customers who may leave spend a year").format(cause=cause),
        "remedies": _("{cause}: spent to put it right").format(cause=cause),
        "planned": _("{cause}: delivered as planned, and unhappy").format(cause=cause),
        "again": _("{cause}: the same customer again within a year").format(cause=cause),
    }[kind]


def _plain(figure: str, kind: str) -> str:
    if wait := re.fullmatch(r"asked-(\d)", figure):
        return _("Asked for a person or a manager: {wait}").format(wait=words.wait_words()[int(wait[1])])
    by_kind = {
        "money": _("What customers who may leave spend a year"),
        "added": _("The causes above, together"),
        "lostspend": _("What lost customers spent a year"),
    }
    return {
        "complaints": _("All complaints"),
        "unanswered": _("Nobody has answered yet"),
        "answers": _("From the complaint to a person's first answer"),
        "asked": _("Asked for a person or a manager"),
        "asked-still": _("Asked for a person, and still wait"),
        "risk": _("Complaints whose customer may leave"),
        "leavers": _("Customers who may leave"),
        "leavers-known": _("Customers who may leave, with a figure on record"),
        "leavers-unknown": _("Customers who may leave, with no figure on record"),
        "unconfirmed": _("Causes that wait for a person's yes"),
        "unseen": _("Complaints that have not been looked at yet"),
        "cause-third-party": _("Third parties"),
        "cause-all": _("Confirmed causes, without third parties"),
        "cause-any": _("Confirmed causes"),
        "people-1": _("One person"),
        "people-2": _("Two people"),
        "people-3": _("Three people or more"),
        "people-two": _("At most two people"),
        "people-all": _("Complaints that a person has"),
        "promises-kept": _("Promises kept"),
        "promises-broken": _("Promises broken"),
        "promises-settled": _("Promises kept or broken"),
        "replies": _("All replies"),
        "rated-all": _("Complaints whose customer answered the two questions"),
        "rated-over": _("Complaints that are over"),
        "rated-outcome-good": _("Content with the outcome: four or five of five"),
        "rated-handling-good": _("Content with how it was handled: four or five of five"),
        "rated-unhappy": _("Not content with the outcome: three of five or less"),
        "rated-fair": _("Not content with the outcome, and yet with how it was handled"),
        "took-person": _("From the complaint to a person"),
        "took-fix": _("From the complaint to the fix"),
        "took-content": _("From the complaint to the customer's word that they are content"),
        "open-person": _("Nobody has come yet"),
        "open-fix": _("Not put right so far"),
        "open-content": _("The customer has not said that they are content"),
        "without-person": _("Ended before anybody came"),
        "without-fix": _("Ended without being put right"),
        "without-content": _("Ended without the customer's word"),
        "asked-person": _("Asked for a person"),
        "asked-manager": _("Asked for a manager"),
        "promises-told": _("Promises broken, and the customer told in advance"),
        "planned": _("Delivered as planned, and unhappy"),
        "unplanned": _("Products, processes and messages: something went wrong against the plan"),
        "named": _("Confirmed causes that have a theme"),
        "again": _("The same mistake, the same customer, within a year"),
        "lost-silent": _("Complained, and have not bought in their usual rhythm since"),
        "lost-said": _("Said that they go elsewhere"),
        "lost-both": _("Said that they go, and have not bought since"),
        "lost-any": _("Customers who are lost, by what they do or by what they said"),
        "lost-watched": _("Complained, and their rhythm of buying is known"),
        "repeats": _("Customers who met the same mistake again within a year"),
        "unsaid-product": _("Nobody has said which product"),
        "unsaid-branch": _("Nobody has said which branch"),
        "unsaid-team": _("Without a team"),
    }.get(figure, _("Promises kept or broken") if figure.startswith("promises-in-") else by_kind.get(kind, ""))
