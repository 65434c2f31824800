"""Light marks in what an agent writes: `**bold**`, `[words](https://…)`, `- list`, `1. list`, `> quote`. Pure.

What is typed stays plain text. From it come the words without marks, with the place of each of their characters in
what was typed (as a reader of language needs them), and the HTML in which they are shown and sent. Nothing else of
Markdown is read: a line of dashes, a sharp sign, a single star and a tag stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

BOLD: Final = "**"
MOST: Final = 2_000  # signs of marks in one text; one with more is a table or a joke, and stays as it is
_TAGS: Final = {"p", "br", "strong", "ul", "ol", "li", "blockquote", "a"}
_ATTRIBUTES: Final = {"a": {"href", "target"}, "li": {"value", "dir"}} | {
    tag: {"dir"} for tag in ("p", "ul", "ol", "blockquote")
}
_SCHEMES: Final = ("http", "https", "mailto", "tel")
_TARGET: Final = re.compile(r"(?:https?://|mailto:|tel:)\S", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]،؛؟]")
_LIST: Final = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])\s")
_QUOTE: Final = re.compile(r" {0,3}>")
# The reader drops words that stand in more than a hundred quotes or lists.
_TOO_DEEP: Final = re.compile(r"^(?:[ \t]*(?:>|(?:[*+-]|\d{1,9}[.)])(?=[ \t]))){40}", re.MULTILINE)
_ONE_PARAGRAPH: Final = ("paragraph_open", "inline", "paragraph_close")
# Programs that read mail have no style sheet of ours.
_IN_MAIL: Final[Mapping[str, str]] = {
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding-inline-start:24px",
    "ol": "margin:0 0 16px;padding-inline-start:24px",
    "li": "margin:0 0 4px",
    "blockquote": "margin:0 0 16px;padding-inline-start:12px;border-inline-start:2px solid #dfe5e3;color:#5d6866",
    "a": "color:#0b6e5f",
}


def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero", {"breaks": True, "html": False, "maxNesting": 100}).enable(
        ["blockquote", "list", "newline", "emphasis", "link"]
    )
    reader.validateLink = lambda url: _TARGET.match(url) is not None  # type: ignore[method-assign]
    return reader


_READER: Final = _reader()


@dataclass(frozen=True)
class Marked:
    """A text as it was typed, and what its marks say."""

    typed: str

    @cached_property
    def plain(self) -> str:
        """The words without marks, as a person reads them in a letter of plain text."""
        return "".join(letter for letter, _place in self._letters)

    @cached_property
    def has_marks(self) -> bool:
        """Whether anything is written with marks; a text without any is shown as it always was."""
        return any(
            token.type not in _ONE_PARAGRAPH or any(_is_mark(child) for child in token.children or ())
            for token in self._tokens
        )

    @cached_property
    def html(self) -> str:
        """Sanitised HTML; empty where there are no marks."""
        if not self.has_marks:
            return ""
        return inert("".join(_drawn(self._tokens)))

    def as_typed(self, start: int, end: int) -> tuple[int, int]:
        """Where words of `plain` stand in what was typed; a pair of marks is not torn apart."""
        if self.plain == self.typed:
            return start, end
        places = self._places
        length = len(places)
        first = places[start] if start < length else len(self.typed)
        last = places[min(end, length) - 1] + 1 if end > start and length else first
        if self.typed.count(BOLD, first, last) % 2:
            if self.typed.startswith(BOLD, last):
                last += len(BOLD)
            elif self.typed.endswith(BOLD, 0, first):
                first -= len(BOLD)
        return first, last

    @cached_property
    def _tokens(self) -> Sequence[Token]:
        if sum(map(self.typed.count, "[*_")) > MOST or _TOO_DEEP.search(self.typed):
            return ()
        return _READER.parse(_apart(self.typed))

    @cached_property
    def _places(self) -> list[int]:
        return [place for _letter, place in self._letters]

    @cached_property
    def _letters(self) -> list[tuple[str, int]]:
        """The letters of the plain words, each with its place in what was typed."""
        if BOLD not in self.typed and "](" not in self.typed:
            return [(letter, place) for place, letter in enumerate(self.typed)]
        instead = dict(_without_marks(self.typed, self._tokens))
        return [
            (letter, place)
            for place, typed in enumerate(self.typed)
            for letter in [instead.get(place, typed)]
            if letter
        ]


def inert(html: str) -> str:
    """Clean HTML of ours once more where it is shown, whatever a database was told meanwhile."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer nofollow",
    )


def for_mail(html: str) -> str:
    """Give sanitised HTML of ours the look that it has in a letter."""
    for tag, style in _IN_MAIL.items():
        html = re.sub(rf"<{tag}(?=[ >])", f'<{tag} style="{style}"', html)  # house: allow, a letter has no sheet
    return html


def _apart(typed: str) -> str:
    """Let a line that is no more of a quote or a list begin anew: who answers under a quote is not quoting."""
    lines: list[str] = []
    held = ""  # what the lines above belong to
    for line in typed.split("\n"):
        now = "quote" if _QUOTE.match(line) else "list" if _LIST.match(line) else ""
        if held and not now and line.strip() and not (held == "list" and line[0] in " \t"):
            lines.append("")
        if now == "quote" and held == "list":
            lines.append("")
        lines.append(line)
        held = now or (held if held == "list" and line[:1] in {" ", "\t"} else "")
    return "\n".join(lines)


def _is_mark(token: Token) -> bool:
    return token.type == "link_open" or (token.type == "strong_open" and token.markup == BOLD)


def _without_marks(typed: str, tokens: Iterable[Token]) -> Iterator[tuple[int, str]]:
    """Tell which places of what was typed are marks, and what stands there instead in plain words.

    The reader keeps no places within a line, so they are found again: everything it saw stands there in order.
    """
    at = 0
    for token in tokens:
        for child in token.children or ():
            sign = {"text": child.content, "link_open": "[", "link_close": "]("}.get(child.type, child.markup)
            place = typed.find(sign, at) if sign else -1
            if place < 0:
                continue
            at = place + len(sign)
            if child.type == "link_open":
                yield place, ""
            elif child.type == "link_close":
                yield place, " "
                at = max(at, typed.find(")", _after_target(typed, at)) + 1)
            elif child.type != "text" and sign == BOLD:
                yield from ((one, "") for one in range(place, at))


def _after_target(typed: str, at: int) -> int:
    while typed[at : at + 1].isspace():
        at += 1
    return int(_READER.helpers.parseLinkDestination(typed, at, len(typed)).pos)


def _drawn(tokens: Iterable[Token]) -> Iterator[str]:
    """Draw without line breaks between the pieces: the words stand where white space is kept."""
    for token in tokens:
        if token.type == "inline":
            yield from _words(token.children or ())
        elif token.hidden:
            continue
        elif token.nesting < 0:
            yield f"</{token.tag}>"
        elif token.type == "list_item_open" and token.info:  # its number stays the one that was typed
            yield f'<li dir="auto" value="{int(token.info)}">'
        else:
            yield f'<{token.tag} dir="auto">'


def _words(children: Iterable[Token]) -> Iterator[str]:
    linked = False
    for child in children:
        match child.type:
            case "text":
                yield escape(child.content) if linked else _linked(child.content)
            case "softbreak" | "hardbreak":
                yield "<br>"
            case "link_open":
                linked = True
                yield _opening(str(child.attrs["href"]))
            case "link_close":
                linked = False
                yield "</a>"
            case "strong_open" | "strong_close" if child.markup == BOLD:
                yield "<strong>" if child.nesting > 0 else "</strong>"
            case _:  # a single star, or lines under and between words
                yield escape(child.markup or child.content)


def _opening(target: str) -> str:
    return f'<a href="{escape(target)}" target="_blank">'


def _linked(text: str) -> str:
    """Words with the addresses of pages in them as links."""
    out, end = [], 0
    for match in _ADDRESS.finditer(text):
        out += [escape(text[end : match.start()]), f"{_opening(match.group())}{escape(match.group())}</a>"]
        end = match.end()
    return "".join([*out, escape(text[end:])])
