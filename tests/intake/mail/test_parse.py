"""One raw mail into plain values."""

import base64
import quopri
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.intake.mail import Limits, UnableToParse, parse
from tests.intake.mail import made_up

HEAD = b"From: =?utf-8?b?QXnFn2U=?= <ayse@example.com>\r\nTo: desk@example.org\r\nMessage-ID: <1@example.com>\r\n"


def mail(*, text: str = "Kargom gelmedi.", html: str = "", subject: str = "Kargo", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ayşe Yılmaz <ayse@example.com>"
    message["To"] = "desk@example.org"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_it_reads_an_ordinary_mail() -> None:
    read = parse(
        mail(
            html="<p>Kargom <b>gelmedi</b>.</p>", Message_ID="<a@b>", In_Reply_To="<c@d>", References="<x@y> <c@d>"
        ).as_bytes()
    )

    assert (read.sender.name, read.sender.email, read.subject) == ("Ayşe Yılmaz", "ayse@example.com", "Kargo")
    assert (read.message_id, read.in_reply_to, read.references) == ("a@b", ("c@d",), ("x@y", "c@d"))
    assert read.text == "Kargom gelmedi."
    assert read.html == "<p>Kargom <b>gelmedi</b>.</p>"
    assert read.automatic.kind == ""
    assert read.automatic.answer


def test_turkish_labelled_latin_1_is_read_as_turkish() -> None:
    raw = HEAD + b"Subject: =?iso-8859-1?q?=DE=FDk=E2yet?=\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"
    read = parse(raw + "Sipariş gelmedi, değişen bir şey yok.".encode("cp1254"))

    assert read.text == "Sipariş gelmedi, değişen bir şey yok."
    assert read.sender.name == "Ayşe"


def test_bare_bytes_in_a_header_are_read() -> None:
    assert (
        parse(HEAD + "Subject: Şikâyet: ürün bozuk çıktı\r\n\r\nx".encode("cp1254")).subject
        == "Şikâyet: ürün bozuk çıktı"
    )


def test_a_letter_that_two_encoded_words_share_is_whole() -> None:
    raw = HEAD + b"Subject: =?utf-8?q?=C5?= =?utf-8?q?=9Fey?=\r\n\r\nx"

    assert parse(raw).subject == "şey"


def test_names_and_subjects_carry_no_marks_that_deceive() -> None:
    message = mail(subject="Bilgi\u202e\u0007 <script>alert(1)</script>")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="fatura\u202egpj.exe")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="../../etc/passwd")
    read = parse(message.as_bytes())

    assert read.subject == "Bilgi <script>alert(1)</script>"
    assert [file.name for file in read.files] == ["faturagpj.exe", "_.._etc_passwd"]


def test_a_nul_in_the_text_goes() -> None:
    assert parse(HEAD + b"\r\na\x00b").text == "ab"


def test_persian_keeps_its_half_space() -> None:
    assert parse(mail(text="نمی‌خواهم", subject="نمی‌خواهم").as_bytes()).subject == "نمی‌خواهم"


def test_files_are_kept_whatever_their_form() -> None:
    message = mail(html='<p>x</p><img src="cid:p1">')
    message.add_attachment(b"pdf", maintype="application", subtype="pdf", filename="fatura.pdf")
    message.add_attachment(b"tnef", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    message.add_attachment(b"gif", maintype="image", subtype="gif", cid="<p1>", disposition="inline")
    message.add_attachment(mail(text="inner", subject="İç posta"))
    read = parse(message.as_bytes())

    assert [file.name for file in read.files] == ["fatura.pdf", "winmail.dat", "İç posta.eml", "4.gif"]
    assert [file.inline for file in read.files] == [False, False, False, True]
    assert b"inner" in read.files[2].content


def test_a_mail_in_a_mail_in_a_mail_is_one_file_and_its_words_are_not_the_senders() -> None:
    innermost = mail(text="innermost", subject="İç")
    innermost.add_attachment(b"pdf", maintype="application", subtype="pdf", filename="fatura.pdf")
    middle = mail(text="middle", subject="Orta")
    middle.add_attachment(innermost)
    outer = mail(text="outer")
    outer.add_attachment(middle)
    read = parse(outer.as_bytes())

    assert (read.text, read.sender.email) == ("outer", "ayse@example.com")
    assert [(file.name, file.media_type) for file in read.files] == [("Orta.eml", "message/rfc822")]
    within = parse(read.files[0].content)
    assert (within.text, [file.name for file in within.files]) == ("middle", ["İç.eml"])
    deepest = parse(within.files[0].content)
    assert (deepest.text, [file.name for file in deepest.files]) == ("innermost", ["fatura.pdf"])


def test_a_mail_that_is_nothing_but_another_mail_is_a_file() -> None:
    read = parse(HEAD + b"Content-Type: message/rfc822\r\n\r\nFrom: x@example.com\r\nSubject: inside\r\n\r\nwords")

    assert (read.sender.email, read.text, [file.name for file in read.files]) == (
        "ayse@example.com",
        "",
        ["inside.eml"],
    )


def test_every_mail_of_a_digest_is_a_file() -> None:
    parts = b"".join(
        b"--b\r\n\r\nFrom: x@example.com\r\nSubject: %s\r\n\r\nwords\r\n" % one for one in (b"one", b"two")
    )
    read = parse(HEAD + b"Content-Type: multipart/digest; boundary=b\r\n\r\n" + parts + b"--b--\r\n")

    assert [file.name for file in read.files] == ["one.eml", "two.eml"]


@pytest.mark.parametrize(
    ("code", "write"),
    [("base64", base64.encodebytes), ("quoted-printable", quopri.encodestring), ("7bit", bytes), ("base64", bytes)],
)
def test_a_mail_within_that_is_written_in_a_code_is_read(code: str, write: Callable[[bytes], bytes]) -> None:
    inside = "From: x@example.com\r\nSubject: İç\r\n\r\nSipariş = yok\r\n".encode()
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nouter\r\n--b\r\n"
    raw += f"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: {code}\r\n\r\n".encode()
    read = parse(raw + write(inside) + b"\r\n--b--\r\n")

    assert read.files[0].name == "İç.eml"
    assert parse(read.files[0].content).text == "Sipariş = yok"


@pytest.mark.parametrize("charset", ["no-such", "utf-16", "utf-8"])
def test_a_mail_within_whose_parts_are_broken_is_kept(charset: str) -> None:
    part = 'Content-Type: text/plain; charset="{}"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nKargom gelmedi.{}\r\n'
    inside = 'Content-Type: multipart/mixed; boundary="b"\r\n\r\n\r\n--{}\r\n'
    raw = "Content-Type: message/rfc822\r\n\r\n" + inside.format("b") + part.format("utf-8", "") + "--b\r\n"
    raw += part.format(charset, "\x80") + "--b\r\n" + inside.format("other") + part.format("utf-8", "\x80")
    (file,) = parse(HEAD + raw.encode("latin-1")).files

    assert file.content.count(b"Kargom gelmedi.") == 3


def test_mails_in_mails_without_end_are_refused() -> None:
    with pytest.raises(UnableToParse, match="nested"):
        parse(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 5_000 + b"words")


@pytest.mark.parametrize(
    "kind",
    ["text/plain charset=windows-1254", "text/plain, charset=windows-1254", "Text/Plain  Charset = windows-1254"],
)
def test_words_whose_kind_is_written_without_its_semicolon_are_words(kind: str) -> None:
    raw = HEAD + f"Content-Type: {kind}\r\n\r\n".encode() + "Şikâyetim değişen ürün.".encode("cp1254")
    assert (parse(raw).text, parse(raw).files) == ("Şikâyetim değişen ürün.", ())


def test_people_in_copy_are_read_beside_bytes_that_are_none() -> None:
    read = parse(HEAD + b"Cc: \xff\xfe\xde\xfd <a@example.com>, b@example.com\r\n\r\nx")

    assert [one.email for one in read.cc] == ["a@example.com", "b@example.com"]


def test_a_picture_that_the_words_show_is_in_line_without_saying_so() -> None:
    raw = HEAD + b"Content-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
    raw += b'<p>See <img src="cid:i1@x"></p>\r\n--b\r\nContent-Type: image/png; name="image001.png"\r\n'
    read = parse(raw + b"Content-ID: <i1@x>\r\n\r\npng\r\n--b--\r\n")

    assert [(file.name, file.content_id, file.inline) for file in read.files] == [("image001.png", "i1@x", True)]
    assert "cid:i1@x" in read.html


def test_a_picture_that_lies_in_the_markup_itself_is_not_kept_with_the_words() -> None:
    read = parse(mail(html=f'<p>See</p><img src="data:image/png;base64,{"A" * 100_000}">').as_bytes())

    assert "data:" not in read.html
    assert len(read.html) < 1000


def test_signatures_of_programs_are_files_and_no_words() -> None:
    message = mail()
    message.add_attachment(b"s", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    message.add_attachment(b"-----BEGIN", maintype="application", subtype="pgp-signature", filename="signature.asc")
    read = parse(message.as_bytes())

    assert (read.text, [file.name for file in read.files]) == ("Kargom gelmedi.", ["smime.p7s", "signature.asc"])


def test_a_file_name_in_the_wrong_charset_is_read() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pdf\r\n"
    )
    raw += b"Content-Disposition: attachment; filename*=iso-8859-1''%DE%FDk%E2yet.pdf\r\n\r\nx\r\n--b--\r\n"

    assert [file.name for file in parse(raw).files] == ["Şıkâyet.pdf"]


def test_a_file_that_is_too_big_is_named_and_left_in_the_raw_mail() -> None:
    message = mail()
    message.add_attachment(b"x" * 2000, maintype="video", subtype="mp4", filename="film.mp4")
    read = parse(message.as_bytes(), limits=Limits(file=1000))

    assert (read.files, read.left_out, read.text) == ((), ("film.mp4",), "Kargom gelmedi.")


def test_a_mail_with_html_alone_has_text() -> None:
    raw = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Kargom</p><p>gelmedi.</p>"

    assert parse(raw).text == "Kargom\n\ngelmedi."


def test_flowed_lines_are_joined() -> None:
    raw = HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\nOne \r\nsentence.\r\nTwo.\r\n"

    assert parse(raw).text == "One sentence.\nTwo."


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (HEAD + b"\r\n" + b"x" * 2000, "too-big"),
        (HEAD + b'Content-Type: multipart/mixed; boundary="a"\r\n' * 100 + b"\r\nx", "nested"),
        (HEAD + b'Content-Type: multipart/mixed; boundary="a"\r\n\r\n' + b"--a\r\n\r\nx\r\n" * 20, "parts"),
    ],
)
def test_what_cannot_be_read_says_why(raw: bytes, code: str) -> None:
    with pytest.raises(UnableToParse) as caught:
        parse(raw, limits=Limits(mail=1500 if code == "too-big" else 100_000, parts=10))

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("headers", "kind", "answer"),
    [
        ({}, "", True),
        ({"Auto_Submitted": "no"}, "", True),
        ({"Auto_Submitted": "auto-replied (vacation)"}, "auto-reply", False),
        ({"X_Autoreply": "yes"}, "auto-reply", False),
        ({"Precedence": "auto_reply"}, "auto-reply", False),
        ({"Precedence": "bulk"}, "bulk", False),
        ({"Precedence": "list", "List_Id": "<x.example.org>"}, "", False),
        ({"X_Auto_Response_Suppress": "All"}, "", False),
        ({"Return_Path": "<>"}, "", False),
        ({"X_Amends_Loop": "1"}, "loop", False),
        ({"X_Failed_Recipients": "a@example.com"}, "bounce", False),
    ],
)
def test_it_tells_machines_from_people(headers: dict[str, str], kind: str, answer: bool) -> None:
    automatic = parse(mail(**headers).as_bytes()).automatic

    assert (automatic.kind, automatic.answer) == (kind, answer)


def test_a_returned_mail_names_what_came_back() -> None:
    raw = (
        b"From: MAILER-DAEMON@mx.example.com\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; ayse@example.com\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        b"Message-ID: <ours@example.org>\r\n\r\nx\r\n--b--\r\n"
    )
    automatic = parse(raw).automatic

    assert (automatic.kind, automatic.status, automatic.recipients) == ("bounce", "5.1.1", ("ayse@example.com",))
    assert automatic.originals == ("ours@example.org",)


def test_a_header_bomb_is_cut() -> None:
    many = b", ".join(b"a%d@example.com" % number for number in range(5000))
    raw = (
        b"From: a@example.com\r\nTo: "
        + many
        + b"\r\nReferences: "
        + b"<x@y> " * 50_000
        + b"\r\nSubject: "
        + b"x" * 100_000
    )

    read = parse(raw + b"\r\n\r\nbody")

    assert len(read.to) <= 200
    assert len(read.subject) <= 300
    assert read.text == "body"


def test_files_of_one_name_are_two_and_a_mail_may_have_no_words() -> None:
    message = EmailMessage()
    message["From"] = "a@example.com"
    for body in (b"one", b"two"):
        message.add_attachment(body, maintype="audio", subtype="mpeg", filename="kayıt.mp3")
    read = parse(message.as_bytes())

    assert read.text == ""
    assert [(file.name, file.content) for file in read.files] == [("kayıt.mp3", b"one"), ("kayıt.mp3", b"two")]


def test_thousands_of_links_are_read_as_words() -> None:
    links = "".join(f'<p><a href="https://x.example/{n}">{n}</a></p>' for n in range(6_000))
    read = parse(mail(text="Look.", html=links).as_bytes())

    assert read.text == "Look."
    assert len(read.html) < 2 * len(links)


@given(st.binary(max_size=400))
def test_no_bytes_after_a_header_raise_anything_else(tail: bytes) -> None:
    try:
        read = parse(HEAD + tail)
    except UnableToParse:
        return
    for text in (read.subject, read.text, read.html, read.quoted, *(file.name for file in read.files)):
        text.encode("utf-8")
        assert "\x00" not in text


@settings(max_examples=200)
@given(made_up.mail())
def test_no_mail_however_it_is_made_raises_or_leaves_a_script(raw: bytes) -> None:
    made_up.look_at(raw)
