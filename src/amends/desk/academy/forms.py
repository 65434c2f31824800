"""The guided page for an own drill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from amends.desk.academy.making import Plan
from amends.desk.academy.models import Rank
from amends.desk.people.dressed import Dressed

BY = {">": "customer", "<": "agent"}
MARKS = {by: mark for mark, by in BY.items()}


class DrillForm(Dressed):
    """One step: read what was taken out, say what a good answer would have been."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("What happens, in a few words."))
    scene = forms.CharField(
        label=_("What the trainee has to know"),
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Which day it is, what went wrong, what may be given."),
    )
    name = forms.CharField(label=_("The customer goes by the name of"), max_length=80)
    is_who = forms.CharField(label=_("Who that is"), max_length=200)
    before = forms.CharField(
        label=_("What was said before"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("A paragraph each: > for the customer, < for us."),
    )
    opening = forms.CharField(
        label=_("What the customer says"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )
    bad = forms.CharField(
        label=_("What was answered, and did not help"), max_length=3000, widget=forms.Textarea(attrs={"rows": 3})
    )
    good_1 = forms.CharField(label=_("A good answer"), max_length=3000, widget=forms.Textarea(attrs={"rows": 3}))
    good_2 = forms.CharField(
        label=_("Another good answer, good in another way"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    better = forms.CharField(label=_("What the customer says to a good answer"), max_length=400)
    worse = forms.CharField(label=_("What the customer says to a bad one"), max_length=400)
    unsure = forms.CharField(label=_("What the customer says to one that is neither"), max_length=400)
    task = forms.CharField(
        label=_("What is to be done, in one sentence"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    learn = forms.CharField(label=_("What to take along"), max_length=600, widget=forms.Textarea(attrs={"rows": 2}))
    ranks = forms.MultipleChoiceField(label=_("For whom"), choices=Rank.choices, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name != "ranks":
                field.widget.attrs |= {"lang": language, "dir": "auto"}

    def plan(self, *, language: str, failing: str) -> Plan:
        """Return what was filled in."""
        told = self.cleaned_data
        return Plan(
            language=language,
            failing=failing,
            title=told["title"],
            scene=told["scene"],
            task=told["task"],
            learn=told["learn"],
            name=told["name"],
            is_who=told["is_who"],
            before=tuple(_lines(told["before"])),
            opening=told["opening"],
            good=(told["good_1"], told["good_2"]),
            bad=told["bad"],
            ranks=tuple(told["ranks"]),
            reactions={name: told[name] for name in ("better", "worse", "unsure")},
        )


MOST_ANSWERS = 12


class OpinionsForm:
    """What a judge has said of the answers on one page: all of it is sent together, so that no words get lost.

    `would_do-2` is yes or no, `words-2` a kind word about the third answer; `at` is the answer whose button was
    pressed.
    """

    def __init__(self, data: Mapping[str, str] | None) -> None:
        self.typed: dict[int, Typed] = {}
        self.trouble, self.sent_at = "", 0
        if data is None:
            return
        self.sent_at = next((place for place in range(MOST_ANSWERS) if data.get("at") == str(place)), 0)
        for place in range(MOST_ANSWERS):
            verdict, words = data.get(f"would_do-{place}", ""), data.get(f"words-{place}", "").strip()
            if verdict in {"yes", "no"} or words:
                self.typed[place] = Typed(verdict=verdict if verdict in {"yes", "no"} else "", words=words)

    def is_valid(self) -> bool:
        """Whether something was judged, and no words stand without a verdict."""
        if not self.typed:
            self.trouble = _("Say yes or no first.")
        elif any(not one.verdict for one in self.typed.values()):
            self.trouble = _("Say yes or no as well where you have written something. Nothing is lost.")
        return not self.trouble

    @property
    def told(self) -> dict[int, tuple[bool, str]]:
        return {place: (one.verdict == "yes", one.words) for place, one in self.typed.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What stands in the fields of one answer."""

    verdict: str  # yes, no or ''
    words: str


def filled(plan: Plan) -> dict[str, Any]:
    """Return a plan as the form shows it."""
    good = [*plan.good, "", ""]
    return {
        "title": plan.title,
        "scene": plan.scene,
        "name": plan.name,
        "is_who": plan.is_who,
        "before": "\n\n".join(f"{MARKS[by]} {words}" for by, words in plan.before),
        "opening": plan.opening,
        "bad": plan.bad,
        "good_1": good[0],
        "good_2": good[1],
        **plan.reactions,
        "task": plan.task,
        "learn": plan.learn,
        "ranks": list(plan.ranks),
    }


def _lines(text: str) -> list[tuple[str, str]]:
    """Read paragraphs that begin with a mark; one without a mark goes on with the one before it."""
    found: list[tuple[str, str]] = []
    for line in (each.strip() for each in text.splitlines()):
        if line[:1] in BY and line[1:].strip():
            found.append((BY[line[0]], line[1:].strip()))
        elif line and found:
            by, words = found[-1]
            found[-1] = (by, f"{words}\n{line}")
    return found
