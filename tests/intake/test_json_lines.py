import gzip
import json
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from amends.engine.conversation import Cause, Conversation, Earlier, to_json
from amends.intake import json_lines
from amends.intake.lines import BadLine, UnableToReadError

WHOLE = {
    "id": "c1",
    "turns": [
        {"by": "customer", "text": "Hi", "at": "2026-03-02T09:15", "channel": "email"},
        {"by": "agent", "text": "Hello", "at": "2026-03-02T09:20", "party": "a1"},
    ],
    "events": [
        {"kind": "promise-made", "at": "2026-03-02T09:21", "due": "2026-03-03T12:00", "words": "by Tuesday noon"}
    ],
    "parties": [{"id": "a1", "by": "agent", "name": "Can"}],
    "facts": {
        "customer_name": "Ayşe Yılmaz",
        "since": "2015-04-01",
        "yearly_value": 18400,
        "currency": "TRY",
        "order": 4711,
    },
}


def read(path: Path) -> tuple[list[Conversation], list[BadLine]]:
    found = list(json_lines.conversations(path))
    return [one for one in found if isinstance(one, Conversation)], [one for one in found if isinstance(one, BadLine)]


def test_a_whole_conversation_is_read(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_text(json.dumps(WHOLE), encoding="utf-8")
    [talk], bad = read(path)
    assert not bad
    assert (talk.id, talk.turns[0].channel, talk.turns[1].party) == ("c1", "mail", "a1")
    assert talk.as_of == datetime(2026, 3, 2, 9, 21)
    assert talk.events[0].due == datetime(2026, 3, 3, 12)
    assert (talk.facts.since, talk.facts.yearly_value) == (date(2015, 4, 1), Decimal(18400))
    assert talk.facts.other == (("order", "4711"),)


def test_a_line_cut_in_half_is_told_and_the_good_ones_go_on(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    good = json.dumps(WHOLE)
    path.write_text(f"{good}\n{good[:70]}\n\n{good}\n", encoding="utf-8")
    talks, [bad] = read(path)
    assert len(talks) == 2
    assert str(bad).startswith(f"{path}:2: not a whole JSON object: ")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"[1]", "a JSON object is expected, not a list"),
        (b'{"turns": []}', "'turns' is missing or empty"),
        (b'{"turns": [{"by": "martian", "text": "x"}]}', "turn 1: 'martian' says neither customer nor agent"),
        (b'{"turns": [{"by": "agent", "text": ["x"]}]}', "turn 1: 'text' should be a text"),
        (b'{"turns": [{"by": "agent", "text": "x", "at": "soon"}]}', "turn 1: 'soon' is no time"),
        (b'{"turns": [{"by": "agent", "text": "x"}], "facts": {"yearly_value": "lots"}}', "should be a number"),
        (
            b'{"turns": [{"by": "agent", "text": "x"}], "events": [{"kind": "rain", "at": "2026-03-02"}]}',
            "event 1: no event",
        ),
        (b'{"turns": [{"by": "agent", "text": "\xff"}]}', "not UTF-8 at byte"),
        (b"[" * 100_000, ""),
    ],
)
def test_a_bad_line_says_what_is_wrong(tmp_path: Path, line: bytes, why: str) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_bytes(line)
    talks, [bad] = read(path)
    assert not talks
    assert bad.line == 1
    assert why in bad.why


def test_half_a_character_does_not_break_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_text('{"turns": [{"by": "agent", "text": "a\\ud83d b"}]}', encoding="utf-8")
    [talk], _ = read(path)
    assert talk.turns[0].text == "a\ufffd b"
    assert talk.id == "talks.jsonl:1"


def test_a_gzip_that_breaks_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(WHOLE).encode() * 50)[:60])
    with pytest.raises(UnableToReadError, match=r"talks\.jsonl\.gz: cannot be read"):
        read(path)


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_dot_", "."), text)
    return path


def test_the_one_file_of_a_zip_archive_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    zipped(path, talks_dot_jsonl=json.dumps(WHOLE), **{"__MACOSX/talks": "x"})
    (one,), bad = read(path)
    assert (len(one.turns), bad) == (len(WHOLE["turns"]), [])


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.99])
def test_a_zip_archive_cut_in_half_is_refused_and_named(tmp_path: Path, share: float) -> None:
    whole = zipped(tmp_path / "export.zip", talks_dot_jsonl=json.dumps(WHOLE) * 50).read_bytes()
    half = tmp_path / "half.zip"
    half.write_bytes(whole[: max(5, int(len(whole) * share))])
    with pytest.raises(UnableToReadError, match=r"half\.zip: this ZIP archive breaks off: fetch it again"):
        read(half)


def test_a_zip_archive_with_wrong_bytes_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    whole = bytearray(zipped(path, talks_dot_jsonl=json.dumps(WHOLE)).read_bytes())
    whole[60] ^= 0xFF
    path.write_bytes(whole)
    with pytest.raises(UnableToReadError, match=r"export\.zip: cannot be read"):
        read(path)


def test_a_zip_archive_of_many_files_is_to_be_unpacked(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadError, match=r"2 files are in this ZIP archive: unpack it"):
        read(zipped(tmp_path / "export.zip", a="x", b="y"))


def test_mixed_clocks_do_not_break_the_last_moment() -> None:
    talk = json_lines.as_conversation(
        {
            "turns": [
                {"by": "customer", "text": "x", "at": "2026-03-02T09:00"},
                {"by": "agent", "text": "y", "at": "2026-03-02T10:00Z"},
            ]
        }
    )
    assert talk.as_of == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_what_the_course_of_events_needs_is_read_as_it_was_written() -> None:
    written = {
        **WHOLE,
        "as_of": "2026-03-02T18:00",
        "parties": [{"id": "a1", "by": "agent", "role": "manager"}, {"id": "a2", "by": "agent", "role": "boss"}],
        "turns": [{"by": "agent", "text": "Hello", "at_once": 4}],
        "events": [{"kind": "held", "at": "2026-03-02T09:21", "lasted": 240, "at_once": 2}],
        "facts": {
            "cause": {"layer": "process", "theme": "late"},
            "earlier": [{"on": "2025-11-03", "id": "7", "cause": {"layer": "product"}}],
        },
    }
    talk = json_lines.as_conversation(written)
    assert [party.role for party in talk.parties] == ["manager", ""]
    assert (talk.turns[0].at_once, talk.events[0].lasted, talk.events[0].at_once) == (4, 240, 2)
    assert talk.facts.cause == Cause(layer="process", theme="late")
    assert talk.facts.earlier == (Earlier(on=date(2025, 11, 3), id="7", cause=Cause(layer="product")),)
    assert json_lines.as_conversation(to_json(talk)) == talk


def test_one_word_for_the_cause_is_its_theme_and_a_count_of_earlier_ones_is_a_fact() -> None:
    facts = json_lines.facts({"cause": "late", "earlier": 3})
    assert facts.cause == Cause(layer="", theme="late")
    assert facts.other == (("earlier", "3"),)


def test_earlier_complaint_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="earlier complaint"):
        json_lines.facts({"earlier": [{"id": "7"}]})
