"""Tell what a person wrote in this mail from what they quote.

A word of the customer that is hidden is worse than a quoted line that is shown: every rule asks for two signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from amends.engine.languages.figures import LATIN_DIGITS
from amends.intake.mail import quote_words as words

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
LONGEST_ATTRIBUTION = 4  # lines; mail programs fold a long one
LONGEST_LINE = 600


def _any(options: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(options, key=len, reverse=True))


_HOUR = r"\b\d{1,2}[:.]\d{2}\b"
_DATE = re.compile(rf"{_HOUR}|\b(?:1[34]|19|20)\d{{2}}\b|\b\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}\b|\b\d{{1,2}}\b")
_FULL_DATE = re.compile(rf"{_HOUR}")
_MAIL = re.compile(r"[\w.+'-]+@[\w.-]+")
_ENDS_WITH_VERB = re.compile(rf"(?:{_any(words.WROTE)})(?:\s*\([^()]{{4,60}}\))?\s*[:：]?\s*-*$", re.IGNORECASE)
_HAS_VERB = re.compile(rf"(?<!\w)(?:{_any(words.WROTE)})(?!\w)", re.IGNORECASE)
_ENDS_WITH_MAIL = re.compile(r"[<(\[]?\s*(?:mailto:)?[\w.+'-]+@[\w.-]+\s*(?:<mailto:[^<>]*>)?\s*[>)\]]{0,2}\s*[:：]$")
_ORIGINAL = re.compile(rf"^\W*[-_=—*]{{2,}}\s*(?:{_any(words.ORIGINAL_MESSAGE)})\s*[-_=—*:]*$", re.IGNORECASE)
_FORWARDED = re.compile(
    rf"^\W*(?:[-_=—*]{{2,}}\s*)?(?:{_any(words.FORWARDED)})\b[^\n]{{0,60}}?\s*[-_=—*:]+\s*$", re.IGNORECASE
)
_WRAPPED_ATTRIBUTION = re.compile(rf"^-{{2,}} .*(?:{_any(words.WROTE)}) -{{2,}}$", re.IGNORECASE)
_RUNS_ON = re.compile(  # telephones write the quotation on: 'On 18 Nov at 10:05, A <a@b> wrote:   We are …'
    rf"^[^<>]{{0,120}}{_HOUR}[^<>]{{0,120}}<[\w.+'-]+@[\w.-]+>\s*(?:{_any(words.WROTE)})\s*[:：]\s{{2,}}\S",
    re.IGNORECASE,
)
_CLOSING = re.compile(r"^>\s*(?:\w+)?\s*[:：]$")  # the folded end of '<somebody@example.org' and '>:'
_RULE = re.compile(r"^\W*[_=-]{4,}\W*$")
_LABEL = re.compile(r"^[\s*>|]*(?P<label>[^\W\d_][^:：*]{0,24}?)\s*\*?\s*[:：]\*?\s*(?P<value>.*)$")
_SIGNATURE = re.compile(r"^(?:--|—|__)\s*$")
_SENT_FROM = re.compile(
    rf"^(?:{'|'.join(words.SENT_FROM)})(?:\s*<[^<>]*>|\s*\[[^\]]*\]|\s*\([^)]*\))?[.!]?$", re.IGNORECASE
)
_KINDS = {
    label: kind
    for kind, labels in (("from", words.FROM), ("sent", words.SENT), ("to", words.TO), ("subject", words.SUBJECT))
    for label in labels
}
_FORWARD_SUBJECT = re.compile(rf"^\s*(?:{_any(words.FORWARD_SUBJECT)})\s*[:：]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Forward:
    """A mail that lies in the words of another one."""

    sender: str  # as its header names them: 'Ali Rezaei <ali@example.org>'; empty where it names nobody
    subject: str
    beside: str  # what the one who forwards it wrote before it
    within: str  # all that stands below its header


@dataclass(frozen=True, slots=True)
class Cut:
    """The person's own words, and all the rest of the same text."""

    text: str
    quoted: str = ""
    forward: Forward | None = None


def cut(text: str, *, subject: str = "") -> Cut:
    """Part the words written now from quotation and signature; when nothing would remain, everything is own."""
    lines = text.split("\n")
    plain = [BIDI.sub("", line).translate(LATIN_DIGITS).strip()[:LONGEST_LINE] for line in lines]
    if (forward := _forward(lines, plain, subject)) is not None:
        return Cut(text.strip(), forward=forward)
    own = _own_lines(plain)
    kept, rest = _without_signature([i for i, mine in enumerate(own) if mine], plain)
    quoted = sorted({*rest, *(i for i, mine in enumerate(own) if not mine)})
    mine = _joined(lines, kept)
    if not mine:
        return Cut(text.strip())
    return Cut(mine, "\n".join(lines[i] for i in quoted).strip())


def has_forward_subject(subject: str) -> bool:
    return _FORWARD_SUBJECT.match(BIDI.sub("", subject)) is not None


def ends_in_attribution(lines: Sequence[str]) -> bool:
    """Whether the last lines say 'on that day that person wrote:'."""
    spoken = [BIDI.sub("", line).translate(LATIN_DIGITS).strip()[:LONGEST_LINE] for line in lines[-8:] if line.strip()]
    return any(
        _attribution([*spoken[-length:], "> "], 0) == length
        for length in range(1, min(LONGEST_ATTRIBUTION, len(spoken)) + 1)
    )


def _joined(lines: Sequence[str], kept: Sequence[int]) -> str:
    """Join lines, leaving one empty line where a quotation stood between them."""
    out: list[str] = []
    for before, i in zip([-1, *kept], kept, strict=False):
        if i - before > 1 and out and out[-1].strip():
            out.append("")
        if lines[i].strip() or (out and out[-1].strip()):
            out.append(lines[i].rstrip())
    return "\n".join(out).strip()


def _own_lines(plain: Sequence[str]) -> list[bool]:
    own = [not line.startswith(">") for line in plain]
    for i in range(1, len(own) - 1):  # the tail of a quoted line that was folded without its mark
        if plain[i] and not own[i - 1] and plain[i - 1].startswith(">") and plain[i + 1].startswith(">"):
            own[i] = False
    i = 0
    while i < len(plain):
        if not own[i] or not plain[i]:
            i += 1
            continue
        length = _attribution(plain, i)
        if length:
            following = next((line for line in plain[i + length :] if line), "")
            own[i : i + length] = [False] * length
            if following.startswith(">"):
                i += length
                continue
            own[i:] = [False] * (len(plain) - i)
            break
        if _starts_original(plain, i):
            own[i:] = [False] * (len(plain) - i)
            break
        i += 1
    return own


def _attribution(plain: Sequence[str], i: int) -> int:
    """How many lines from `i` on say 'on that day that person wrote:'; 0 when they do not."""
    if not _DATE.search(plain[i]) and not _MAIL.search(plain[i]):
        return 0
    joined = ""
    for length in range(1, LONGEST_ATTRIBUTION + 1):
        line = plain[i + length - 1] if i + length <= len(plain) else ""
        if not line or (line.startswith(">") and not _CLOSING.match(line)):
            break
        joined = f"{joined} {line}".strip()
        if _is_attribution(joined, followed_by=plain[i + length : i + length + 3]):
            return length
        if line.endswith((":", "：")):
            break
    return 0


def _is_attribution(joined: str, *, followed_by: Sequence[str]) -> bool:
    if len(joined) > LONGEST_LINE or not _DATE.search(joined):
        return False
    if _WRAPPED_ATTRIBUTION.match(joined):
        return True
    has_mail = _MAIL.search(joined) is not None
    if _ENDS_WITH_VERB.search(joined):
        quote_follows = next((line for line in followed_by if line), "").startswith(">")
        return has_mail or quote_follows
    return bool(_ENDS_WITH_MAIL.search(joined)) and (
        _FULL_DATE.search(joined) is not None or _HAS_VERB.search(joined) is not None
    )


def _starts_original(plain: Sequence[str], i: int) -> bool:
    if _ORIGINAL.match(plain[i]) or _RUNS_ON.match(plain[i]):
        return True
    start = i
    if _RULE.match(plain[i]):
        start = next((j for j in range(i + 1, min(i + 3, len(plain))) if plain[j]), i)
    return bool(_header_block(plain, start))


def _header_block(plain: Sequence[str], i: int) -> dict[str, str]:
    """The labelled lines that start at `i` (From, Sent, To, Subject); empty when they are no mail header."""
    found: dict[str, str] = {}
    blanks = 0
    for line in plain[i : i + 8]:
        match = _LABEL.match(line)
        kind = _kind(match)
        if match and kind:
            found.setdefault(kind, match["value"].strip(" *"))
            blanks = 0
        elif not found:
            return {}
        elif not line:
            blanks += 1
            if blanks > 1:
                break
        elif found and len(found) == 1 and _MAIL.search(line):  # a folded From
            found["from"] = f"{found.get('from', '')} {line}".strip()
    enough = "from" in found and len(found) >= 3
    return found if enough and any(_MAIL.search(v) or _DATE.search(v) for v in found.values()) else {}


def _kind(label: re.Match[str] | None) -> str:
    return _KINDS.get(label["label"].strip().casefold().replace("i̇", "i"), "") if label else ""


def _forward(lines: Sequence[str], plain: Sequence[str], subject: str) -> Forward | None:
    """What this mail forwards; None when it is no forward."""
    first = next((i for i, line in enumerate(plain) if line and not line.startswith(">")), None)
    if first is None:
        return None
    for i, line in enumerate(plain):
        if _FORWARDED.match(line):
            bare = [p.lstrip("> ") for p in plain]
            for j in range(i + 1, min(i + 5, len(plain))):
                block = _header_block(bare, j)
                if block:
                    return _parted(lines, block, begins=i, ends=_after_block(bare, j))
            return _parted(lines, {}, begins=i, ends=i + 1)
        if _attribution(plain, i) or line.startswith(">"):
            return None
        block = _header_block(plain, i)
        if block:
            forwards = has_forward_subject(subject)
            return _parted(lines, block, begins=i, ends=_after_block(plain, i)) if forwards else None
    return None


def _after_block(plain: Sequence[str], i: int) -> int:
    """The line after the header that starts at `i`; whatever could be words of a person is none of it."""
    last, seen = i, set[str]()
    for j in range(i, min(i + 8, len(plain))):
        match = _LABEL.match(plain[j])
        kind = _kind(match)
        if kind in seen:
            break
        if match and (kind or (j == last + 1 and _MAIL.search(match["value"]))):  # people in copy stand last at times
            last = j
            seen |= {kind} - {""}
    return last + 1


def _parted(lines: Sequence[str], block: Mapping[str, str], *, begins: int, ends: int) -> Forward:
    within = lines[ends:]
    if all(line.startswith(">") for line in within if line.strip()):
        within = [line.removeprefix(">").removeprefix(" ") for line in within]
    return Forward(
        sender=block.get("from", ""),
        subject=block.get("subject", ""),
        beside="\n".join(lines[:begins]).strip(),
        within="\n".join(within).strip(),
    )


def _without_signature(kept: list[int], plain: Sequence[str]) -> tuple[list[int], list[int]]:
    """Take a marked signature and 'sent from my telephone' off the end."""
    rest: list[int] = []
    spoken = [i for i in kept if plain[i]]
    for place, i in enumerate(spoken):
        if _SIGNATURE.match(plain[i]) and place > 0 and len(spoken) - place <= 15:
            rest += [j for j in kept if j >= i]
            kept = [j for j in kept if j < i]
            break
    spoken = [i for i in kept if plain[i]]
    while len(spoken) > 1 and _SENT_FROM.match(plain[spoken[-1]]):
        rest += [j for j in kept if j >= spoken[-1]]
        kept = [j for j in kept if j < spoken[-1]]
        spoken.pop()
    return kept, rest
