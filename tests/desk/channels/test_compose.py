"""A letter as it goes out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from amends.desk.channels.mail.compose import Enclosure, Letter, compose

AT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


def as_letter(**fields):
    return Letter(
        **{
            "sender_name": "Deniz Kaya · Acme, Ltd",
            "sender": "desk@acme.example",
            "reply_to": "desk+c.1001.aaaaaaaaaaaaaaaa@acme.example",
            "recipient": "ayse@mail.example",
            "recipient_name": "Ayşe Yılmaz",
            "subject": "Re: Kargo",
            "text": "Merhaba Ayşe Hanım,\nkargonuz yolda.\n\nhttps://acme.example/x <b>",
            "language": "tr",
            "message_id": "c1001.0.a@acme.example",
            "date": AT,
            **fields,
        }
    )


def written(**fields):
    return message_from_bytes(compose(as_letter(**fields)), policy=policy.default)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"subject": "Kargo gelmedi, Ayşe Hanım! " * 8, "automatic": True},
        {"references": [f"{number}{'x' * 100}@mail.example" for number in range(20)], "text": "plain"},
        {"in_reply_to": "y" * 880 + "@mail.example"},
        {"enclosures": [Enclosure("dosya şu.pdf", "application/pdf", b"pdf"), Enclosure("a" * 200, "x", b"")]},
        {"subject": "two\r\nlines  and   blanks ", "sender_name": 'He said "no"', "recipient_name": ""},
    ],
)
def test_the_short_way_writes_what_the_long_one_writes(fields, monkeypatch):
    def told():
        raw = compose(as_letter(**fields))
        return re.sub(rb"={15}\d+==", b"=", raw)

    short = told()
    monkeypatch.setattr(
        "amends.desk.channels.mail.compose._ON_THE_LINE", policy.compat32.clone(linesep="\r\n", max_line_length=900)
    )
    assert told() == short


def html_of(message):
    return message.get_body(["html"]).get_content()


def test_it_has_text_and_html_and_an_address_for_answers():
    message = written()
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Reply-To"].addresses[0].addr_spec == "desk+c.1001.aaaaaaaaaaaaaaaa@acme.example"
    assert message["From"].addresses[0].display_name == "Deniz Kaya · Acme, Ltd"


def test_words_are_shown_and_not_run():
    html = html_of(written(text="<script>alert(1)</script> & so", signed="<i>x</i>"))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "<i>x" not in html


def test_addresses_of_pages_become_links():
    assert '<a href="https://acme.example/x"' in html_of(written())


@pytest.mark.parametrize(("language", "direction"), [("fa", "rtl"), ("tr", "ltr"), ("mn", "ltr"), ("en", "ltr")])
def test_it_runs_in_the_direction_of_its_language(language, direction):
    assert f'<html lang="{language}" dir="{direction}">' in html_of(written(language=language))


def test_nothing_is_loaded_from_elsewhere():
    html = html_of(written())
    assert "<img" not in html
    assert "src=" not in html
    assert "url(" not in html


def test_a_thread_is_named_by_its_first_and_last_ids():
    ids = [f"{number}@mail.example" for number in range(60)]
    message = written(references=ids, in_reply_to=ids[-1])
    named = message["References"].split()
    assert (named[0], named[-1], len(named)) == ("<0@mail.example>", "<59@mail.example>", 20)
    assert message["In-Reply-To"] == "<59@mail.example>"


def test_a_long_id_stays_as_it_is():
    long = "x" * 150 + "@mail.example"
    assert written(references=[long])["References"] == f"<{long}>"


def test_a_line_break_in_a_subject_makes_no_header():
    message = written(subject="Kargo\r\nBcc: everybody@mail.example", sender_name="Deniz\nKaya")
    assert message["Bcc"] is None
    assert message["Subject"] == "Kargo Bcc: everybody@mail.example"


def test_an_automatic_letter_says_so():
    assert written()["Auto-Submitted"] is None
    message = written(automatic=True)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Amends-Loop"] == "1"


def test_files_go_along_whatever_their_type_says():
    enclosures = [Enclosure("fatura.pdf", "application/pdf", b"%PDF"), Enclosure("şikâyet", "message/rfc822", b"x")]
    files = list(written(enclosures=enclosures).iter_attachments())
    assert [file.get_filename() for file in files] == ["fatura.pdf", "şikâyet"]
    assert [file.get_content() for file in files] == [b"%PDF", b"x"]


def test_a_bare_address_keeps_its_end_among_persian_words():
    page = html_of(written(language="fa", text="صفحهٔ شما:\nhttps://acme.example/c/x/"))
    assert '<a href="https://acme.example/c/x/" dir="ltr"' in page
