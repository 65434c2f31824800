"""Personal data goes out of a text; what no list knows is left to a person."""

import pytest

from amends.desk.complaints.covering import COVER, cover, left_over


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        ("I am Emma Clarke, order 4711123.", ["Emma Clarke"], "I am •••, order •••."),
        ("Ayşe Yılmaz'ın numarası 0532 123 45 67.", ["Ayşe Yılmaz"], "•••'ın numarası •••."),
        ("Болормаагийн захиалга 88112233", ["Болормаа"], "••• захиалга •••"),
        ("خانم مریم رضایی، شمارهٔ ۰۹۱۲۱۲۳۴۵۶۷", ["مریم رضایی"], "خانم •••، شمارهٔ •••"),
        ("Write to emma.c@mail.example or www.x.example/q?1", [], "Write to ••• or •••"),
        ("Order AB-20417 of 2024, two days late", [], "Order ••• of 2024, two days late"),
    ],
)
def test_names_addresses_and_numbers_are_covered(text, names, shown):
    assert cover(text, names=names).text == shown


def test_the_customer_goes_by_another_name():
    covered = cover("Emma here. Emma Clarke.", names=["Emma Clarke"], stand_in="Alex")
    assert (covered.text, covered.places) == ("Alex here. Alex.", 2)


def test_what_is_left_over_is_named():
    assert left_over(f"Emma, {COVER}, 0532 123 45 67, in 2024", names=["Emma"]) == ("0532 123 45 67", "Emma", COVER)
    assert left_over("Nobody's words at all.", names=["Emma"]) == ()


@pytest.mark.parametrize(
    ("text", "names", "shown"),
    [
        # 'can' is life: only what is written like a name is one.
        (
            "Can Bey, can sıkıcı bir durum, canınız sağ olsun.",
            ["Can Öztürk"],
            "••• Bey, can sıkıcı bir durum, canınız sağ olsun.",
        ),
        ("Can sıkıntısı değil bu. Sizi Can aradı.", ["Can Öztürk"], "Can sıkıntısı değil bu. Sizi ••• aradı."),
        (
            "Deniz kenarında oturuyoruz, Deniz'e söyledim.",
            ["Deniz Kaya"],
            "Deniz kenarında oturuyoruz, •••'e söyledim.",
        ),
        ("I will pay. Ask Will Price about the price.", ["Will Price"], "I will pay. Ask ••• about the price."),
        ("Баярлалаа. Баяртай! Баяр, та сонсож байна уу?", ["Баяр"], "Баярлалаа. Баяртай! •••, та сонсож байна уу?"),
        ("با امید زیاد نوشتم. آقای امید جواب داد.", ["امید"], "با امید زیاد نوشتم. آقای ••• جواب داد."),
        ("can bey aradı, canı sıkkındı", ["Can Öztürk"], "••• bey aradı, canı sıkkındı"),
        ("Ivy, is the ivy on the wall yours?", ["Ivy Long"], "•••, is the ivy on the wall yours?"),
        # However it is typed.
        ("IŞIL HANIM, ışıl hanım", ["Işıl Tan"], "••• HANIM, ••• hanım"),
        ("سلام علی رضا، علیرضا", ["علی\u200cرضا"], "سلام •••، •••"),
    ],
)
def test_names_that_are_words_as_well(text, names, shown):
    assert cover(text, names=names, sparing=True).text == shown


def test_where_nobody_reads_it_afterwards_nothing_is_spared():
    assert cover("can sıkıcı, can bey", names=["Can Öztürk"]).text == "••• sıkıcı, ••• bey"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("I bought it at Karvan.", "I bought it at •••."),
        ("Karvan'dan aldım", "•••'dan aldım"),
        ("از کاروان خریدم، کارم فوری است.", "از ••• خریدم، کارم فوری است."),
        ("Карван дэлгүүрээс авсан", "••• дэлгүүрээс авсан"),
    ],
)
def test_the_desks_own_name_is_covered_in_every_script(text, shown):
    assert cover(text, names=[], firm="Karvan").text == shown
    assert left_over(text, names=[], firm="Karvan") != ()
