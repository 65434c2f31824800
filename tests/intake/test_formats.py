import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amends.engine.conversation import Conversation
from amends.intake.formats import conversations
from amends.intake.lines import UnableToReadError

THREAD = {
    "turns": [
        {"role": "customer", "by": "115712", "at": "Tue Oct 31 21:45:10 +0000 2017", "text": "@shop @115714 no answer"},
        {"role": "agent", "by": "shop", "at": "Tue Oct 31 21:46:24 +0000 2017", "text": "@115712 So sorry!"},
    ]
}


def test_threads_are_known_by_their_turns(tmp_path: Path) -> None:
    path = tmp_path / "threads.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(THREAD).encode()))
    [talk] = conversations(path)
    assert isinstance(talk, Conversation)
    assert (talk.id, talk.as_of) == ("threads-1", datetime(2017, 10, 31, 21, 46, 24, tzinfo=UTC))
    assert [(turn.by, turn.text) for turn in talk.turns] == [("customer", "no answer"), ("agent", "So sorry!")]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("by,text\nagent,Hello\n", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text('{"turns": [{"by": "agent", "text": "Hi"}]}', encoding="utf-8")
    (tmp_path / "readme.txt").write_text("no data", encoding="utf-8")
    assert [one.id for one in conversations(tmp_path) if isinstance(one, Conversation)] == ["a.csv:2", "b.jsonl:1"]


@pytest.mark.parametrize(("name", "why"), [("gone.jsonl", "there is no such file"), ("notes.txt", "or say --format")])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UnableToReadError, match=why):
        list(conversations(tmp_path / name))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadError, match="in this folder"):
        list(conversations(tmp_path))
