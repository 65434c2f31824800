"""Which exception is possible when a draft cites a rule (S2.4).

A rule is known by the words that its owner wrote down for it, in any language; endings do not matter, for words are
compared by how they begin. Where no rule of the organisation is meant, nothing is said: a guess would be worse.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from amends.desk.complaints.models import Complaint, EventKind
from amends.desk.complaints.search import words_of
from amends.desk.people.models import Agent
from amends.desk.remedies.models import Rule
from amends.desk.remedies.room import own_currency, room_of, whom_to_ask
from amends.desk.web import questions, wording
from amends.engine import languages
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.languages.recognition import recognise
from amends.engine.languages.text import prepare

CITED = "rule-cited"
SURE = 0.5
SHORTEST = 4  # letters by which a word is known; shorter words have to be the same
ENDING = 2  # letters that an ending may change at least
TEXT_LIMIT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """An exception that is possible, told to the author of a draft; places count characters of the draft."""

    start: int
    end: int
    rule_id: int
    title: str
    words: str


def possible(
    *, complaint: Complaint, agent: Agent, text: str, now: datetime, also: Sequence[tuple[int, int]] = ()
) -> list[Possible]:
    """Return what may be done about the rules that a draft cites, in the language of the draft.

    `also` are places where somebody else saw a rule cited.
    """
    text = text[:TEXT_LIMIT]
    if not text.strip():
        return []
    rules: list[Rule] = questions.ask("rules in force", lambda: Rule.objects.filter(retired_at__isnull=True))
    if not rules:
        return []
    code = recognise(text, prior=complaint.language)
    code = code if languages.is_known(code) else complaint.language
    prepared = prepare(text, language=languages.get(code))
    starts = [
        act.start
        for reader in USUAL_READERS
        for act in reader.read(prepared, by="agent")
        if act.kind == CITED and act.confidence >= SURE
    ]
    starts = sorted({*starts, *(start for start, _end in also)})
    if not starts:
        return []
    sentences = [piece.sentence for piece in prepared.sentences]
    about = _about(complaint)
    found: dict[int, Possible] = {}
    for start in starts:
        sentence = next((one for one in sentences if one.start <= start < one.end), None)
        if sentence is None:
            continue
        cited = text[sentence.start : sentence.end]
        rule = which(rules, said=[cited], otherwise=[text, *about])
        if rule is None or rule.pk in found:
            continue
        with translation.override(code):
            words = _words(rule, complaint=complaint, agent=agent, language=code, now=now)
        found[rule.pk] = Possible(
            start=sentence.start, end=sentence.end, rule_id=rule.pk, title=rule.title, words=words
        )
    return list(found.values())


def which(rules: Sequence[Rule], *, said: Iterable[str], otherwise: Iterable[str]) -> Rule | None:
    """Return the rule that is meant: by the words of the sentence that cites it, else by what the matter is about.

    Where two rules are meant alike, none is.
    """
    for texts in (said, otherwise):
        spoken = list(words_of(texts))
        scores = sorted(((_score(rule, spoken), rule) for rule in rules), key=lambda pair: -pair[0])
        best = scores[0]
        if best[0] and (len(scores) == 1 or scores[1][0] < best[0]):
            return best[1]
    return None


def _score(rule: Rule, spoken: Sequence[str]) -> int:
    """Count the words by which a rule is cited that were said; a row of words counts when all of them were."""
    score = 0
    for line in [rule.title, *rule.called.replace(",", "\n").replace("،", "\n").splitlines()]:
        wanted = list(words_of([line]))
        if wanted and all(any(_same(word, one) for one in spoken) for word in wanted):
            score += len(wanted)
    return score


def _same(known: str, said: str) -> bool:
    """Whether two folded words are forms of one: they begin alike but for an ending."""
    if known == said:
        return True
    alike = max(SHORTEST, len(known) - ENDING)
    return len(known) >= SHORTEST and not known.isdecimal() and said.startswith(known[:alike])


def _about(complaint: Complaint) -> list[str]:
    wrote = complaint.events.filter(kind__in=[EventKind.CUSTOMER_WROTE, EventKind.NOT_CONTENT])
    return [complaint.subject, complaint.wish, *wrote.order_by("-sequence").values_list("content__text", flat=True)[:5]]


def _words(rule: Rule, *, complaint: Complaint, agent: Agent, language: str, now: datetime) -> str:
    currency = own_currency(agent=agent, complaint=complaint) or complaint.customer.currency
    left = room_of(complaint=complaint, agent=agent, currency=currency, now=now).left
    if left:
        said = _("You may bend “%(rule)s” up to %(amount)s without asking anybody.") % {
            "rule": rule.title,
            "amount": wording.money(left, currency=currency, language=language),
        }
    else:
        found = whom_to_ask(complaint=complaint, by=agent, cost=Decimal(0), currency=currency, step=0, now=now)
        if found is None:
            said = _("“%(rule)s” may be bent by whoever has room for it.") % {"rule": rule.title}
        else:
            said = _("You may ask %(name)s to bend “%(rule)s”; the customer need not be sent away meanwhile.") % {
                "rule": rule.title,
                "name": found[0].name,
            }
    return f"{said} {_('What may be done instead:')} {rule.room}" if rule.room else said
