import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.cli.check import command

VAGUE = "We will get back to you as soon as possible."
CLEAN = "I am sorry that it came late, Ms Shaw. I have sent a new one and will call you on Monday at 10:00."


def check(*args: str, reply: str = "", shell: str = "C") -> Result:
    env = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": shell}
    return CliRunner().invoke(command, [*args, "--now", "2026-11-20T10:00"], input=reply, env=env)


def test_findings_end_with_one_and_point_at_the_words() -> None:
    result = check("--language", "en", reply=VAGUE)
    assert result.exit_code == 1
    assert result.stdout.startswith("reply:1:1 vague-promise")


def test_a_clean_reply_ends_with_nought() -> None:
    result = check("--language", "en", reply=CLEAN)
    assert (result.exit_code, result.stdout.splitlines()[-1][:12]) == (0, "Failings: 0.")


@pytest.mark.parametrize(
    ("args", "shell", "language"),
    [
        ((), "tr_TR.UTF-8", "tr"),
        ((), "de_DE.UTF-8", "en"),
        ((), "", "en"),
        (("--reader-language", "fa"), "tr_TR", "fa"),
    ],
)
def test_what_stands_around_is_in_the_language_of_who_reads(
    monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], shell: str, language: str
) -> None:
    monkeypatch.setattr("amends.engine.report.checked.say", lambda message, code: f"{code}: {message}")
    result = check("--language", "en", *args, reply=VAGUE, shell=shell)
    assert result.stdout.splitlines()[-1].startswith(f"{language}: Failings: 1.")


def test_another_readers_language_is_refused() -> None:
    assert check("--reader-language", "de", reply=VAGUE).exit_code == 2


def test_a_file_is_called_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(VAGUE, encoding="utf-8")
    assert check(str(path)).stdout.startswith(f"{path}:1:1 vague-promise")


@pytest.mark.parametrize(
    "written",
    [
        '{"facts": {"customer_name": "Ms Shaw"}, "context": [{"by": "customer", "text": "Where is it?"}]}',
        '[{"by": "customer", "text": "Where is it?"}]',
        '{"by": "customer", "text": "Where is it?"}\n{"by": "agent", "text": "One moment."}',
        "name: Ms Shaw\ncustomer: Where is it?\nIt is late.\nagent: One moment.",
    ],
)
def test_a_context_may_be_written_in_four_ways(tmp_path: Path, written: str) -> None:
    path = tmp_path / "context"
    path.write_text(written, encoding="utf-8")
    result = check("--context", str(path), "--format", "json", reply=VAGUE)
    assert result.exit_code == 1
    assert json.loads(result.stdout)["id"] == "reply"


ITEMS = [
    {"id": "a", "facts": {"now": "2026-11-20T10:00"}, "context": [{"by": "customer", "text": "Late!"}], "reply": VAGUE},
    {"id": "b", "facts": {}, "context": [], "reply": CLEAN, "failings": [{"name": "heat", "words": "x"}]},
]


def test_items_come_out_one_a_line(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text("\n".join(map(json.dumps, ITEMS)), encoding="utf-8")
    result = check("--input", str(path), "--format", "jsonl")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [one["id"] for one in found] == ["a", "b"]
    assert [bool(one["failings"]) for one in found] == [True, False]
    assert found[1]["promises"][0]["due"] == "2026-11-23T10:00"


def test_labels_are_never_read(tmp_path: Path) -> None:
    outs = []
    for item in (ITEMS[1], {key: value for key, value in ITEMS[1].items() if key != "failings"}):
        path = tmp_path / "items.jsonl"
        path.write_text(json.dumps(item), encoding="utf-8")
        outs.append(check("--input", str(path), "--format", "jsonl").stdout)
    assert outs[0] == outs[1]


def test_a_bad_line_is_told_with_its_place_and_the_good_ones_go_on(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text('{"id": "a", "rep\n' + json.dumps(ITEMS[1]) + '\n{"id": "c"}\n', encoding="utf-8")
    result = check("--input", str(path), "--format", "jsonl")
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["b"]
    assert result.stderr.splitlines()[0].startswith(f"{path}:1: not a whole JSON object")
    assert result.stderr.splitlines()[1] == f"{path}:3: 'reply' is missing"


@pytest.mark.parametrize(
    ("args", "reply", "why"),
    [
        ((), "  \n", "reply: there is no reply to judge."),
        (("gone.txt",), "", "gone.txt: cannot be read: No such file or directory."),
        (("--input", "gone.jsonl"), "", "gone.jsonl: cannot be read: No such file or directory"),
        (("--language", "de"), VAGUE, "--language de: amends reads en, fa, mn, tr."),
        (("--input", "x.jsonl", "draft.txt"), "", "leave FILE and --context out"),
        (("--context", "gone.json"), VAGUE, "gone.json: cannot be read"),
    ],
)
def test_what_cannot_be_read_ends_with_two_and_a_message(args: tuple[str, ...], reply: str, why: str) -> None:
    result = check(*args, reply=reply)
    assert result.exit_code == 2
    assert why in result.stderr
    assert "Traceback" not in result.output


def test_bytes_that_are_no_text_are_refused() -> None:
    result = CliRunner().invoke(command, [], input=b"\xff\xfe")
    assert (result.exit_code, result.stderr) == (2, "amends check: reply: not UTF-8 at byte 1.\n")


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "sarif"])
@pytest.mark.parametrize(
    ("language", "reply"),
    [
        ("tr", "En kısa sürede size dönüş yapacağız."),
        ("fa", "در اسرع وقت با شما تماس می‌گیریم."),
        ("mn", "Бид тун удахгүй тантай холбогдох болно."),
    ],
)
def test_every_format_in_every_language(form: str, language: str, reply: str) -> None:
    result = check("--language", language, "--format", form, reply=reply)
    assert result.exit_code == 1
    assert "vague-promise" in result.stdout
