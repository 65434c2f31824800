"""Names, titles and addresses are compared with the record, dots and endings forgiven."""

import pytest

from amends.engine.conversation import Facts
from amends.engine.failings.names import misnamed
from amends.engine.languages import get

ANNA = Facts(customer_name="Anna Johnson", honorific="Ms", address="31 Quarry Road, Bath")
AYSE = Facts(customer_name="Ayşe Kılınç", honorific="Hanım", address="Kiraz Sokak No: 14")
REZA = Facts(customer_name="رضا محمدی", honorific="آقای")
BOLD = Facts(customer_name="Цэндийн Отгонбаяр", honorific="гуай")
FAR = Facts(customer_name="Д. Ганболд", address="Баянзүрх дүүрэг, 26-р хороо, 3-р байр")


@pytest.mark.parametrize(
    ("code", "facts", "reply", "found"),
    [
        # somebody else, a wrong letter, a wrong title, the wrong half, the wrong order
        ("en", ANNA, "Dear Peter, your lamp left today.", ["Peter"]),
        ("en", ANNA, "Dear Ms Jonson, your lamp left today.", ["Ms Jonson"]),
        ("en", ANNA, "Dear Mr Johnson, your lamp left today.", ["Mr Johnson"]),
        ("en", ANNA, "Dear Ms Anna, your lamp left today.", ["Ms Anna"]),
        ("en", ANNA, "Your lamp, Johnson Anna, left today.", ["Johnson Anna"]),
        ("en", ANNA, "Your lamp goes to 31 Quarry Grove.", ["31 Quarry Grove"]),
        ("en", ANNA, "Your lamp goes to 13 Quarry Road.", ["13 Quarry Road"]),
        ("tr", AYSE, "Merhaba Ayla Hanım, paketiniz yolda.", ["Ayla Hanım"]),
        ("tr", AYSE, "Sayın Ayşe Bey, paketiniz yolda.", ["Ayşe Bey"]),
        ("tr", AYSE, "Paketiniz Kirez Sokak 14'e gelecek.", ["Kirez Sokak 14"]),
        ("fa", REZA, "آقای محمودی، بسته در راه است.", ["آقای محمودی"]),
        ("mn", BOLD, "Сайн байна уу, Цэнд гуай. Захиалга гарлаа.", ["Цэнд гуай"]),
        ("mn", BOLD, "Сайн байна уу, Ганболд гуай. Захиалга гарлаа.", ["Ганболд гуай"]),
        ("mn", BOLD, "Сайн байна уу, Ганбаатар аа! Захиалга гарлаа.", ["Ганбаатар аа"]),
        # right: plain letters, endings, short forms, titles that fit, other people, other words
        ("en", ANNA, "Dear Ms Johnson, Mr Peters of our shop has packed it.", []),
        ("en", ANNA, "Hello Anna, it goes to 31 Quarry Rd.", []),
        ("en", ANNA, "Hello there, Thursday is fine.", []),
        ("en", Facts(customer_name="Elizabeth Shaw"), "Hi Liz, it is on its way.", []),
        ("tr", AYSE, "Sayin Ayse Hanim, paketiniz yolda.", []),
        ("tr", AYSE, "Ayşe Hanım'ın paketi yarın gelecek, Ahmet Bey getirecek.", []),
        ("tr", AYSE, "Haklısınız Ayşe Hanım, Kiraz Sk. No 14'e gönderdik.", []),
        ("fa", REZA, "جناب آقای محمدی، بسته در راه است.", []),
        ("mn", BOLD, "Отгонбаяр гуайд уучлаарай гэж хэлье.", []),
        ("mn", BOLD, "Отгонбаяр аа, захиалга гарлаа.", []),
        ("mn", BOLD, "Сайн уу, Отгоо минь, захиалга гарлаа.", []),  # a pet name
        ("mn", BOLD, "Ойлголоо доо аа, захиалга гарлаа.", []),
        ("mn", BOLD, "Тийм ээ, захиалга гарлаа.", []),
        ("mn", BOLD, "Захиалга гарлаа, баярлалаа аа.", []),
        ("mn", FAR, "9-р сарын 28-нд залгана.", []),  # a day, and no part of the address
        ("mn", FAR, "Бараа 8-р хороонд очно.", ["8-р хороонд"]),
        ("en", BOLD, "Dear Mr Bold, it is on its way.", []),  # another script: not compared
        ("en", Facts(), "Dear Peter, it is on its way.", []),
    ],
)
def test_reply_is_compared_with_the_record(code: str, facts: Facts, reply: str, found: list[str]) -> None:
    stretches = [
        reply[start:end] for start, end, sure in misnamed(reply, facts, heard=(), language=get(code)) if sure >= 0.5
    ]
    assert stretches == found


def test_name_that_the_customer_used_is_right() -> None:
    reply = "Dear Nan, it is on its way."
    assert not list(misnamed(reply, ANNA, heard=("Where is it? Yours, Nan",), language=get("en")))
