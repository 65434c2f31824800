from pathlib import Path

import pytest

from amends.engine.conversation import Conversation
from amends.intake import table
from amends.intake.lines import BadLine, UnableToReadError


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def talks(path: Path, **given: object) -> tuple[list[Conversation], list[BadLine]]:
    found = list(table.conversations(path, **given))  # type: ignore[arg-type]
    return [one for one in found if isinstance(one, Conversation)], [one for one in found if isinstance(one, BadLine)]


def test_rows_of_one_conversation_come_together_in_time(tmp_path: Path) -> None:
    path = write(
        tmp_path / "export.csv",
        "ticket_id,created_at,role,body\n"
        '7,2026-03-02 10:00,agent,"Hello,\nwe look into it"\n'
        "8,2026-03-02 09:30,customer,Other\n"
        "7,2026-03-02 09:00,end-user,Where is it?\n",
    )
    [seven, eight], bad = talks(path)
    assert not bad
    assert [turn.by for turn in seven.turns] == ["customer", "agent"]
    assert seven.turns[1].text == "Hello,\nwe look into it"
    assert eight.id == "8"


def test_the_mapping_names_columns_and_agents(tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", "Case,Author,Body\n1,Ayşe,Merhaba\n1,Can K.,Buyurun\n")
    [talk], bad = talks(path, mapping={"text": "Body", "by": "Author", "id": "case"}, agents=["Can K."])
    assert not bad
    assert [turn.by for turn in talk.turns] == ["customer", "agent"]


@pytest.mark.parametrize(
    ("head", "mapping", "why"),
    [
        (
            "a,b",
            {},
            r"export.csv:1: no column for text and by. The columns are: a, b. Say which: --map text=COLUMN --map by",
        ),
        ("text,b", {"by": "Author"}, r"export.csv:1: no column 'Author' \(for by\). The columns are: text, b."),
    ],
)
def test_wrong_columns_are_told_with_what_to_do(tmp_path: Path, head: str, mapping: dict[str, str], why: str) -> None:
    path = write(tmp_path / "export.csv", f"{head}\nx,y\n")
    with pytest.raises(UnableToReadError, match=why):
        talks(path, mapping=mapping)


def test_bad_rows_are_told_and_the_good_ones_go_on(tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", "id,by,text\n1,agent,fine\n2,agent\n3,Bob,who?\n4,agent,good\n")
    found, bad = talks(path)
    assert [one.id for one in found] == ["1", "4"]
    assert [str(one).removeprefix(str(path)) for one in bad] == [
        ":3: 2 cells where the head has 3",
        ":4: 'Bob' says neither customer nor agent; name the agents with --agent",
    ]


def test_a_quote_that_never_closes_ends_the_reading(tmp_path: Path) -> None:
    path = write(tmp_path / "export.csv", 'id,by,text\n1,agent,fine\n2,agent,"open\n3,agent,lost\n')
    found, [bad] = talks(path)
    assert [one.id for one in found] == ["1"]
    assert "the rest cannot be read" in bad.why


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadError, match="the table is empty"):
        talks(write(tmp_path / "export.csv", ""))


def test_a_line_that_is_no_utf8_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"\xef\xbb\xbfid,by,text\n1,agent,fine\n2,agent,\xff\n")
    found, [bad] = talks(path)
    assert [one.id for one in found] == ["1"]
    assert bad.line == 3


@pytest.mark.parametrize("between", [",", ";", "\t", "|"])
def test_cells_may_be_parted_as_spreadsheets_of_any_country_part_them(tmp_path: Path, between: str) -> None:
    rows = [("ticket_id", "role", "body"), ("1", "customer", '"Where; is, it?"')]
    path = write(tmp_path / "export.csv", "\n".join(between.join(row) for row in rows))
    [talk], bad = talks(path)
    assert not bad
    assert talk.turns[0].text == "Where; is, it?"
