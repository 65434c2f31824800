"""A letter as it looked: its colours and tables, and nothing that runs, fetches or leads away."""

import base64

import pytest

from amends.intake.mail.looks import Picture, looks_of, media_of

PIXEL = base64.b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


def mail(html: str, *, charset: str = "utf-8") -> bytes:
    head = f"From: a@b.example\nContent-Type: text/html; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + html.encode(charset)


def looked(html: str, **more: Picture):
    found = looks_of(mail(html), brought=more)
    assert found is not None
    return found


def test_it_keeps_colours_tables_and_the_words_in_their_charset() -> None:
    html = '<table bgcolor="#eee"><tr><td style="color:#c00;padding:4px" align="right">İade</td></tr></table>'
    found = looks_of(mail(html, charset="iso-8859-9"))
    assert found is not None
    for kept in ('bgcolor="#eee"', "color:#c00", "padding:4px", 'align="right"', "İade"):
        assert kept in found.html


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        '<a href="/desk/1052/close/">x</a>',
        '<svg onload="alert(1)"><image href="https://spy.example/a"/></svg>',
        '<div style="position:fixed;background:url(https://spy.example/a)">x</div>',
        "<div style=\"background-image: URL ( 'https://spy.example/a' )\">x</div>",
        '<iframe src="https://spy.example"></iframe>',
        '<form action="https://spy.example"><input name=p></form>',
        '<base href="https://spy.example/"><link rel=stylesheet href=//spy.example/a.css>',
        '<meta http-equiv="refresh" content="0;url=https://spy.example">',
        "<style>@import 'https://spy.example/a.css'; p { background: url(https://spy.example/b) }</style>",
        '<table background="https://spy.example/a.gif"><tr><td>x</table>',
        '<img srcset="https://spy.example/a.gif 2x">',
        '<video src="https://spy.example/a" poster="https://spy.example/b"></video>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    ],
)
def test_nothing_runs_or_fetches_or_leads_into_the_desk(harm: str) -> None:
    found = looked(f"<p>words</p>{harm}")
    assert "<p>words</p>" in found.html
    for trace in ("script", "onerror", "onload", "spy.example", "fixed", "<form", "<style", "svg", "/desk/", "data:"):
        assert trace not in found.html


def test_pictures_from_elsewhere_are_left_out_until_they_are_brought() -> None:
    html = '<img src="https://spy.example/t.gif" alt="Logo"><img src="https://spy.example/t.gif">'
    found = looked(html)
    assert (found.remote, found.left_out) == (("https://spy.example/t.gif",), 2)
    assert "spy.example" not in found.html
    assert 'alt="Logo"' in found.html
    brought = looks_of(mail(html), brought={"https://spy.example/t.gif": Picture("image/gif", PIXEL)})
    assert brought is not None
    assert (brought.html.count("data:image/gif;base64,"), brought.left_out) == (2, 0)


def test_pictures_of_the_mail_itself_are_put_in() -> None:
    raw = (
        b'From: a@b.example\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html\n\n'
        b'<p>Here: <img src="cid:one@x"><img src="cid:two@x"></p>\n--x\nContent-Type: image/gif\nContent-ID: <one@x>\n'
        b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(PIXEL) + b"\n--x\nContent-Type: image/png\n"
        b"Content-ID: <two@x>\n\n<svg onload=alert(1)>\n--x--\n"
    )
    found = looks_of(raw)
    assert found is not None
    assert found.html.count("data:image/gif;base64,") == 1
    assert "svg" not in found.html
    assert found.left_out == 0


def test_a_mail_of_plain_words_has_no_look() -> None:
    assert looks_of(b"From: a@b.example\n\nHello.") is None
    assert looks_of(mail("<div>" * 2000)) is None


@pytest.mark.parametrize(
    ("content", "media"),
    [(PIXEL, "image/gif"), (b"\x89PNG\r\n\x1a\n..", "image/png"), (b"\xff\xd8\xff..", "image/jpeg"), (b"<svg/>", "")],
)
def test_a_picture_is_known_by_its_bytes(content: bytes, media: str) -> None:
    assert media_of(content) == media
