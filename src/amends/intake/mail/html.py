"""HTML of strangers into text, and into HTML that is safe to show.

nh3 reads it as a browser would and leaves a small set of tags; one walk over its clean output then writes text, marks
quotation with '>' as text mails do, and leaves the containers of quotation out of the HTML.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from amends.intake.mail import quotes

LARGEST = 2_000_000  # characters; beyond it only the text is taken
DEEPEST = 200
MOST_TAGS = 40_000

TAGS = {
    *("a", "abbr", "b", "big", "blockquote", "br", "center", "code", "dd", "del", "div", "dl", "dt", "em", "font"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s", "small", "span"),
    *("strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul"),
}
DROPPED = {
    "script",
    "style",
    "title",
    "head",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "textarea",
    "select",
}
_BLOCKS = {"p", "div", "tr", "li", "dt", "dd", "table", "ul", "ol", "dl", "pre", "center", "blockquote", "hr"} | {
    f"h{n}" for n in range(1, 7)
}
_PARAGRAPHS = {"p", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
_VOID = {"br", "hr", "img"}
# What mail programs put around the mail they answer; nothing inside or (when 'rest') after it was written now.
_QUOTE_CLASSES = {
    *("gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "moz-cite-prefix", "zmail_extra"),
    *("gmail_extra", "moz-signature", "tutanota_quote", "ydp_quoted", "mail_quote"),
}
_REST_IDS = {
    "divRplyFwdMsg",
    "appendonsend",
    "stopSpelling",
    "OLK_SRC_BODY_SECTION",
    "mail-editor-reference-message-container",
}
_OUTLOOK_RULE = re.compile(
    r"border-top:\s*(?:solid\s+#(?:b5c4df|e1e1e1)\s+1(?:\.0)?pt|1px solid rgb\(229,\s*229,\s*229\)|1px solid #e5e5e5)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clean:
    text: str
    html: str
    content_ids: frozenset[str]  # pictures of the mail itself that the text shows
    remote_images: int  # pictures from elsewhere, left out: loading them tells the sender who reads when
    cut: bool  # something was left out because it is too big or too deep


def clean(source: str, *, forwarded: bool = False) -> Clean:
    """Read a stranger's HTML; a forward keeps what it forwards."""
    if is_too_much(source):
        return Clean(_without_tags(source[: LARGEST * 2]), "", frozenset(), 0, cut=True)
    source = _CONDITIONAL.sub("", source)
    walker = _Walker(forwarded=forwarded)
    walker.feed(_sanitise(source))
    walker.close()
    return Clean(walker.text(), walker.html(), frozenset(walker.content_ids), walker.remote_images, cut=False)


_CONDITIONAL = re.compile(r"<!\[if[^>]*>|<!\[endif\]>", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)([^<>]*)>")


def is_too_much(source: str) -> bool:
    """Whether HTML is too long or too deep to be drawn."""
    return len(source) > LARGEST or _is_bomb(source)


def _is_bomb(source: str) -> bool:
    depth = tags = 0
    for match in _TAG.finditer(source):
        tags += 1
        if tags > MOST_TAGS:
            return True
        if match[2].casefold() in _VOID | {"meta", "link", "input", "area", "base", "col", "wbr"} or match[3].endswith(
            "/"
        ):
            continue
        depth = max(0, depth - 1) if match[1] else depth + 1
        if depth > DEEPEST * 4:  # unclosed <p> and <li> are harmless and common
            return True
    return False


def _without_tags(source: str) -> str:
    """The words alone, in time that grows with the length and no faster."""
    text = re.sub(r"<(script|style)\b[^>]*>.*?</\1\s*>", " ", source, flags=re.IGNORECASE | re.DOTALL)
    text = re.sub(r"<(?:br|/p|/div|/tr|/li)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
    text = entities.unescape(re.sub(r"<[^<>]*>?", " ", text))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t\r\f\v]+", " ", text)).strip()


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src" and not value.casefold().startswith("cid:"):
        return None
    if name == "style" and not _OUTLOOK_RULE.search(value):
        return None
    return value


def _sanitise(source: str) -> str:
    return nh3.clean(
        source,
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes={
            "*": {"dir", "lang", "class", "id", "type"},
            "div": {"style"},
            "a": {"href"},
            "img": {"src", "alt"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
            "ol": {"start"},
        },
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


_KEPT = {"dir", "lang", "href", "rel", "src", "alt", "colspan", "rowspan", "start"}


class _Walker(HTMLParser):
    """Write text and HTML of what nh3 left."""

    def __init__(self, *, forwarded: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.forwarded = forwarded
        self.content_ids: set[str] = set()
        self.remote_images = 0
        self._lines: list[str] = [""]
        self._owed = 0  # line breaks owed before the next word
        self._begun = False
        self._quote = 0  # how deep in quotation
        self._open: list[tuple[str, bool, bool]] = []  # tag, whether it began quotation, whether it was written
        self._pre = 0
        self._rest = False  # all that follows is quoted
        self._html: list[str] = []
        self._href = ""
        self._link_from = 0

    def text(self) -> str:
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in self._lines)).strip("\n")

    def html(self) -> str:
        written = "".join(self._html).strip()
        return written if re.sub(r"<(?!img)[^>]*>|\s|&nbsp;", "", written) else ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        quoting = self._begins_quotation(tag, values)
        if tag in _BLOCKS:
            self._break(1 if tag in _PARAGRAPHS else 0)
        if quoting:
            self._quote += 1
        written = self._write_tag(tag, values)
        if tag not in _VOID:
            self._open.append((tag, quoting, written))
        if tag == "br":
            self._newline()
        elif tag == "li":
            self._say("- ")
        elif tag == "pre":
            self._pre += 1
        elif tag == "a":
            self._href, self._link_from = values.get("href", ""), len(self._lines[-1])
        elif tag == "img":
            self._picture(values)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if tag == "a":
            self._end_link()
        while self._open:
            name, quoting, written = self._open.pop()
            if written:
                self._html.append(f"</{name}>")
            if name == "pre":
                self._pre -= 1
            if quoting:
                self._break(0)
                self._quote -= 1
            if name == tag:
                break
        if tag in _BLOCKS:
            self._break(1 if tag in _PARAGRAPHS else 0)
        elif tag in {"td", "th"}:
            self._say(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden():
            self._html.append(entities.escape(data, quote=False))
        if self._pre:
            first, *others = data.split("\n")
            self._say(first)
            for line in others:
                self._newline()
                self._say(line)
            return
        said = re.sub(r"[ \t\r\n\f\xa0]+", " ", data)
        if not self._lines[-1].strip("> ") or self._owed:
            said = said.lstrip(" ")
        if self._lines[-1].endswith(" "):
            said = said.lstrip(" ")
        self._say(said)

    def _begins_quotation(self, tag: str, values: dict[str, str]) -> bool:
        if self.forwarded:
            return False
        if values.get("id", "") in _REST_IDS or _OUTLOOK_RULE.search(values.get("style", "")):
            self._rest = True
            self._break(0)
            return False
        classes = set(values.get("class", "").split())
        if not classes.isdisjoint(_QUOTE_CLASSES):
            return True
        if tag == "blockquote":  # also how people indent; a quotation says so, or who wrote it stands before it
            return values.get("type") == "cite" or self._quote > 0 or quotes.ends_in_attribution(self._lines)
        return values.get("id", "").startswith("yahoo_quoted")

    def _hidden(self) -> bool:
        return self._rest or self._quote > 0

    def _write_tag(self, tag: str, values: dict[str, str]) -> bool:
        if self._hidden() or (tag == "img" and "src" not in values):
            return False
        kept = "".join(f' {name}="{entities.escape(value)}"' for name, value in values.items() if name in _KEPT)
        self._html.append(f"<{tag}{kept}>")
        return True

    def _picture(self, values: dict[str, str]) -> None:
        source = values.get("src", "")
        if source.casefold().startswith("cid:"):
            self.content_ids.add(source[4:].strip("<> "))
        else:
            self.remote_images += 1
        if alt := values.get("alt", "").strip():
            self._say(f"[{alt[:100]}]")

    def _end_link(self) -> None:
        """Show where a link leads when its words do not say so."""
        said = self._lines[-1][self._link_from :].strip()
        target = self._href.removeprefix("mailto:")
        if (
            self._href.startswith(("http", "mailto"))
            and said
            and target.rstrip("/") not in {said.rstrip("/"), f"http://{said}", f"https://{said}"}
        ):
            self._say(f" <{target[:500]}>")
        self._href = ""

    def _newline(self) -> None:
        self._settle()
        self._lines.append("")

    def _break(self, empty: int) -> None:
        """A block begins or ends here: one line break is owed, or two where an empty line belongs."""
        if self._begun:
            self._owed = max(self._owed, 1 + empty)

    def _settle(self) -> None:
        breaks = self._owed - (0 if self._lines[-1].strip("> ") else 1)
        self._lines += [""] * max(0, breaks)
        self._owed = 0

    def _say(self, said: str) -> None:
        if not said.strip() and (self._owed or not self._lines[-1].strip("> ")):
            return
        self._settle()
        self._begun = True
        if not self._lines[-1] and self._depth():
            self._lines[-1] = ">" * self._depth() + " "
        self._lines[-1] += said

    def _depth(self) -> int:
        return self._quote + (1 if self._rest else 0)
