"""A winmail.dat is unpacked, and a broken one does no harm."""

import struct
from email.message import EmailMessage

import pytest

from amends.intake.mail import parse, tnef

SIGNATURE = b"\x78\x9f\x3e\x22\x01\x00"


def attribute(number: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def text_property(name: int, value: str) -> bytes:
    raw = (value + "\0").encode("utf-16-le")
    return struct.pack("<HHII", 0x1F, name, 1, len(raw)) + raw + b"\0" * (-len(raw) % 4)


def named_property() -> bytes:
    words = "own".encode("utf-16-le")
    return (
        struct.pack("<HH", 0x3, 0x8001)
        + b"g" * 16
        + struct.pack("<II", 1, len(words))
        + words
        + b"\0" * (-len(words) % 4)
        + struct.pack("<i", 7)
    )


def packed() -> bytes:
    described = [
        named_property(),
        struct.pack("<HHI", 0xB, 0x7FFE, 1),
        text_property(0x3707, "kırık vazo.png"),
        text_property(0x3712, "vase@mail.example"),
    ]
    return (
        SIGNATURE
        + attribute(0x00069007, struct.pack("<II", 1254, 0), level=1)
        + attribute(0x00069002, b"\0" * 14)
        + attribute(0x00018010, b"KIRIK~1.PNG\0")
        + attribute(0x0006800F, b"a picture")
        + attribute(0x00069005, struct.pack("<I", len(described)) + b"".join(described))
        + attribute(0x00069002, b"\0" * 14)
        + attribute(0x00018010, "şikâyet.pdf\0".encode("cp1254"))
        + attribute(0x0006800F, b"a letter")
    )


def mail(content: bytes, name: str = "winmail.dat") -> bytes:
    message = EmailMessage()
    message["From"] = "Ayşe <ayse@mail.example>"
    message["Subject"] = "Vazo"
    message.set_content("Vazo kırık geldi.")
    message.add_attachment(content, maintype="application", subtype="ms-tnef", filename=name)
    return message.as_bytes()


def test_the_files_within_have_their_names_and_types() -> None:
    picture, letter = tnef.unpack(packed())
    assert (picture.name, picture.media_type, picture.content) == ("kırık vazo.png", "image/png", b"a picture")
    assert picture.content_id == "vase@mail.example"
    assert (letter.name, letter.media_type, letter.content) == ("şikâyet.pdf", "application/pdf", b"a letter")


def test_a_mail_has_them_in_place_of_their_wrapping() -> None:
    assert [file.name for file in parse(mail(packed())).files] == ["kırık vazo.png", "şikâyet.pdf"]


@pytest.mark.parametrize("content", [b"", b"none of it", SIGNATURE, SIGNATURE + b"\xff" * 40])
def test_what_cannot_be_unpacked_stays_as_it_came(content: bytes) -> None:
    assert tnef.unpack(content) == []
    if content:
        assert [file.name for file in parse(mail(content)).files] == ["winmail.dat"]


def test_cut_anywhere_it_is_read_as_far_as_it_goes() -> None:
    whole = packed()
    for end in range(len(whole)):
        assert len(tnef.unpack(whole[:end])) <= 2
