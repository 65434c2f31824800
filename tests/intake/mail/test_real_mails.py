"""Real mails and replies of many clients, measured; the data is not part of the project."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from amends.intake.mail import clean, parse
from amends.intake.mail.html import clean as clean_html
from amends.intake.mail.quotes import cut
from amends.intake.mail.structure import LIMITS, read, structure_of

REPLY_ENDS = "et mollis ligula rutrum quis. Fusce sed odio id arcu varius aliquet nec nec nibh."


@pytest.fixture
def mails(shared_data: Path) -> Path:
    place = shared_data / "email"
    if not place.is_dir():
        pytest.skip("the measuring data has no folder 'email'")
    return place


def test_every_mail_is_read(mails: Path) -> None:
    found = sorted(mails.rglob("*.eml"))

    for place in found:
        mail = parse(place.read_bytes())
        for text in (mail.subject, mail.text, mail.quoted, mail.html, *(file.name for file in mail.files)):
            text.encode("utf-8")
    assert len(found) == 224


def test_the_expected_parse_is_met(mails: Path) -> None:
    """Where the expectation shows a lost letter, or the mail's own structure is broken, readings may differ."""
    met = {"subject": 0, "sender": 0, "senders": 0, "text": 0, "files": 0, "all": 0}
    for place in sorted((mails / "stalwartlabs").rglob("*.eml")):
        expected = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))
        raw = place.read_bytes()
        mail = parse(raw)
        structure = structure_of(message_from_bytes(raw, policy=policy.compat32), LIMITS)
        headers = {
            header["name"]: header["value"]
            for header in expected["parts"][0]["headers"]
            if isinstance(header["name"], str)
        }
        met["all"] += 1
        met["subject"] += _same(_text(headers.get("subject")), mail.subject)
        sender = _first_address(headers.get("from"))
        if sender:
            met["senders"] += 1
            met["sender"] += sender == mail.sender.email
        wanted = [_words(part) for index in expected["text_body"] if (part := _body(expected, index)) is not None]
        met["text"] += wanted == [
            _words(read(part)) for part in structure.text if part.get_content_maintype() == "text"
        ]
        met["files"] += len(expected["attachments"]) == len(structure.files)

    assert met["all"] == 107
    assert met["subject"] >= 105
    assert met["sender"] >= met["senders"] - 1
    assert met["text"] >= 88
    assert met["files"] >= 82


def test_replies_are_cut_where_they_end(mails: Path) -> None:
    tried = right = 0
    for place in sorted((mails / "crisp-oss").rglob("*.txt")):
        text = place.read_text(encoding="utf-8")
        if text.startswith("Fusce bibendum") and REPLY_ENDS in text:
            tried += 1
            right += cut(text).text == text[: text.index(REPLY_ENDS) + len(REPLY_ENDS)].strip()

    assert (tried, right) >= (43, 41)


def test_html_replies_of_nine_programs_are_cut(mails: Path) -> None:
    for place in sorted((mails / "mailgun" / "tests" / "fixtures" / "html_replies").glob("*.html")):
        parted = cut(clean_html(place.read_text(encoding="utf-8", errors="replace")).text)
        assert _words(parted.text) == "Hi. I am fine. Thanks, Alex", place.name
        assert "Hello! How are you?" in parted.quoted


def _same(expected: str, got: str) -> bool:
    """Equal, or better: the expectation has lost letters."""
    return "\ufffd" in expected or clean.line(expected) == got


def _text(value: Any) -> str:
    return value.get("Text", "") if isinstance(value, dict) else ""


def _first_address(value: Any) -> str:
    addresses = value.get("Address", {}).get("List", []) if isinstance(value, dict) else []
    found = addresses[0].get("address") if addresses else ""
    return found if found and "@" in found else ""


def _body(expected: Any, index: int) -> str | None:
    body = expected["parts"][index]["body"]
    return body.get("Text", body.get("Html")) if isinstance(body, dict) else None


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
