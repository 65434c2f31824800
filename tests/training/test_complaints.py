import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from amends.engine.causes import LAYERS

FOLDER = Path(__file__).resolve().parents[2] / "training" / "causes"
_spec = importlib.util.spec_from_file_location("complaints", FOLDER / "complaints.py")
assert _spec is not None
assert _spec.loader is not None
complaints = importlib.util.module_from_spec(_spec)
sys.modules["complaints"] = complaints  # where its dataclasses look for their module
_spec.loader.exec_module(complaints)


@pytest.mark.parametrize("language", ["en", "fa", "mn", "tr"])
def test_every_language_has_enough_of_every_layer(language: str) -> None:
    found = list(complaints.read_file(FOLDER / f"{language}.txt"))
    layers = Counter(one.layer for one in found)
    assert len(found) >= 300
    assert all(layers[layer] >= 50 for layer in LAYERS)
    assert 0.3 < sum(bool(one.note) for one in found) / len(found) < 0.7


def test_a_line_is_theme_words_and_note(tmp_path: Path) -> None:
    path = tmp_path / "en.txt"
    path.write_text(
        "# about parcels\n\nlate ?third-party: Where is it? || Never sent.\n& courier: Where is it?\nweak: Thin.\n",
        encoding="utf-8",
    )
    first, second, third = complaints.read_file(path)
    assert (first.layer, first.theme, first.text, first.note) == ("process", "late", "Where is it?", "Never sent.")
    assert first.optional == {"third-party"}
    assert (second.layer, second.note, second.scene) == ("third-party", "", first.scene)
    assert third.scene != first.scene


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("late Where is it?", "a complaint is"),
        ("tardy: Where is it?", "no such theme: tardy"),
        ("late ?weather: Where is it?", "no such layer: weather"),
        ("late ?process: Where is it?", "process is the layer of late already"),
        ("& late: Where is it?", "'&' needs a complaint above it"),
    ],
)
def test_a_bad_line_is_told_with_its_place(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "en.txt"
    path.write_text(f"# one\n{line}\n", encoding="utf-8")
    with pytest.raises(complaints.BadComplaintError, match=f"{path}:2: {why}"):
        list(complaints.read_file(path))


def test_the_same_line_does_not_count_twice(tmp_path: Path) -> None:
    path = tmp_path / "en.txt"
    path.write_text("weak: Thin.\nweak: Thin.\n", encoding="utf-8")
    with pytest.raises(complaints.BadComplaintError, match=":2: this line stands here twice"):
        list(complaints.read_file(path))
