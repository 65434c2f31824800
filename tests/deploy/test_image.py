"""The image as deploy/Dockerfile writes it: no engine builds it here, so each line is held against what it leans on."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_manifests import DEPLOY, ROOT, assert_is_run, compose, pods

PLACE = "/data"  # AMENDS_DATA


def steps() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each with what stands behind it."""
    text = re.sub(r"^\s*#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def said(word: str) -> list[str]:
    return [rest for one, rest in steps() if one == word]


def ignored(file: Path) -> set[str]:
    """Return the patterns of a file of them, without what only says where they begin."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {line.removeprefix("**/").strip("/") for line in lines if line and not line.startswith("#")}


def test_only_instructions_that_there_are() -> None:
    assert {word for word, _ in steps()} <= {
        *("CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "LABEL", "RUN", "USER", "VOLUME", "WORKDIR"),
    }


def test_both_stages_have_the_python_that_the_desk_is_made_for() -> None:
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    images = [one.split()[0] for one in said("FROM")]
    assert len(images) == 2
    assert set(images) == {f"python:{version}-slim"}  # .venv names the interpreter by its place


def test_what_is_run_while_it_is_built_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z/-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    runs = [command.split() for line in said("RUN") for command in line.split("&&")]
    assert {words[1] for words in runs if words[0] == "make"} == {"setup"}
    assert "setup" in targets
    for words in runs:
        for word in words:
            if word.endswith(".lock"):
                assert (ROOT / word).is_file(), word


def test_what_is_left_out_is_what_git_leaves_out_too() -> None:
    """Nothing that the build needs is missing, and nothing secret is copied into the image."""
    left_out = ignored(DEPLOY / "Dockerfile.dockerignore")
    assert left_out - {".git"} <= ignored(ROOT / ".gitignore")
    filled_in = {f"deploy/{service['env_file']}" for service in compose()["services"].values() if "env_file" in service}
    filled_in |= {f"deploy/{secret['file']}" for secret in compose()["secrets"].values()}
    filled_in |= {
        f"deploy/{source.removeprefix('./')}"
        for service in compose()["services"].values()
        for source in (one.partition(":")[0] for one in service.get("volumes", []))
        if source.startswith("./") and not (DEPLOY / source).exists()
    }
    assert filled_in == {"deploy/amends.env", "deploy/certificates", "deploy/database.password"}
    assert filled_in <= left_out


def test_it_runs_as_somebody_who_may_write_where_it_writes() -> None:
    (user,) = said("USER")
    made = next(line for line in said("RUN") if "useradd" in line)
    (number,) = re.findall(r"--uid (\d+)", made)
    assert made.split("&&")[0].split()[-1] == user
    owned = re.findall(r"--owner (\w+) .*?((?: /\w+(?:/\w+)*)+)$", made)
    assert owned[0][0] == user
    places = set(owned[0][1].split())
    mounted = {
        volume.split(":")[1]
        for service in compose()["services"].values()
        for volume in service.get("volumes", [])
        if service.get("image") == "amends"
    }
    for pod in pods():
        assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == int(number)
        for container in pod["containers"]:
            mounted |= {mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounted <= places  # a new volume over a place that the image lacks belongs to root
    assert said("VOLUME") == [PLACE]
    assert f"AMENDS_DATA={PLACE}" in said("ENV")[0].split()
    order = [word for word, _ in steps()]
    assert order.index("USER") > max(at for at, word in enumerate(order) if word == "RUN")


def test_what_it_begins_with_exists() -> None:
    (command,) = said("CMD")
    words = yaml.safe_load(command)
    assert_is_run(words)
    assert shlex.join(words) == "amends serve --host 0.0.0.0 --no-example"
    (port,) = said("EXPOSE")
    (path,) = re.findall(r"PATH=(\S+):\$PATH", said("ENV")[0])
    assert path == f"{said('WORKDIR')[0]}/.venv/bin"
    ports = {pair["containerPort"] for pod in pods() for one in pod["containers"] for pair in one.get("ports", [])}
    assert ports == {int(port)}
