import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from amends.engine.conversation import Conversation
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
