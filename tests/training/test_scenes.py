"""The training text: every file can be read, held-back scenes stay apart, and a wrong line is named."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training"))

import scenes
from scenes import HELD_BACK, LANGUAGES, BadSceneError, read_file, read_scenes


def test_all_scenes_can_be_read_and_have_replies():
    found = list(read_scenes())
    assert {scene.language for scene in found} == LANGUAGES
    assert all(scene.replies and all(reply.sentences for reply in scene.replies) for scene in found)


def test_no_sentence_of_some_length_is_trained_on_and_held_back():
    held, trained = set(), set()
    for scene in read_scenes():
        place = held if scene.sitting == HELD_BACK else trained
        place.update(said.text for reply in scene.replies for said in reply.sentences if len(said.text) > 40)
    assert held
    assert held & trained == set()


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("C Nothing began. {}", "a scene begins with"),
        ("== a | pigeon", "a scene is"),
        ("== a | mail\nC No braces", "a sentence is"),
        ("== a | mail\nC What? {flying}", "no such act"),
        ("== a | mail\nC We refund. {remedy}", "no act of the customer"),
        ("== a | mail\nR Too early. {}", "a reply begins with"),
        ("== a | mail\n-- sulking", "no such failing"),
        ("== a | mail\n--\nR Yes. {answer}\nC And? {}", "stands above"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, monkeypatch, lines, says):
    monkeypatch.setattr(scenes, "HERE", tmp_path)
    path = tmp_path / "en" / "first" / "shop.txt"
    path.parent.mkdir(parents=True)
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(BadSceneError, match=says) as caught:
        list(read_file(path))
    assert f"shop.txt:{len(lines.splitlines())}" in str(caught.value)
