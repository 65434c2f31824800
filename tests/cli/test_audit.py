import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.cli.audit import command
from amends.engine.languages.reading import USUAL_READERS

TABLE = 'Case,Author,Body\n1,Ayşe,Kargo gelmedi.\n1,Can K.,"En kısa sürede döneceğiz."\n'


def audit(*args: str) -> Result:
    return CliRunner().invoke(command, [*args, "--workers", "1"])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


MAPPED = ("--map", "text=Body", "--map", "by=Author", "--map", "id=Case", "--agent", "Can K.")


def test_it_writes_findings_figures_and_a_report(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = audit(str(table), *MAPPED, "--out", str(out), "--language", "fa")
    assert (result.exit_code, result.stderr) == (0, "")
    assert {path.name for path in out.iterdir()} == {"findings.parquet", "summary.json", "report.html"}
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["version"], summary["conversations"], summary["replies"]) == (1, 1, 1)
    assert 'dir="rtl"' in (out / "report.html").read_text(encoding="utf-8")
    assert summary["read_by"] == "cues"
    assert "Replies read: 1, by cues alone" in result.stdout


def test_the_report_names_the_learned_reader_where_it_read(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = audit(str(table), *MAPPED, "--out", str(out), "--reader", "best")
    assert result.exit_code == 0
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["read_by"] == "best"
    assert "by cues and the learned reader" in result.stdout
    assert "the learned reader together" in (out / "report.html").read_text(encoding="utf-8")


def test_the_learned_reader_is_named_only_where_it_is_there(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amends.engine.languages.learned.best_readers", lambda **_: USUAL_READERS)
    out = tmp_path / "out"
    audit(str(table), *MAPPED, "--out", str(out), "--reader", "best")
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["read_by"] == "cues"


def test_lines_left_out_are_told_and_end_with_one(table: Path, tmp_path: Path) -> None:
    table.write_text(TABLE + "2,Can K.\n", encoding="utf-8")
    result = audit(str(table), *MAPPED, "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert f"{table}:4: 2 cells where the head has 3" in result.stderr
    assert "Left out: 1." in result.stderr


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("{table}",), "export.csv:1: no column for by. The columns are: Case, Author, Body."),
        (("{table}", "--map", "text=Corps"), "export.csv:1: no column 'Corps' (for text)."),
        (("{table}", "--map", "words=Body"), "--map words=Body: write OURS=COLUMN"),
        (("gone.csv",), "gone.csv: there is no such file"),
        (("{table}", "--language", "de"), "--language de: reports are written in en, fa, mn, tr."),
    ],
)
def test_what_cannot_be_read_ends_with_two_and_a_message(
    table: Path, tmp_path: Path, args: tuple[str, ...], why: str
) -> None:
    result = audit(*(arg.format(table=table) for arg in args), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert why in result.stderr
    assert "Traceback" not in result.output


def test_two_periods_and_two_exports_are_held_against_each_other(tmp_path: Path) -> None:
    head = "Case,At,Author,Body\n"
    late = [f'{n},2025-06-{1 + n % 28:02},customer,"The parcel is two weeks late."\n' for n in range(40)]
    rude = [f'{n + 40},2026-06-{1 + n % 28:02},customer,"The cashier was rude to me."\n' for n in range(40)]
    both, before, after = (tmp_path / name for name in ("both.csv", "before.csv", "after.csv"))
    both.write_text(head + "".join(late + rude), encoding="utf-8")
    before.write_text(head + "".join(late), encoding="utf-8")
    after.write_text(head + "".join(rude), encoding="utf-8")
    mapped = ("--map", "text=Body", "--map", "by=Author", "--map", "id=Case", "--map", "at=At")
    told = []
    for paths in ((both, "2026-01-01"), (after, str(before))):
        out = tmp_path / f"out-{len(told)}"
        result = audit(str(paths[0]), *mapped, "--compare", paths[1], "--out", str(out))
        assert result.exit_code == 0, result.output
        assert "Compared with 40 conversations before." in result.stdout
        found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
        told.append({(one["kind"], one["name"]): one["verdict"] for one in found["compared"]["changes"]})
        assert "What changed" in (out / "report.html").read_text(encoding="utf-8")
    assert told[0] == told[1]
    assert (told[0]["theme", "late"], told[0]["theme", "rudeness"]) == ("improved", "worse")


def test_what_is_neither_a_day_nor_a_file_is_refused(table: Path, tmp_path: Path) -> None:
    result = audit(str(table), *MAPPED, "--compare", "yesterday", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "no day" in result.stderr
