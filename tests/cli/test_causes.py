import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from amends.cli.causes import command

ITEMS = [
    {
        "id": "a",
        "lang": "en",
        "domain": "water",
        "text": "The pump leaks and the display is cracked.",
        "resolution": "",
    },
    {
        "id": "b",
        "lang": "tr",
        "text": "Benim hatam, kılavuzu okumamışım.",
        "layer": "product",
        "optional": [],
        "theme": "x",
    },
    {"id": "c", "text": "پستچی بسته را وسط طوفان پشت در گذاشته بود."},
    {"id": "d", "lang": "mn", "text": "Ажилтан ээжийг минь загнаж, бүдүүлэг харьцсан.", "resolution": None},
]


@pytest.fixture(autouse=True)
def _by_cues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.engine.languages.vectors.load_vectors", lambda: None)


def causes(path: Path, *args: str) -> Result:
    return CliRunner().invoke(command, ["--input", str(path), *args])


def written(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def test_each_item_gets_its_layer_in_its_language(tmp_path: Path) -> None:
    result = causes(written(tmp_path / "items.jsonl", *ITEMS), "--format", "jsonl")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(one["id"], one["layer"]) for one in found] == [
        ("a", "product"),
        ("b", "customer"),
        ("c", "third-party"),
        ("d", "employee"),
    ]
    assert all(set(one) == {"id", "layer", "confidence", "words"} for one in found)
    assert all(0 < one["confidence"] <= 1 and one["words"] for one in found)


def test_labels_are_never_read(tmp_path: Path) -> None:
    plain = {key: ITEMS[1][key] for key in ("id", "lang", "text")}
    outs = {causes(written(tmp_path / "i", one), "--format", "jsonl").stdout for one in (ITEMS[1], plain)}
    assert len(outs) == 1


def test_the_closing_note_counts(tmp_path: Path) -> None:
    item = {
        "id": "n",
        "lang": "en",
        "text": "It does not heat any more.",
        "resolution": "Customer overlooked the manual.",
    }
    found = json.loads(causes(written(tmp_path / "i", item), "--format", "jsonl").stdout)
    assert found["layer"] == "customer"


def test_people_read_names(tmp_path: Path) -> None:
    result = causes(written(tmp_path / "i", ITEMS[0]))
    assert result.stdout.startswith("a: Product, Broken or faulty (")
    assert "“leaks”" in result.stdout


def test_nothing_to_go_by_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "i", {"id": "h", "lang": "en", "text": "Good morning."})
    assert json.loads(causes(path, "--format", "jsonl").stdout) == {
        "id": "h",
        "layer": None,
        "confidence": 0,
        "words": [],
    }
    assert causes(path).stdout == "h: nothing points anywhere.\n"


def test_bad_lines_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = written(
        tmp_path / "i",
        '{"id": "x"',
        ITEMS[0],
        {"id": "y"},
        {"id": "z", "lang": "de", "text": "Kaputt."},
        "",
        [1],
        ITEMS[1],
    )
    result = causes(path, "--format", "jsonl")
    assert result.exit_code == 2
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "b"]
    said = result.stderr.splitlines()
    assert said[0].startswith(f"{path}:1: not a whole JSON object")
    assert said[1:] == [
        f"{path}:3: neither 'text', as of a complaint, nor 'turns', as 'amends export' writes them",
        f"{path}:4: 'lang' is 'de'; amends reads en, fa, mn, tr",
        f"{path}:6: a JSON object is expected, not a list",
    ]


def test_a_line_without_an_id_is_called_by_its_number(tmp_path: Path) -> None:
    result = causes(written(tmp_path / "i", "", {"text": "The pump leaks."}), "--language", "en", "--format", "jsonl")
    assert json.loads(result.stdout)["id"] == "2"


@pytest.mark.parametrize(
    ("args", "why"),
    [((), "cannot be read: No such file"), (("--language", "de"), "--language de: amends reads en, fa, mn, tr.")],
)
def test_what_cannot_be_read_ends_with_two(tmp_path: Path, args: tuple[str, ...], why: str) -> None:
    result = causes(tmp_path / "gone.jsonl", *args)
    assert result.exit_code == 2
    assert why in result.stderr
    assert "Traceback" not in result.output


def test_it_reads_what_the_desk_exports(tmp_path: Path) -> None:
    talk = {
        "version": 1,
        "id": "1007",
        "as_of": "2026-10-14T09:00:00+03:00",
        "facts": {"customer_id": "7", "language": "en", "cause": {"layer": "message"}},
        "turns": [
            {"by": "customer", "text": "The pump leaks and the display is cracked.", "language": "en", "heat": 1},
            {"by": "agent", "text": "I am sorry. You get a new pump on Friday.", "language": "en"},
        ],
        "working": {"zone": "Europe/Istanbul", "week": {"0": [["09:00", "18:00"]]}},
        "limits": {"hold": "5"},
    }
    result = causes(written(tmp_path / "export.jsonl", talk, ITEMS[0]), "--format", "jsonl")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(one["id"], one["layer"]) for one in found] == [("1007", "product"), ("a", "product")]


def test_a_line_of_another_kind_is_told_what_to_hold(tmp_path: Path) -> None:
    result = causes(written(tmp_path / "other.jsonl", {"id": "x", "reply": "Hello"}))
    assert result.exit_code == 2
    assert "neither 'text'" in result.stderr
    assert "amends export" in result.stderr
