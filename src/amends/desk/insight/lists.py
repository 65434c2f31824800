"""
Which complaints, promises, customers and remedies a figure counts. A figure is named as in its address.

`cause-employee`, `people-2`, `promises-kept`, `money-try` …: what the numbers of the page are made of, looked up again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from amends.desk.complaints.models import Complaint
from amends.desk.insight import lasting, load, losses, lost, queries, risk, satisfaction, surprises, word
from amends.desk.insight.facts import Array
from amends.desk.insight.frame import Frame
from amends.desk.insight.kept import Facts
from amends.desk.insight.waits import Waits
from amends.desk.promises.models import Promise, State
from amends.desk.remedies.models import Remedy
from amends.desk.remedies.models import State as RemedyState
from amends.engine.causes import LAYERS, group_of

NO_CURRENCY = "none"
THEME = re.compile(r"(\d{1,9})-([a-z-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """Customers behind a figure: those of some complaints, all of them or those with a figure on record."""

    complaints: QuerySet[Complaint]
    currency: str | None = None  # in which what they spend is added up
    known: bool | None = None  # only those with a figure on record, or only those without

    def has(self, value: Decimal | None, currency: str) -> bool:
        """Whether a customer is among them."""
        if self.currency is not None:
            return value is not None and currency == self.currency
        return self.known is None or (value is not None) == self.known


# ── Complaints ───────────────────────────────────────────────────────────────

_SIMPLE: Mapping[str, Callable[[Frame], QuerySet[Complaint]]] = {
    "complaints": Frame.complaints,
    "unanswered": lambda frame: frame.complaints().filter(first_person_at__isnull=True),
    "risk": risk.at_risk,
    "unconfirmed": lambda frame: frame.complaints().filter(cause__isnull=False, cause__confirmed_at__isnull=True),
    "unseen": lambda frame: frame.complaints().filter(look__isnull=True),
    "planned": surprises.planned,
    "unplanned": surprises.against,
    "named": surprises.named,
    "again": surprises.again,
}
UNSAID = {
    "product": Q(product__isnull=True),
    "branch": Q(branch__isnull=True),
    "team": Q(team__isnull=True),
}
_PEOPLE = {
    "1": Q(people=1),
    "2": Q(people=2),
    "3": Q(people__gte=3),
    "two": Q(people__in=[1, 2]),
    "all": Q(people__gte=1),
}


def complaints(*, figure: str, frame: Frame) -> QuerySet[Complaint] | None:
    """Return the complaints that a figure counts; None when it is no figure of complaints."""
    kind, _dash, name = figure.partition("-")
    found: QuerySet[Complaint] | None = None
    if not name and kind in _SIMPLE:
        found = _SIMPLE[kind](frame)
    elif kind in _NUMBERED:
        found = _NUMBERED[kind](kind, name, frame)
    elif kind == "risk" and name in risk.REASONS:
        found = risk.REASONS[name](frame)
    elif kind == "cause" and (layers := layers_of(name)):
        found = _confirmed(frame).filter(cause__layer__in=layers)
    elif kind == "course" and name:
        found = frame.complaints().filter(on_the_way__name=name)
    elif kind == "people" and name in _PEOPLE:
        found = frame.complaints().filter(_PEOPLE[name])
    elif kind == "theme" and (theme := _theme(name)) is not None:
        found = _confirmed(frame).filter(theme)
    elif kind == "unsaid" and name in UNSAID:
        found = frame.complaints().filter(UNSAID[name])
    elif kind == "added" and re.fullmatch(r"\d{1,2}", name):
        found = _confirmed(frame).filter(_first_themes(int(name), frame))
    return None if found is None else found.select_related("customer").order_by("-received_at", "-pk")


def _carried(_kind: str, name: str, _frame: Frame) -> QuerySet[Complaint] | None:
    """What the people of a team have at this moment."""
    return load.carried().filter(owner__team=int(name) or None) if re.fullmatch(r"[0-9]{1,9}", name) else None


def _surprising(kind: str, name: str, frame: Frame) -> QuerySet[Complaint] | None:
    """What was delivered as planned, and what came again: of a layer, a theme or an improvement."""
    if kind == "cured":
        number = int(name) if re.fullmatch(r"[0-9]{1,9}", name) else 0
        improvement = surprises.in_force().filter(pk=number).first()
        return None if improvement is None else surprises.cured(frame, improvement=improvement)
    if (theme := _theme(name)) is not None:
        return _SIMPLE[kind](frame).filter(theme)
    return surprises.planned(frame).filter(cause__layer=name) if name in surprises.LAYERS else None


_NUMBERED: Mapping[str, Callable[[str, str, Frame], QuerySet[Complaint] | None]] = {
    "planned": _surprising,
    "again": _surprising,
    "cured": _surprising,
    "load": _carried,
}
_LASTING: Mapping[str, Callable[[Waits, Frame, Facts], Waits]] = {
    "took": lambda every, _frame, _facts: every,
    "open": lambda every, frame, facts: lasting.still_open(every, frame=frame, facts=facts),
    "without": lambda every, frame, facts: lasting.ended_without(every, frame=frame, facts=facts),
}


def waits(*, figure: str, frame: Frame) -> Waits | None:
    """Return how long each complaint waited that a figure of waiting counts."""
    kind, _dash, name = figure.partition("-")
    if figure == "answers":
        return queries.waits_for_an_answer(frame=frame, now=frame.until)
    if kind in _LASTING and name in lasting.KINDS:
        facts = Facts()
        return _LASTING[kind](lasting.KINDS[name](frame, facts), frame, facts)
    if kind == "asked" and name in word.ASKED:
        return word.asked_for(frame, whom=name)
    if kind != "asked" or name not in {"", "still", *map(str, range(len(queries.WAITS) + 2))}:
        return None
    found = queries.waits_for_a_person(frame=frame, now=frame.until)
    if not name:
        return found
    place = len(queries.WAITS) + 1 if name == "still" else int(name)
    return found.where(queries.classes(found) == place)


def picked(*, figure: str, frame: Frame) -> Array | None:
    """Return the complaints of a figure of satisfaction, the youngest first; None when it is no such figure."""
    kind, _dash, name = figure.partition("-")
    return satisfaction.complaints(name, frame=frame) if kind == "rated" else None


def outside(*, figure: str, frame: Frame) -> Waits | None:
    """Return how long we waited for a third party, by the number of the wait; None when it is no such figure."""
    match = re.fullmatch(r"party-([0-9]{1,9})(?:-(open|no))?", figure)
    return None if match is None else word.outside_waits(frame, party=int(match[1]), only=match[2] or "")


def _confirmed(frame: Frame) -> QuerySet[Complaint]:
    return frame.complaints().filter(cause__confirmed_at__isnull=False)


def layers_of(name: str) -> list[str]:
    """Return the layers whose causes a figure of causes counts; none where there is no such figure."""
    if name == "any":
        return list(LAYERS)
    if name == "all":
        return [layer for layer in LAYERS if group_of(layer) != "third-party"]
    return [layer for layer in LAYERS if group_of(layer) == name]


def _theme(key: str) -> Q | None:
    match = THEME.fullmatch(key)
    if match is None or match[2] not in LAYERS:
        return None
    number = int(match[1])
    return Q(cause__layer=match[2]) & (Q(cause__theme=number) if number else Q(cause__theme__isnull=True))


def _first_themes(many: int, frame: Frame) -> Q:
    found = Q(pk__in=[])
    for row in queries.themes(frame=frame, currency="", most=queries.EVERY_THEME)[:many]:
        found |= _theme(row.key) or Q(pk__in=[])
    return found


# ── Promises ─────────────────────────────────────────────────────────────────

PROMISES_IN = re.compile(r"promises-in-([0-9]{9,10})-([0-9]{9,10})")


def span_of(match: re.Match[str]) -> tuple[datetime, datetime]:
    """Return the week or month of a column of promises."""
    since, until = (datetime.fromtimestamp(int(moment), tz=UTC) for moment in match.groups())
    return since, until


def promises(*, figure: str, frame: Frame) -> QuerySet[Promise] | None:
    """Return the promises that a figure counts; None when it is no figure of promises."""
    states = {
        "promises-kept": [State.KEPT],
        "promises-broken": [State.BROKEN],
        "promises-settled": [State.KEPT, State.BROKEN],
    }
    if figure == "promises-told":
        found = word.told_in_advance(frame)
    elif figure in states:
        found = frame.promises().filter(state__in=states[figure])
    elif match := PROMISES_IN.fullmatch(figure):
        found = frame.within(*span_of(match)).promises()
    else:
        return None
    return found.select_related("complaint__customer").order_by("-settled_at", "-complaint", "pk")


# ── Customers and money ──────────────────────────────────────────────────────


_LEAVERS = {"leavers": None, "leavers-known": True, "leavers-unknown": False}


def customers(*, figure: str, frame: Frame, currency: str) -> Customers | None:
    """Return the customers whom a figure counts, or what they spend; None when it is no figure of customers."""
    kind, _dash, name = figure.partition("-")
    if kind in {"money", "lostspend"} and re.fullmatch(rf"[a-z]{{3}}|{NO_CURRENCY}", name):
        found = risk.at_risk(frame) if kind == "money" else lost.complaints(frame, "any")
        return Customers(complaints=found, currency="" if name == NO_CURRENCY else name.upper())
    if kind == "lost" and name in lost.KINDS:
        return Customers(complaints=lost.complaints(frame, name))
    if figure == "repeats":
        return Customers(complaints=surprises.again(frame))
    if figure in _LEAVERS:
        return Customers(complaints=risk.at_risk(frame), known=_LEAVERS[figure])
    found = _weighed(kind, name, frame)
    return None if found is None else Customers(complaints=found, currency=currency if kind in _SPENT else None)


_SPENT = frozenset({"spend", "goes", "goesrule"})


def _weighed(kind: str, name: str, frame: Frame) -> QuerySet[Complaint] | None:
    """Complaints by which a cause or a rule is weighed: all of them, or those whose customer may leave."""
    if kind in {"leaverule", "goesrule"} and re.fullmatch(r"[0-9]{1,9}", name):
        return risk.at_risk(frame).filter(pk__in=losses.because(int(name)).values("pk"))
    theme = _theme(name)
    if theme is None:
        return None
    if kind in {"leave", "goes"}:
        return risk.at_risk(frame).filter(theme, cause__confirmed_at__isnull=False)
    return _confirmed(frame).filter(theme) if kind in {"hit", "spend"} else None


def remedies(*, figure: str, frame: Frame, currency: str) -> QuerySet[Remedy] | None:
    """Return the remedies whose cost a figure adds up; None when it is no figure of remedies."""
    kind, _dash, name = figure.partition("-")
    theme = _theme(name) if kind == "remedies" else None
    if theme is None:
        return None
    found = Remedy.objects.filter(
        complaint__in=_confirmed(frame).filter(theme), currency=currency, cost__gt=0, state=RemedyState.DONE
    )
    return found.select_related("complaint__customer").order_by("-complaint__received_at", "-complaint", "pk")


# ── Wholes ───────────────────────────────────────────────────────────────────

_WHOLES = {
    "promises-kept": "promises-settled",
    "promises-broken": "promises-settled",
    "promises-told": "promises-broken",
    "unanswered": "complaints",
    "unseen": "complaints",
    "asked-still": "asked",
    "leavers-known": "leavers",
    "leavers-unknown": "leavers",
    "people-1": "people-all",
    "people-2": "people-all",
    "people-3": "people-all",
    "people-two": "people-all",
    "cause-employee": "cause-all",
    "cause-customer": "cause-all",
    "cause-organisation": "cause-all",
    "cause-third-party": "cause-any",
    "planned": "cause-organisation",
    "unplanned": "cause-organisation",
    "again": "named",
    "lost-silent": "lost-watched",
    "rated-all": "rated-over",
    "rated-fair": "rated-unhappy",
    "rated-unhappy": "rated-all",
    **{
        f"rated-{question}-{which}": "rated-all" for question in ("outcome", "handling") for which in ("good", *"12345")
    },
}


_OF = {
    "spend": "hit-{}",
    "lostspend": "lost-any",
    "goes": "leave-{}",
    "goesrule": "leaverule-{}",
    "leave": "leavers",
    "leaverule": "leavers",
}


def whole_of(figure: str) -> str:
    """Name the figure that a figure is a part of; nothing where it stands for itself."""
    kind, _dash, name = figure.partition("-")
    if figure in _WHOLES:
        return _WHOLES[figure]
    if kind in _OF and name:
        return _OF[kind].format(name)
    if kind in {"open", "without"} and name:
        return f"took-{name}"
    if kind == "again" and name:
        return f"theme-{name}"
    if kind == "party":
        number, _dash, only = name.partition("-")
        return f"party-{number}" if only else ""
    cause = THEME.search(name)
    by_kind = {
        "bad": f"theme-{cause[0]}" if cause is not None and cause[0] != name else "",
        "planned": "planned",
        "unsaid": "complaints",
        "course": "complaints",
        "failing": "replies",
        "good": "replies",
        "theme": "cause-any",
    }
    return by_kind.get(kind, "cause-any" if kind == "added" else "") if name else ""
