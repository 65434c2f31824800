"""How mail programs quote, in the four languages: whose words are new, whose are not.

Gmail, Outlook (new, classic), Apple Mail, Yahoo, Yandex, mail.ru. The shapes are the programs', the words are ours.
"""

from __future__ import annotations

import pytest

from amends.intake.mail.quotes import cut

NEW = {"tr": "Hâlâ gelmedi.", "fa": "هنوز نرسیده است.", "mn": "Одоо хүртэл ирээгүй.", "en": "It has not come yet."}
OLD = {"tr": "Bakıyoruz.", "fa": "در دست بررسی است.", "mn": "Шалгаж байна.", "en": "We are looking."}
WHO = "Deniz Kaya <desk@acme.example>"

GMAIL = {
    "tr": "Deniz Kaya <desk@acme.example>, 18 Kas 2026 Çar, 10:05 tarihinde şunu yazdı:",
    "fa": f"در چهارشنبه ۱۸ نوامبر ۲۰۲۶ ساعت ۱۰:۰۵ {WHO} نوشت:",
    "mn": f"2026 оны 11-р сарын 18, Лха 10:05 цагт {WHO} бичсэн:",
    "en": f"On Wed, 18 Nov 2026 at 10:05, {WHO} wrote:",
}
APPLE = {
    "tr": "Deniz Kaya <desk@acme.example> şunları yazdı (18 Kas 2026 10:05):",
    "fa": f"در ۱۸ نوامبر ۲۰۲۶، ساعت ۱۰:۰۵، {WHO} نوشت:",
    "mn": f"2026.11.18, 10:05, {WHO} бичсэн:",
    "en": f"On 18 Nov 2026, at 10:05, {WHO} wrote:",
}
OUTLOOK = {
    "tr": f"Kimden: {WHO}\nGönderildi: 18 Kasım 2026 Çarşamba 10:05\nKime: Ayşe\nKonu: Re: Kargo",
    "fa": f"از: {WHO}\nارسال شده: چهارشنبه، ۱۸ نوامبر ۲۰۲۶ ۱۰:۰۵\nبه: آیشه\nموضوع: Re: بسته",
    "mn": f"Илгээгч: {WHO}\nИлгээсэн: 2026-11-18 10:05\nХэнд: Болд\nСэдэв: Re: Ачаа",
    "en": f"From: {WHO}\nSent: Wednesday, November 18, 2026 10:05 AM\nTo: Ayşe\nSubject: Re: Parcel",
}


def quoted(language: str) -> str:
    return "\n".join(f"> {line}" for line in (OLD[language], "", "— Deniz"))


@pytest.mark.parametrize("language", NEW)
class TestPrograms:
    def check(self, language: str, text: str) -> None:
        parted = cut(text)
        assert parted.text == NEW[language]
        assert OLD[language] in parted.quoted

    def test_gmail(self, language):
        self.check(language, f"{NEW[language]}\n\n{GMAIL[language]}\n\n{quoted(language)}\n")

    def test_gmail_folds_a_long_line(self, language):
        head, _space, tail = GMAIL[language].rpartition(" ")
        self.check(language, f"{NEW[language]}\n\n{head}\n{tail}\n\n{quoted(language)}\n")

    def test_apple_mail(self, language):
        self.check(language, f"{NEW[language]}\n\n{APPLE[language]}\n\n{quoted(language)}\n")

    def test_outlook_with_a_rule(self, language):
        self.check(
            language, f"{NEW[language]}\n\n________________________________\n{OUTLOOK[language]}\n\n{OLD[language]}\n"
        )

    def test_outlook_classic_without_one(self, language):
        self.check(language, f"{NEW[language]}\n\n{OUTLOOK[language]}\n\n{OLD[language]}\n")

    def test_nothing_is_cut_from_words_that_only_look_alike(self, language):
        text = f"{NEW[language]}\n\n10:05 — {OLD[language]}"
        assert cut(text).text == text


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize(
    "line",
    [  # Yahoo has no pages in Persian or Mongolian: who writes these uses one of the two
        "On Wednesday, November 18, 2026 at 10:05:11 AM GMT+3, Deniz Kaya <desk@acme.example> wrote:",
        "18 Kasım 2026 Çarşamba 10:05:11 GMT+3 tarihinde, Deniz Kaya <desk@acme.example> şunu yazdı:",
    ],
)
def test_yahoo(language, line):
    parted = cut(f"{NEW[language]}\n\n{line}\n\n{OLD[language]}\n")
    assert (parted.text, OLD[language] in parted.quoted) == (NEW[language], True)


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize(
    "line",
    [
        "  On Wed, Nov 18, 2026 at 10:05, Deniz Kaya<desk@acme.example> wrote:   ",
        "  18 Kas 2026 Çar, saat: 10:05 tarihinde, Deniz Kaya<desk@acme.example> şunu yazdı:   ",
    ],
)
def test_yahoo_on_a_telephone_writes_the_quotation_on(language, line):
    parted = cut(f"{NEW[language]}\n\nSent from Yahoo Mail on Android\n \n{line}{OLD[language]}\n")
    assert (parted.text, OLD[language] in parted.quoted) == (NEW[language], True)


@pytest.mark.parametrize("language", NEW)
@pytest.mark.parametrize(
    "line",
    [
        '18.11.2026, 10:05, "Deniz Kaya" <desk@acme.example>:',  # Yandex
        "Среда, 18 ноября 2026, 10:05 +03:00 от Deniz Kaya <desk@acme.example>:",  # mail.ru
    ],
)
def test_yandex_and_mail_ru(line, language):
    parted = cut(f"{NEW[language]}\n\n{line}\n\n{quoted(language)}\n")
    assert (parted.text, OLD[language] in parted.quoted) == (NEW[language], True)


@pytest.mark.parametrize(
    ("text", "true", "label"),
    [
        ("Şikâyetim var: ürün kırık çıktı, ğ ve İ harfleri.", "cp1254", "windows-1254"),
        ("Şikâyetim var: ürün kırık çıktı, ğ ve İ harfleri.", "iso-8859-9", "iso-8859-9"),
        ("Şikâyetim var: ürün kırık çıktı, ğ ve İ harfleri.", "cp1254", "iso-8859-1"),
        ("Şikâyetim var: ürün kırık çıktı, ğ ve İ harfleri.", "cp1254", ""),
        ("سلام، سفارش من هنوز نرسيده است", "cp1256", "windows-1256"),
        ("سلام، سفارش من هنوز نرسيده است", "cp1256", "iso-8859-1"),
        ("Сайн байна уу, миний ачаа ирээгүй байна", "cp1251", "windows-1251"),
        ("Сайн байна уу, миний ачаа ирсэнгуй", "koi8-r", "koi8-r"),
        ("Сайн байна уу, миний ачаа ирсэнгуй", "koi8-r", "iso-8859-1"),
        ("Сайн байна уу, миний ачаа ирсэнгуй", "cp1251", "us-ascii"),
    ],
)
def test_charsets_as_our_customers_send_them(text, true, label):
    from amends.intake.mail.charset import decode

    raw = text.encode(true) if true != "cp1251" else text.translate(str.maketrans("өүӨҮ", "єїЄЇ")).encode(true)
    assert decode(raw, label) == text
