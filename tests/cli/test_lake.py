"""`amends export --parquet`: what has ended, by day, kept as it stands at the desk, and read by `amends audit`."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from amends.cli import main
from amends.desk.complaints.actions import open_complaint
from amends.desk.complaints.models import Complaint, Stage
from amends.desk.customers.models import Customer
from amends.desk.people.models import Agent
from amends.intake.formats import conversations
from amends.intake.lines import UnableToReadError

DAY = datetime(2026, 10, 14, 6, 0, tzinfo=UTC)


def run(*arguments: str | Path) -> Result:
    return CliRunner(catch_exceptions=False).invoke(main, [str(argument) for argument in arguments])


def days(folder: Path) -> dict[str, list[str]]:
    return {
        path.parent.name: pq.ParquetFile(path).read(["id"]).column("id").to_pylist()
        for path in sorted(folder.glob("*/*.parquet"))
    }


def ends(complaint: Complaint, *, at: datetime, stage: Stage = Stage.CLOSED) -> None:
    fields: dict[str, Any] = {"stage": stage, "closed_at": at, "resolved_at": at, "last_event_at": at}
    Complaint.objects.filter(pk=complaint.pk).update(**fields)


@pytest.mark.django_db
def test_a_folder_is_kept_as_the_desk_stands_and_read_by_the_audit(tmp_path: Path) -> None:
    owner = Agent.objects.create_user(email="deniz@desk.example", name="Deniz Kaya", languages=["tr"])
    customer = Customer.objects.create(name="Ayşe Yılmaz", language="tr", created_at=DAY)
    words = {"subject": "Kargo", "text": "Kargom gelmedi.", "language": "tr", "channel": "form"}
    some = [open_complaint(customer=customer, owner=owner, now=DAY, **words)[0] for _ in range(4)]
    for at, one in enumerate(some[:3]):
        ends(one, at=DAY + timedelta(days=at // 2), stage=(Stage.CLOSED, Stage.RESOLVED)[at % 2])
    lake, numbers = tmp_path / "lake", [str(one.number) for one in some]

    with mock.patch("amends.desk.upkeep.lake._row", side_effect=RuntimeError), pytest.raises(RuntimeError):
        run("export", "--parquet", lake)
    assert [path for path in lake.rglob("*") if path.is_file()] == []

    told = run("export", "--parquet", lake)
    assert told.stderr == "Days written: 2, with 3 complaints. Unchanged: 0. Removed: 0.\n"
    assert days(lake) == {"ended=2026-10-14": numbers[:2], "ended=2026-10-15": numbers[2:3]}
    assert all(path.stat().st_mode & 0o077 == 0 for path in lake.glob("*/*.parquet"))
    assert "Unchanged: 2" in run("export", "--parquet", lake).stderr

    ends(some[2], at=DAY, stage=Stage.ANSWERED)  # it was opened again
    ends(some[3], at=DAY + timedelta(days=2))
    left = lake / ".half-killed"  # of a run that was killed
    left.mkdir()
    (left / "half").write_bytes(b"words")
    os.utime(left, (1, 1))
    first = lake / "ended=2026-10-14" / "conversations.parquet"
    before = first.stat().st_mtime_ns
    assert "Days written: 1, with 1 complaints. Unchanged: 1. Removed: 1." in run("export", "--parquet", lake).stderr
    assert days(lake) == {"ended=2026-10-14": numbers[:2], "ended=2026-10-16": numbers[3:]}
    assert (first.stat().st_mtime_ns, left.exists()) == (before, False)
    first.write_bytes(b"PAR1 cut")
    assert "Days written: 1" in run("export", "--parquet", lake).stderr

    Customer.objects.update(name="Ayşe Demir")  # corrected, without a word in the complaint
    assert "Days written: 2" in run("export", "--parquet", lake).stderr
    assert "Yılmaz" not in json.dumps([str(talk) for path in lake.glob("*/*.parquet") for talk in conversations(path)])

    audited = run("audit", lake, "--out", tmp_path / "audit", "--workers", "1")
    assert (audited.exit_code, audited.stderr) == (0, "")
    assert json.loads((tmp_path / "audit/summary.json").read_text(encoding="utf-8"))["conversations"] == 3

    assert "Days written: 2" in run("export", "--parquet", lake, "--without-names").stderr
    held = json.dumps([str(talk) for path in lake.glob("*/*.parquet") for talk in conversations(path)])
    assert "Kargom gelmedi." in held
    assert "Deniz" not in held


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "why"),
    [((), "Say where it goes"), (("--parquet", "x", "--closed"), "keeps all that has ended")],
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], why: str) -> None:
    told = run("export", *arguments)
    assert told.exit_code == 2
    assert why in told.stderr


def test_other_parquet_is_refused_by_name(tmp_path: Path) -> None:
    import pyarrow as pa

    pq.write_table(pa.table({"a": [1]}), tmp_path / "findings.parquet")
    with pytest.raises(UnableToReadError, match="has no column 'conversation'"):
        list(conversations(tmp_path / "findings.parquet"))
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    with pytest.raises(UnableToReadError, match=r"cut\.parquet: cannot be read"):
        list(conversations(tmp_path / "cut.parquet"))
