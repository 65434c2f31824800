"""What lets the version before work on the newest schema: where it takes that version from. It runs in `make soak`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools"))

import older  # noqa: E402


def history(root: Path) -> list[str]:
    """A history in which a schema was kept, and went on after it; its commits, the last one first."""
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    for message in ("kept", "after it"):
        (root / "more").write_text(message, encoding="ascii")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "--message", message], check=True)
    told = subprocess.run([*git, "log", "--format=%H"], check=True, capture_output=True, text=True)
    return told.stdout.split()


@pytest.mark.skipif(shutil.which("git") is None, reason="without git there is no history")
def test_the_version_before_is_that_of_the_newest_schema(tmp_path: Path) -> None:
    (schemas := tmp_path / "whole/tests/desk/upkeep/schemas").mkdir(parents=True)
    for name in ("early", "2026-11-22", "2026-11-23"):
        (schemas / f"{name}.sqlite3.xz").write_bytes(name.encode())
    assert older.before(tmp_path / "whole") is None  # a folder that was unpacked has no history

    subprocess.run(["git", "init", "--quiet", str(tmp_path / "whole")], check=True)
    _after, kept = history(tmp_path / "whole")
    assert older.before(tmp_path / "whole") == kept

    clone = ["git", "clone", "--quiet", "--depth", "1", (tmp_path / "whole").as_uri(), str(tmp_path / "shallow")]
    subprocess.run(clone, check=True)
    assert older.before(tmp_path / "shallow") is None  # nor has a part of one


@pytest.mark.parametrize(
    ("link", "is_followed"),
    [("/desk/1/", True), ("/desk/live/", False), ("https://elsewhere.example/desk/", False)],
)
def test_a_crawl_stays_at_the_desk_and_off_endless_lines(
    monkeypatch: pytest.MonkeyPatch, link: str, *, is_followed: bool
) -> None:
    asked: list[str] = []

    def answer(one: older.Somebody, path: str) -> tuple[int, str, str]:
        asked.append(path)
        return 200, one.desk + path, f'<a href="{link}">'

    monkeypatch.setattr(older.Somebody, "ask", answer)
    older.crawl(older.Somebody("http://127.0.0.1:1"))
    assert asked == ["/desk/", link] if is_followed else ["/desk/"]
