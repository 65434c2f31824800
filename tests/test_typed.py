"""What the pages let somebody type is typed: each line is run here, or it is known which test runs it.

The lines are those of the pages, word by word, in an order in which each finds what it reads. What differs from a
reader's machine is told in `here`: folders of the system lie in one of the test's own.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_documentation import LANGUAGES, PAGES, ROOT, targets, typed

from amends.cli import main
from amends.desk.settings import files
from amends.engine.drills import script_of, situation
from amends.engine.drills.checking import good_road
from tests.intake.desks import speaking

AMENDS = str(Path(sys.executable).with_name("amends"))
TOLD = {  # at a desk, one after the other: a line, and what it says then
    "amends import zammad https://old.example --token-file key.txt --dry-run": "2 new",
    "amends import zammad https://old.example --token-file key.txt": "Brought: 2.",
    ".venv/bin/amends export --out conversations.jsonl": "Complaints written: 2.",
    "amends backup /var/backups/amends --key-file /etc/amends/backup.key": "encrypted",
    "amends restore amends-20261014T031000Z.backup --data /srv/desk --key-file backup.key": "Put back",
    "amends export --parquet /srv/lake --without-names": "Days written",
    "amends export --everything /srv/leaving": "/srv/leaving",
    "amends import amends /srv/leaving --source old-desk --dry-run": "2 new",
    "amends import amends /srv/leaving --source old-desk": "Brought: 2.",
}
READ = {  # without a desk, over what was exported
    ".venv/bin/amends audit conversations.jsonl --out audit --language en": "Conversations: 2.",
    ".venv/bin/amends audit conversations.jsonl --out report --language fa": "report",
    ".venv/bin/amends audit conversations.jsonl --out tailan --language mn": "tailan",
    ".venv/bin/amends audit yazismalar.jsonl --out rapor --language tr": "rapor",
    ".venv/bin/amends causes --input complaints.jsonl": "1: Product",
}
PLAYED = {
    ".venv/bin/amends drill --list": "tuesday-promise",
    "amends drill --list --language tr": "tuesday-promise",
    ".venv/bin/amends drill tuesday-promise --language tr": "tuesday-promise",
    "amends drill tuesday-promise --language tr": "tuesday-promise",
}
# What a test of seconds cannot run: where it is run, and the words there that run it.
ELSEWHERE = {
    "make run": ("tests/journeys/conftest.py", '[amends, "serve", *options]'),
    "AMENDS_DATA=my-desk .venv/bin/amends serve --empty": ("tests/journeys/test_first_run.py", '"--empty"'),
    "AMENDS_DATA=masam .venv/bin/amends serve --empty": ("tests/journeys/test_first_run.py", '"--empty"'),
    "AMENDS_DATA=minii-shiree .venv/bin/amends serve --empty": ("tests/journeys/test_first_run.py", '"--empty"'),
    "amends audit s3://lake/2026 --out report --cluster 10.0.0.5:6379": ("tests/scale/test_cluster.py", '"--cluster"'),
    "docker build --file deploy/Dockerfile --tag amends .": ("tools/image.py", '"buildx", "build"'),
    "docker logs amends": ("tools/image.py", '"logs"'),
}
SOMEBODY = """
from amends.desk.people.models import Agent
Agent.objects.create_user(email="deniz@acme.example", name="Deniz Kaya", languages=["en"])
"""
OF_DOCKER = {"--restart", "--stop-timeout", "--env"}  # of docker run; tools/image.py has no use for them


def lines() -> set[str]:
    return {" | ".join(map(shlex.join, line)) for page in PAGES for line in typed(page)}


def stands_in(told: str, line: str) -> bool:
    """Tell whether a line of these lists is that of a page; a shell's quotation marks around it may differ."""
    return shlex.split(told) == shlex.split(line)


def test_every_line_of_the_pages_is_run_or_known() -> None:
    there = lines()
    known = {*TOLD, *READ, *PLAYED, *ELSEWHERE}
    assert {one for one in known if not any(stands_in(one, line) for line in there)} == set(), "no page says this now"
    unknown = {line for line in there if not any(stands_in(one, line) for one in known)}
    unknown = {line for line in unknown if not re.search(r"^echo .* \| \S*amends check$", line)}  # test_documentation
    unknown = {line for line in unknown if not re.search(r"^(jq .* \| )?curl ", line)}  # tests/desk/api/test_typed.py
    unknown = {line for line in unknown if not line.startswith(("docker run ", "'AMENDS_FILES=", "AMENDS_FILES="))}
    assert unknown == set(), "a line of the pages that nothing runs: add it to one of the lists"


@pytest.mark.parametrize("line", ELSEWHERE)
def test_what_is_not_run_here_is_run_there(line: str) -> None:
    file, words = ELSEWHERE[line]
    assert words in (ROOT / file).read_text(encoding="utf-8")


def test_make_run_ends_with_what_the_journeys_run() -> None:
    assert {"run", "setup", "company"} <= targets()
    recipe = re.search(
        r"^run: setup company .*\n\t@(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert recipe is not None
    assert recipe[1] == "$(BIN)/amends serve"


def test_a_container_is_started_as_the_trial_of_the_image_starts_one() -> None:
    trial = (ROOT / "tools/image.py").read_text(encoding="utf-8")
    asked = {word for line in lines() if line.startswith("docker run ") for word in shlex.split(line)}
    options = {one for one in asked if one.startswith("--")}
    assert len(options) > 5
    assert {one for one in options if f'"{one}"' not in trial} <= OF_DOCKER


def test_what_is_set_before_a_start_is_understood() -> None:
    (line,) = (line for line in lines() if "AMENDS_FILES=" in line)
    store = files.store(shlex.split(line)[0].partition("=")[2])
    assert store is not None
    assert "store.example.org" in repr(store)


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Path:
    """A folder with what somebody has who types: a key, a key of a backup, and a desk of their own."""
    place = tmp_path_factory.mktemp("typed")
    for folder in ("etc/amends", "var/backups/amends", "srv"):
        (place / folder).mkdir(parents=True)
    (place / "key.txt").write_text("key of zammad\n", encoding="utf-8")
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    for name in ("etc/amends/backup.key", "backup.key"):
        (place / name).write_text(key, encoding="utf-8")
        (place / name).chmod(0o600)
    said = '{"id": "1", "text": "The pump leaks and the display is cracked.", "resolution": ""}\n'
    (place / "complaints.jsonl").write_text(said, encoding="utf-8")
    return place


def words_of(line: str, here: Path) -> Iterator[str]:
    for word in shlex.split(line)[1:]:
        if word.startswith(("/srv/", "/etc/", "/var/")):
            yield f"{here}{word}"
        elif re.fullmatch(r"amends-\d{8}T\d{6}Z\.backup", word):
            yield str(max((here / "var/backups/amends").iterdir()))
        else:
            yield word


@pytest.mark.enable_socket
def test_what_is_typed_at_a_desk_does_what_the_page_says(here: Path) -> None:
    """From another desk into this one, out of it in four ways, and into a third one."""
    env = {**os.environ, "AMENDS_DATA": str(here / "desk"), "LC_ALL": "C.UTF-8"}
    env.pop("DATABASE_URL", None)
    subprocess.run([AMENDS, "prepare"], env=env, cwd=here, check=True, capture_output=True)
    subprocess.run(
        [sys.executable, ROOT / "manage.py", "shell", "--command", SOMEBODY], env=env, check=True, capture_output=True
    )
    with speaking.speaking(speaking.zammad()) as old:
        key = next(iter(old.opens.values())).rpartition("=")[2].rpartition(" ")[2]
        (here / "key.txt").write_text(f"{key}\n", encoding="utf-8")
        for line, said in TOLD.items():
            asked = [old.base if word == "https://old.example" else word for word in words_of(line, here)]
            other = {"AMENDS_DATA": f"{here}/srv/desk"} if "/srv/leaving --source" in line else {}
            done = subprocess.run(
                [AMENDS, *asked], env=env | other, cwd=here, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            assert said in done.stdout + done.stderr, (line, done.stdout, done.stderr)
    (here / "yazismalar.jsonl").write_bytes((here / "conversations.jsonl").read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.setattr("amends.engine.languages.vectors.load_vectors", lambda: None)
        for line, said in READ.items():
            audited = ["--workers", "1"] if " audit " in line else []
            told = CliRunner().invoke(main, [*words_of(line, here), *audited])
            assert told.exit_code == 0, (line, told.output)
            assert said in told.output, (line, told.output)
        assert all((here / name / "report.html").is_file() for name in ("audit", "report", "tailan", "rapor"))


@pytest.mark.parametrize("line", PLAYED)
def test_drills_of_the_pages_are_played_to_their_end(line: str, tmp_path: Path) -> None:
    talk = script_of("tuesday-promise", "tr")
    road = good_road(situation("tuesday-promise"), talk)
    told = CliRunner().invoke(
        main, list(words_of(line, tmp_path)), input="".join(f"{one.answer}\n" for one in road.exchanges)
    )
    assert told.exit_code == 0, told.output
    assert (PLAYED[line] if "--list" in line else talk.endings["content"].means) in told.output


def test_the_pages_speak_all_languages_of_the_desk() -> None:
    assert {word for line in READ for word in line.split()[-1:]} >= set(LANGUAGES)
