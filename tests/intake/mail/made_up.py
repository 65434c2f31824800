"""Mails as nobody should write them: parts in parts, charsets that lie or do not exist, cut and bent anywhere."""

from __future__ import annotations

import base64
import quopri

from hypothesis import strategies as st

from amends.intake.mail import UnableToParse, parse

WORDS = (
    "Kargom gelmedi.",
    "بسته نرسیده است.",
    "Бэлэг ирээгүй.",
    "It broke: \x00\x1b <script>x</script>",
    "> quoted\n> more",
    "",
)
CHARSETS = (
    "utf-8", "windows-1254", "windows-1256", "windows-1251", "koi8-r", "iso-8859-9", "utf-16", "utf-7", "no-such", "",
    "us-ascii", "base64", "idna", "rot13", "utf-8\x00",
)  # fmt: skip
TYPES = (
    "text/plain", "text/html", "text/calendar", "image/png", "application/ms-tnef", "message/rfc822",
    "message/delivery-status", "message/partial", "multipart/mixed", "text", "/", "",
)  # fmt: skip
ENCODINGS = ("7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "binary", "none-such")
NAMES = (
    "From", "To", "Reply-To", "Subject", "Message-ID", "In-Reply-To", "References", "Date", "Auto-Submitted",
    "Precedence", "Return-Path", "List-Id", "X-Failed-Recipients", "Content-Disposition", "Content-ID", "MIME-Version",
)  # fmt: skip
VALUES = (
    "Ay <ay@mail.example>", "=?utf-8?B?S2FyZ28=?=", "=?no-such?Q?=ff=fe?=", "=?utf-8?B?" + "A" * 70, "<a@b> <c d@e>",
    "<>", "auto-replied", "x" * 2000, "\x00\ud800", 'attachment; filename="..\\..\\x\r\n y"',
    "attachment; filename*=utf-8''%FF%FE; filename*0=a; filename*2=b", "Mon, 99 Foo 2026 99:99:99 +9999",
    ",;:<>@[]\\\"",
)  # fmt: skip


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def part(draw: st.DrawFn, depth: int = 0) -> bytes:
    """One part, with others in it now and then."""
    kind, charset = draw(st.sampled_from(TYPES)), draw(st.sampled_from(CHARSETS))
    encoding = draw(st.sampled_from(ENCODINGS))
    if kind.startswith("multipart") and depth < 6:
        mark = draw(st.sampled_from(("b", "b b", "=_x", "", "b" * 80)))
        said = draw(st.sampled_from((mark, mark, mark, "other")))
        inner = draw(st.lists(part(depth=depth + 1), max_size=3))
        body = b"".join(b"\r\n--" + _bytes(said) + b"\r\n" + one for one in inner)
        end = b"\r\n--" + _bytes(said) + b"--\r\n" if draw(st.booleans()) else b""
        return _bytes(f'Content-Type: {kind}; boundary="{mark}"\r\n\r\n') + body + end
    if kind == "message/rfc822" and depth < 6:
        return b"Content-Type: message/rfc822\r\n\r\n" + draw(mail(depth=depth + 1))
    body = _bytes(draw(st.sampled_from(WORDS))) + draw(st.binary(max_size=40))
    match encoding:
        case "base64":
            body = base64.encodebytes(body)[: draw(st.integers(0, 120))]
        case "quoted-printable":
            body = quopri.encodestring(body)
    return _bytes(f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n') + body


@st.composite
def mail(draw: st.DrawFn, depth: int = 0) -> bytes:
    """A whole mail; one in two is cut off or bent somewhere."""
    named = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=6))
    raw = b"".join(_bytes(f"{name}: {value}\r\n") for name, value in named) + draw(part(depth=depth))
    if depth == 0 and draw(st.booleans()):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.sampled_from((b"", b"\r\n\r\n", b"\x00", b"\xff\xfe", b"\r"))) + raw[at + 1 :]
    return raw


def look_at(raw: bytes) -> None:
    """Read a mail as the desk does: it is read, or refused in a way that the desk knows."""
    try:
        read = parse(raw)
    except UnableToParse:
        return
    for text in (read.subject, read.text, read.html, read.quoted, *(file.name for file in read.files)):
        text.encode("utf-8")
        assert "\x00" not in text
    assert "<script" not in read.html
