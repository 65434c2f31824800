"""The words written now are parted from what they answer, and never cut too much."""

import pytest

from amends.intake.mail.quotes import cut

NOW = "Kargo hâlâ gelmedi.\nLütfen arayın."
QUOTE = "> Merhaba Ayşe Hanım,\n> yarın kapınızda olacak."


@pytest.mark.parametrize(
    "announcement",
    [
        "On Fri, Nov 20, 2026 at 2:03 PM Deniz Kaya <desk@example.org> wrote:",
        "On Fri, Nov 20, 2026 at 2:03 PM Deniz Kaya <\ndesk+c.4127.abcdefghijklmnop@example.org> wrote:",
        "Deniz Kaya <desk@example.org>, 20 Kas 2026 Cum, 14:03 tarihinde şunu yazdı:",
        "20 Kas 2026 Cum 14:03 tarihinde Deniz Kaya <desk@example.org>\nşunu yazdı:",
        "Deniz Kaya <desk@example.org> şunları yazdı (20 Kas 2026 14:03):",
        "در جمعه، ۲۹ آبان ۱۴۰۵ در ۱۴:۰۳ Deniz Kaya <desk@example.org> نوشت:",
        "\u202bدر تاریخ جمعه ۲۹ آبان ۱۴۰۵،\u200f ۱۴:۰۳ Deniz <desk@example.org> نوشته است:\u202c",
        "2026 оны 11-р сарын 20, Баа 14:03 цагт Deniz Kaya <desk@example.org> бичсэн:",
        "пт, 20 нояб. 2026 г. в 14:03, Deniz Kaya <desk@example.org>:",
        '20.11.2026, 14:03, "Deniz Kaya" <desk@example.org>:',
        "Am 20.11.2026 um 14:03 schrieb Deniz Kaya <desk@example.org>:",
        "Le ven. 20 nov. 2026 à 14:03, Deniz Kaya <desk@example.org> a écrit :",
    ],
)
@pytest.mark.parametrize("quote", [QUOTE, QUOTE.replace("> ", "")])
def test_an_announced_quotation_is_cut(announcement: str, quote: str) -> None:
    parted = cut(f"{NOW}\n\n{announcement}\n\n{quote}")

    assert parted.text == NOW
    assert "kapınızda" in parted.quoted


@pytest.mark.parametrize(
    "block",
    [
        "From: Deniz Kaya <desk@example.org>\nSent: Friday, 20 November 2026 14:03\nTo: Ayşe\nSubject: Kargo",
        "Kimden: Deniz Kaya <desk@example.org>\nGönderildi: 20 Kasım 2026 Cuma 14:03\nKime: Ayşe\nKonu: Kargo",
        "Gönderen: Deniz Kaya <desk@example.org>\nTarih: 20 Kasım 2026 14:03\nAlıcı: Ayşe\nKonu: Kargo",
        "از: Deniz Kaya <desk@example.org>\nارسال: جمعه ۲۰ نوامبر ۲۰۲۶ ۱۴:۰۳\nبه: مریم\nموضوع: سفارش",
        "Хэнээс: Deniz Kaya <desk@example.org>\nИлгээсэн: 2026.11.20 14:03\nХэнд: Болормаа\nГарчиг: Захиалга",
        "________________________________\nFrom: Deniz <desk@example.org>\nDate: 20.11.2026\nTo: A\nSubject: B",
        "-----Original Message-----\nFrom: desk@example.org",
        "----- Özgün İleti -----\nbir şey",
    ],
)
def test_a_mail_header_in_the_text_begins_the_quotation(block: str) -> None:
    parted = cut(f"{NOW}\n\n{block}\n\nyarın kapınızda olacak.")

    assert parted.text == NOW
    assert "kapınızda" in parted.quoted


@pytest.mark.parametrize(
    "text",
    [
        "12 Kasım'da Ahmet Bey bana şunu yazdı:\nKargonuz yolda, merak etmeyin.\nGelmedi!",
        "On 12 May at 14:30 your colleague wrote:\nIt will be there on Friday.\nIt was not.",
        "در تاریخ ۱۲ آبان همکار شما نوشت:\nفردا می‌رسد.\nنرسید.",
        "From: the shop I heard nothing.\nTo: be honest, I am disappointed.",
        "Here is what I paid:\n---------\nShoes 40\nShipping 5\n---------\nPlease refund it.",
        "The data comes From: our database, not From: external sources.",
        "On 12 May at 14:30 your colleague Deniz <desk@example.org> wrote: It will be there on Friday.\nIt was not.",
        "-- first: the parcel was late\n-- second: it was broken",
    ],
)
def test_a_customers_own_words_are_never_cut(text: str) -> None:
    assert cut(text).text == text


def test_answers_between_the_lines_stay_and_their_questions_go() -> None:
    parted = cut("On 20 Nov 2026, at 14:03, D <d@example.org> wrote:\n> Which colour?\n\nBlue.\n\n> Which size?\n\nM.")

    assert parted.text == "Blue.\n\nM."


def test_what_is_nothing_but_quotation_stays_whole() -> None:
    assert cut(QUOTE).text == QUOTE


@pytest.mark.parametrize(
    "ending",
    [
        "-- \nAyşe Yılmaz\n0532 000 00 00",
        "iPhone'umdan gönderildi",
        "Sent from my iPhone",
        "Get Outlook for Android<https://aka.ms/x>",
        "ارسال شده از آیفون من",
        "Миний iPhone-оос илгээв",
        "Android için Outlook'u edinin<https://aka.ms/x>",
    ],
)
def test_a_marked_signature_goes_out_of_the_way(ending: str) -> None:
    assert cut(f"{NOW}\n\n{ending}").text == NOW


def test_a_sentence_that_begins_like_a_signature_stays() -> None:
    text = "Here is another one.\n\nSent from my desk, is much easier than my mobile phone."

    assert cut(text).text == text


FORWARDED = "---------- Forwarded message ---------\nFrom: Ayşe Yılmaz <ayse@example.com>\nDate: 20 Nov 2026\n"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (f"Bakar mısın?\n\n{FORWARDED}Subject: Kargo\nTo: x@example.org\n\nKargom yok.", "Kargo"),
        ("From: Ayşe Yılmaz <ayse@example.com>\nSent: 20 Nov 2026\nTo: x\nSubject: Kargo\n\nKargom yok.", "FW: Kargo"),
        (
            "Kimden: Ayşe Yılmaz <ayse@example.com>\nGönderildi: 20.11.2026\nKime: x\nKonu: Kargo\n\nKargom yok.",
            "İLT: Kargo",
        ),
        (
            "Begin forwarded message:\n\nFrom: Ayşe Yılmaz <ayse@example.com>\nDate: 20.11.2026\nTo: x\n\nKargom yok.",
            "Kargo",
        ),
    ],
)
def test_a_forward_keeps_what_it_forwards_and_names_its_writer(text: str, subject: str) -> None:
    parted = cut(text, subject=subject)

    assert "Kargom yok." in parted.text
    assert parted.forward is not None
    assert "ayse@example.com" in parted.forward.sender
    assert (parted.forward.within, parted.forward.beside) == ("Kargom yok.", "Bakar mısın?" if "Bakar" in text else "")


def test_what_is_forwarded_is_parted_from_its_header_and_from_its_marks() -> None:
    copied = f"{FORWARDED}Subject: Kargo\nTo: x@example.org\nCc: y@example.org\n\n"
    marked = "\n".join(
        f"> {line}" for line in ["From: Ayşe <ayse@example.com>", "Date: 20.11.2026", "To: x", "", "Yok."]
    )
    for text in (f"{copied}Kime: sorulmalı?\n\nYok.", f"Begin forwarded message:\n\n{marked}"):
        parted = cut(text, subject="Fwd: Kargo")
        assert parted.forward is not None
        assert parted.forward.within.split("\n")[-1] == "Yok."
        assert "From:" not in parted.forward.within
    assert cut(f"{copied}Kime: sorulmalı?\n\nYok.").forward.within.startswith("Kime:")  # type: ignore[union-attr]
