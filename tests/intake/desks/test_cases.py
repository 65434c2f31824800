"""What files of other desks say. Which documents the files follow stands in fixtures/README.md."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from amends.intake.desks import DESKS, Bundle, Case, LeftOut
from amends.intake.desks.bundle import Reading
from amends.intake.lines import BadLine, UnableToReadError

HERE = Path(__file__).parent / "fixtures"
FILES = {
    "zammad": "zammad.jsonl",
    "zendesk": "zendesk.jsonl",
    "freshdesk": "freshdesk.jsonl",
    "chatwoot": "chatwoot.jsonl",
    "freescout": "freescout.jsonl",
    "osticket": "osticket.sql",
    "mbox": "mails.mbox",
    "csv": "table.csv",
}
READING = Reading(zone=ZoneInfo("UTC"), ours=frozenset({"deniz@desk.example", "desk@acme.example"}))


def read(kind: str, path: Path | None = None, reading: Reading = READING) -> tuple[list[Case], list[str], list[str]]:
    """The cases of a file, why others are left out, and the lines that cannot be read."""
    cases, left, bad = [], [], []
    for found in DESKS[kind].files(path or HERE / FILES[kind], reading):
        if isinstance(found, BadLine):
            bad.append(str(found))
            continue
        try:
            cases.append(DESKS[kind].case(found.body))
        except LeftOut as why:
            left.append(str(why))
    return cases, left, bad


def told(case: Case) -> list[tuple[str, str, str]]:
    return [(one.kind, one.by.email, one.text) for one in case.messages]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


class TestZammad:
    def test_says_who_said_what_and_when_it_ended(self):
        (order, parcel), left, bad = read("zammad")
        assert told(order) == [
            ("customer", "samuel@mail.example", "The kettle arrived broken.\nWhat now?"),
            ("note", "jacob@chrispresso.example", "Glass breaks in every fifth parcel, do not tell yet."),
            ("reply", "chris@chrispresso.example", "Dear Samuel, a new one leaves today."),
            ("customer", "samuel@mail.example", "It came. Thank you."),
        ]
        assert (order.state, order.their_state, order.closed_at) == ("closed", "closed", at(2021, 2, 27, 9))
        assert (order.number, order.tags, order.owner and order.owner.email) == (
            "71003", ("kettle", "glass"), "chris@chrispresso.example",
        )  # fmt: skip
        assert order.customer.phone == "+4930609854180"
        paper = order.messages[0].papers[0]
        assert (paper.name, paper.media_type, paper.content_id) == (
            "kettle.png", "image/png", "44.262871107@zammad.example.com",
        )  # fmt: skip
        assert paper.content
        assert paper.content.startswith(b"\x89PNG")
        assert order.messages[0].message_id == "order-787556@mail.example"
        # Typed in by a colleague, and still the customer's words; the user '-' is nobody.
        assert told(parcel)[0] == ("customer", "ayse@mail.example", "Kargom üç haftadır gelmedi, kimse aramadı.")
        assert [one.kind for one in parcel.messages] == ["customer", "automatic"]
        assert (parcel.owner, parcel.state, parcel.channel) == (None, "open", "phone")
        assert (left, bad) == (["was merged into another ticket, which comes along"], [])


class TestZendesk:
    def test_says_who_said_what_and_what_is_internal(self):
        (parcel,), left, bad = read("zendesk")
        assert [(kind, email) for kind, email, _text in told(parcel)] == [
            ("customer", "reza@mail.example"),
            ("note", "olga@acme.example"),
            ("reply", "deniz@desk.example"),
        ]
        assert (parcel.state, parcel.their_state, parcel.closed_at) == ("closed", "solved", at(2019, 6, 5, 2, 25, 28))
        assert (parcel.language, parcel.tags) == ("fa", ("parcel",))
        assert parcel.messages[0].papers[0].content == b"%PDF-1.7"
        assert (left, bad) == (["was deleted there"], [])

    def test_its_data_name_the_desk(self):
        first = next(iter(DESKS["zendesk"].files(HERE / "zendesk.jsonl", READING)))
        assert isinstance(first, Bundle)
        assert DESKS["zendesk"].source
        assert DESKS["zendesk"].source(first.body) == "acme.zendesk.example"


class TestFreshdesk:
    def test_the_description_is_the_first_word(self):
        (order, _sizes), left, _bad = read("freshdesk")
        assert told(order) == [
            ("customer", "bat@mail.example", "Миний захиалга гурван долоо хоног ирээгүй байна."),
            ("note", "rachel@freshdesk.example", "This is a private note"),
            ("reply", "rachel@freshdesk.example", "Маргааш хүргэнэ."),
            ("customer", "bat@mail.example", "Баярлалаа."),
        ]
        assert (order.their_state, order.state, order.closed_at) == ("Resolved", "closed", at(2016, 5, 20, 15, 35, 21))
        assert order.messages[0].papers[0].content == b"invoice"
        assert left == ["is spam there"]

    def test_what_went_out_is_ours_though_its_author_has_left_and_it_lies_in_the_archive(self):
        (_order, sizes), _left, _bad = read("freshdesk")
        assert [(one.kind, one.by.name) for one in sizes.messages] == [("customer", "Сараа"), ("reply", "Bold")]
        assert (sizes.channel, sizes.their_state, sizes.closed_at) == ("form", "Closed", at(2015, 8, 26, 8))

    def test_a_ticket_that_began_with_a_letter_of_ours_has_no_words_of_the_customer(self):
        body = next(iter(DESKS["freshdesk"].files(HERE / "freshdesk.jsonl", READING))).body
        ours = DESKS["freshdesk"].case({**body, "ticket": {**body["ticket"], "source": 10}})
        assert (ours.messages[0].kind, ours.messages[0].by.email) == ("reply", "rachel@freshdesk.example")


class TestChatwoot:
    def test_robots_and_what_happened_are_no_words_of_people(self):
        (talk,), _left, _bad = read("chatwoot")
        assert [(kind, email) for kind, email, _text in told(talk)] == [
            ("customer", "sara@mail.example"),
            ("automatic", ""),
            ("automatic", ""),
            ("note", "jane@acme.example"),
            ("reply", "jane@acme.example"),
            ("customer", "sara@mail.example"),
        ]
        assert (talk.channel, talk.state, talk.their_state, talk.tags) == ("chat", "closed", "resolved", ("billing",))
        assert talk.closed_at == at(2021, 4, 1, 8, 16, 40)
        assert [(one.name, one.content) for one in talk.messages[-1].papers] == [("statement.pdf", b"%PDF-1.4")]


class TestFreeScout:
    def test_drafts_and_lines_of_the_log_stay_there(self):
        (refund, _call), left, _bad = read("freescout")
        assert told(refund) == [
            ("customer", "mark@mail.example", "Please give my money back."),
            ("reply", "bill@acme.example", "Dear Mark, the money is on its way."),
            ("note", "bill@acme.example", "He wrote on a card before."),
        ]
        assert (refund.closed_at, refund.tags) == (at(2020, 3, 17, 14, 7, 23), ("refund",))
        assert refund.messages[0].papers[0].content == b"receipt"
        assert left == ["is spam there", "is a draft there"]

    def test_the_first_note_of_a_telephone_conversation_is_the_call(self):
        (_refund, call), _left, _bad = read("freescout")
        assert told(call) == [
            ("call", "bill@acme.example", "She waits for her parcel since Monday."),
            ("note", "bill@acme.example", "She likes to be called in the evening."),
        ]
        assert (call.channel, call.state, call.customer.name) == ("phone", "open", "Anna Berg")


class TestOsTicket:
    def test_a_dump_of_its_database(self):
        (vase,), left, bad = read("osticket", reading=Reading(zone=ZoneInfo("Europe/Istanbul")))
        assert told(vase) == [
            ("customer", "ozge@mail.example", 'Vazo kırık geldi; "dikkat" yazıyordu.'),
            ("note", "deniz@desk.example", "It's the third; depot\nknows"),
            ("reply", "deniz@desk.example", "Yenisi yarın geliyor."),
        ]
        assert (vase.subject, vase.number, vase.messages[0].message_id) == ("Vazo kırık", "483920", "vazo@mail.example")
        assert vase.closed_at == at(2019, 1, 3, 6, 30)
        assert [(one.name, one.content) for one in vase.messages[0].papers] == [
            ("vase.png", b"\x89PNG vase\x00'\\x\n"), ("outside.png", None),
        ]  # fmt: skip
        assert left == ["was deleted there"]
        assert len(bad) == 1
        assert "outside.png" in bad[0]

    def test_no_password_comes_along(self):
        bundles = [one for one in DESKS["osticket"].files(HERE / "osticket.sql", READING) if isinstance(one, Bundle)]
        assert not any(b"$2a$08$" in one.raw() for one in bundles)

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
    def test_half_a_dump_is_told_with_its_line_and_nothing_of_it_comes(self, tmp_path, share):
        whole = (HERE / "osticket.sql").read_bytes()
        half = tmp_path / "half.sql"
        half.write_bytes(whole[: int(len(whole) * share)])
        line = half.read_bytes().rstrip(b"\n").count(b"\n") + 1
        with pytest.raises(UnableToReadError, match=rf"half\.sql:{line}: .*breaks off here"):
            list(DESKS["osticket"].files(half, READING))


class TestMbox:
    def test_mails_that_cite_one_another_are_one_complaint(self):
        (parcel,), _left, bad = read("mbox")
        assert told(parcel) == [
            ("customer", "ayse@mail.example", "Kargom gelmedi.\nFrom the depot nobody answers."),
            ("reply", "deniz@desk.example", "It comes tomorrow."),
            ("customer", "ayse@mail.example", "Geldi."),
        ]
        assert (parcel.customer.name, parcel.owner and parcel.owner.email) == ("Ayşe Yılmaz", "deniz@desk.example")
        assert parcel.messages[1].papers[0].name == "label.txt"
        assert bad == []

    def test_half_a_mail_at_the_end_is_told_with_its_line(self, tmp_path):
        whole = (HERE / "mails.mbox").read_bytes()
        half = tmp_path / "half.mbox"
        half.write_bytes(whole[: whole.rindex(b"--c--")])
        (parcel,), _left, bad = read("mbox", half)
        assert [one.kind for one in parcel.messages] == ["customer", "reply"]
        assert bad == [f"{half}:34: this mail breaks off at line 46; the others are taken in"]


class TestTable:
    def test_rows_of_one_number_are_one_complaint(self):
        (shoes, laces), _left, _bad = read("csv")
        assert [(one.kind, one.at.hour) for one in shoes.messages] == [("customer", 9), ("note", 10), ("reply", 9)]
        assert (shoes.state, shoes.closed_at) == ("closed", at(2022, 5, 4, 9))
        assert (laces.state, laces.their_state, laces.customer.email) == ("open", "open", "mina@mail.example")

    def test_a_row_cut_in_half_is_told_and_what_came_before_is_named_the_same_in_every_run(self, tmp_path):
        whole = (HERE / "table.csv").read_bytes()
        half = tmp_path / "half.csv"
        half.write_bytes(whole[: whole.rindex(b",open")])
        (shoes,), _left, bad = read("csv", half)
        assert bad == [f"{half}:5: 8 cells where the head has 12"]
        assert [one.id for one in shoes.messages] == [one.id for one in read("csv")[0][0].messages]


@pytest.mark.parametrize("kind", ["zammad", "zendesk", "freshdesk", "chatwoot", "freescout"])
def test_a_file_cut_in_half_gives_file_and_line_and_all_that_came_before(kind, tmp_path):
    whole = (HERE / FILES[kind]).read_bytes()
    first = whole.splitlines(keepends=True)[0]
    half = tmp_path / "half.jsonl"
    half.write_bytes(first + first[: len(first) // 2])
    cases, _left, bad = read(kind, half)
    assert len(cases) == 1
    assert len(bad) == 1
    assert bad[0].startswith(f"{half}:2: not a whole JSON object")


@pytest.mark.parametrize("kind", ["zammad", "zendesk", "freshdesk", "chatwoot", "freescout"])
def test_a_line_of_something_else_is_told(kind, tmp_path):
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text('{"hello": 1}\n[]\n', encoding="utf-8")
    cases, _left, bad = read(kind, wrong)
    assert cases == []
    assert [line.split(": ")[0] for line in bad] == [f"{wrong}:1", f"{wrong}:2"]


class TestAmends:
    @pytest.mark.parametrize("cut", [b"", b'{"id": 1}\n'])
    def test_a_folder_that_was_copied_in_half_is_told_and_not_used(self, tmp_path, cut):
        whole = b'{"id": 1}\n{"id": 2}\n'
        about = {
            "kind": "amends-export",
            "format": 1,
            "complete": True,
            "lines": {"events.jsonl": {"size": len(whole)}},
        }
        (tmp_path / "manifest.json").write_text(json.dumps(about))
        (tmp_path / "events.jsonl").write_bytes(cut)
        with pytest.raises(UnableToReadError, match=r"events\.jsonl: not whole"):
            next(DESKS["amends"].files(tmp_path, READING))
