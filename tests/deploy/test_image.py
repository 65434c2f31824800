"""The image as deploy/Dockerfile writes it, each line against what it leans on; `make image` builds and tries it."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
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
        *("ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "LABEL", "RUN", "USER", "VOLUME", "WORKDIR"),
    }


def test_what_is_built_runs_on_the_same_debian() -> None:
    """The interpreter of what is copied over is named by its place, and Debian has one version of it."""
    given = dict(one.split("=") for one in said("ARG"))
    assert given == {"BASE": "debian:trixie-slim", "WORKSHOP": "$BASE"}
    stages = [one.split() for one in said("FROM")]
    assert [words[0] for words in stages] == ["$WORKSHOP", "packages", "$BASE"]
    assert (ROOT / ".python-version").read_text(encoding="utf-8").strip() == "3.13"  # what trixie has
    installs = [line for line in said("RUN") if "apt-get install" in line]
    assert all(" python3" in line for line in installs)
    assert "--python /usr/bin/python3 /opt/amends" in " ".join(said("RUN"))


def test_what_is_run_while_it_is_built_exists() -> None:
    targets = set(re.findall(r"^([a-z][a-z/-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    runs = [command.split() for line in said("RUN") for command in line.split("&&")]
    assert {words[1] for words in runs if words[0] == "make"} == {"setup"}
    assert "setup" in targets
    locks = {word.lstrip("/") for words in runs for word in words if word.endswith("requirements.lock")}
    copied = {line.split()[0] for line in said("COPY") if line.split()[0].endswith(".lock")}
    assert {Path(one).name for one in copied} == locks
    assert all((ROOT / one).is_file() for one in copied)


def test_only_what_it_is_made_of_is_handed_over() -> None:
    """What is filled in beside compose.yaml, data and history never reach the builder."""
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    assert lines[0] == "*"
    let_in = {line.removeprefix("!") for line in lines if line.startswith("!")}
    left_out = [line for line in lines[1:] if not line.startswith("!")]
    assert lines[1:] == [*sorted(f"!{one}" for one in let_in), *left_out]  # the last pattern that fits decides
    assert {line.removeprefix("**/").strip("/") for line in left_out} <= ignored(ROOT / ".gitignore")
    missing = {one for one in let_in if not (ROOT / one).exists()}
    assert missing == set()
    needed = {"Makefile", "pyproject.toml", "requirements.lock", "src", "tools", "package.json", "package-lock.json"}
    assert needed | {"deploy/requirements.lock", ".python-version", "tsconfig.json"} <= let_in
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {project["readme"], *project["license-files"]} <= let_in


def test_what_is_filled_in_stays_out_of_the_history() -> None:
    filled_in = {f"deploy/{service['env_file']}" for service in compose()["services"].values() if "env_file" in service}
    filled_in |= {f"deploy/{secret['file']}" for secret in compose()["secrets"].values()}
    filled_in |= {
        f"deploy/{source.removeprefix('./')}"
        for service in compose()["services"].values()
        for source in (one.partition(":")[0] for one in service.get("volumes", []))
        if source.startswith("./") and not (DEPLOY / source).exists()
    }
    assert filled_in == {"deploy/amends.env", "deploy/certificates", "deploy/database.password"}
    assert filled_in <= ignored(ROOT / ".gitignore")


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
    mounted.discard("/tmp")  # anybody's
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
    assert path == "/opt/amends/bin"
    assert {line.split()[-1] for line in said("COPY") if "/desk" in line or "/opt" in line} == {"/opt/amends"}
    ports = {pair["containerPort"] for pod in pods() for one in pod["containers"] for pair in one.get("ports", [])}
    assert ports == {int(port)}
