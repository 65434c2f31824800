"""What `deploy/` says fits the program: files are well formed, commands and options exist, variables are read.

What can be wrong without anybody who runs it is a name: of a command, an option, a variable, a volume, a service, a
probe's address or a file. `make image` runs the compose file.
"""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from amends.cli import main

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SETTINGS = (ROOT / "src/amends/desk/settings/__init__.py").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())
PROBES = {"/health", "/ready"}


def read_variables() -> set[str]:
    """Every variable that the program reads."""
    found: set[str] = set()
    for file in (ROOT / "src/amends").rglob("*.py"):
        names = re.findall(r"\b(?:AMENDS_[A-Z_]+|AWS_[A-Z_]+|DATABASE_URL|PORT)\b", file.read_text(encoding="utf-8"))
        found.update(names)
    return found


def assert_is_run(command: list[str]) -> None:
    """A command of ours exists, with each of its options."""
    words = [word.rpartition("/")[2] if at == 0 else word for at, word in enumerate(command)]
    assert words[0] == "amends", command
    context = click.Context(main)
    found = main.get_command(context, words[1])
    assert found is not None, command
    known = {name for option in found.params for name in (*option.opts, *option.secondary_opts)}
    assert {word for word in words[2:] if word.startswith("-")} <= known, command


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    return found


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))


def pods() -> Iterator[dict[str, Any]]:
    for one in manifests():
        if "template" in one.get("spec", {}):
            yield one["spec"]["template"]["spec"]


def test_compose_runs_what_there_is() -> None:
    found = compose()
    services = found["services"]
    for service in services.values():
        if service.get("image") == "amends":
            assert_is_run(service["command"])
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
            assert (DEPLOY / f"{service['env_file']}.example").is_file()
        assert set(service.get("depends_on", {})) <= set(services)
        named = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert {name for name in named if not name.startswith(".")} <= set(found["volumes"])
        assert set(service.get("secrets", [])) <= set(found["secrets"])
        for check in service.get("healthcheck", {}).get("test", []):
            assert set(re.findall(r"127\.0\.0\.1:8000(/\w+)", check)) <= PROBES
    assert {"prepare", "web", "worker", "database", "proxy"} <= set(services)
    assert services["web"]["deploy"]["replicas"] >= 2


def test_what_runs_in_containers_may_write_its_data_only() -> None:
    for service in compose()["services"].values():
        if service.get("image") == "amends":
            assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
            assert service["security_opt"] == ["no-new-privileges:true"]
            assert service["init"]  # hears a signal from its first moment
    for pod in pods():
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is pod["enableServiceLinks"] is False
        for container in pod["containers"]:
            own = container["securityContext"]
            assert (own["allowPrivilegeEscalation"], own["readOnlyRootFilesystem"]) == (False, True)
            assert own["capabilities"] == {"drop": ["ALL"]}
            assert {"/data", "/tmp"} <= {mount["mountPath"] for mount in container["volumeMounts"]}
            assert container["resources"].keys() == {"requests", "limits"}
    deployments = {one["metadata"]["name"]: one["spec"] for one in manifests() if one["kind"] == "Deployment"}
    budgets = {one["metadata"]["name"]: one["spec"] for one in manifests() if one["kind"] == "PodDisruptionBudget"}
    assert budgets.keys() == deployments.keys()
    for name, told in budgets.items():
        assert told["selector"] == deployments[name]["selector"]
        assert told["maxUnavailable"] < deployments[name]["replicas"]


def test_all_that_run_are_of_one_image() -> None:
    assert len({container["image"] for pod in pods() for container in pod["containers"]}) == 1


def test_manifests_run_what_there_is() -> None:
    found = manifests()
    assert {one["kind"] for one in found} >= {"Job", "Deployment", "Service"}
    for one in found:
        assert one["apiVersion"]
        assert re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", one["metadata"]["name"])
    claims = {one["metadata"]["name"] for one in found if one["kind"] == "PersistentVolumeClaim"}
    for pod in pods():
        assert pod["securityContext"]["runAsNonRoot"]
        volumes = {volume["name"] for volume in pod.get("volumes", [])}
        for container in pod["containers"]:
            assert_is_run(container["command"])
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                if probe in container:
                    assert container[probe]["httpGet"]["path"] in PROBES
                    assert container[probe]["httpGet"]["port"] in {port["containerPort"] for port in container["ports"]}
        for volume in pod["volumes"]:
            if "persistentVolumeClaim" in volume:
                assert volume["persistentVolumeClaim"]["claimName"] in claims
    labels = [one["spec"]["template"]["metadata"]["labels"] for one in found if one["kind"] == "Deployment"]
    assert all(one["spec"]["selector"] in labels for one in found if one["kind"] == "Service")


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_run_what_there_is(unit: Path) -> None:
    parsed = configparser.ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read(unit)
    if unit.suffix == ".timer":
        assert (unit.with_suffix(".service")).is_file()
        return
    assert_is_run(shlex.split(parsed["Service"]["ExecStart"]))
    after = parsed["Unit"].get("Requires", "").split()
    assert all((DEPLOY / "systemd" / name).is_file() for name in after)
    assert parsed["Service"]["User"] != "root"
    if verify := shutil.which("systemd-analyze"):  # programs of the units are not installed here: only grammar counts
        told = subprocess.run([verify, "verify", str(unit)], capture_output=True, text=True, check=False)
        bad = [line for line in told.stderr.splitlines() if unit.name in line and "not executable" not in line]
        assert [line for line in bad if "Unknown" in line or "Missing" in line or "Failed to parse" in line] == []


def test_every_variable_of_the_examples_is_read() -> None:
    lines = (DEPLOY / "amends.env.example").read_text(encoding="utf-8").splitlines()
    told = {line.lstrip("#").partition("=")[0] for line in lines if re.match(r"#?[A-Z_]+=", line)}
    for one in manifests():
        for pod in [one["spec"]["template"]["spec"]] if "template" in one.get("spec", {}) else []:
            told |= {pair["name"] for container in pod["containers"] for pair in container.get("env", [])}
    for unit in UNITS:
        told |= set(re.findall(r"^Environment=(\w+)=", unit.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert told <= read_variables()
    assert {"DATABASE_URL", "AMENDS_SECRET_KEY", "AMENDS_MAILBOX_KEY", "AMENDS_PROXIES"} <= told


def test_every_variable_of_the_settings_is_told() -> None:
    read = set(re.findall(r'environ(?:\.get\(|\[)"(AMENDS_[A-Z_]+)"', SETTINGS))
    page = (ROOT / "docs/administration.md").read_text(encoding="utf-8")
    head = SETTINGS.partition('"""')[2].partition('"""')[0]
    assert {name for name in read if name not in head and name not in page} == set()
    assert len(read) > 10


def test_the_image_has_one_version_of_each_package() -> None:
    def versions(lock: str) -> dict[str, str]:
        text = (ROOT / lock).read_text(encoding="utf-8")
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))

    desk, image = versions("requirements.lock"), versions("deploy/requirements.lock")
    assert {name: (image[name], desk[name]) for name in image.keys() & desk if image[name] != desk[name]} == {}
    assert {"boto3", "opentelemetry-sdk"} <= image.keys()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[^a-z0-9-]", one)[0] for one in project["project"]["dependencies"]}
    assert wanted <= image.keys()
    workshop = {re.split(r"[^a-z0-9-]", one)[0] for one in project["dependency-groups"]["dev"]}
    assert image.keys() & workshop == set()  # nothing of what tests and builds need
    assert "deploy/requirements.lock" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_the_proxy_speaks_to_what_runs_and_keeps_figures_inside() -> None:
    said = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert said.count("{") == said.count("}")
    host, port = re.findall(r"^\s*set \$desk (\w+):(\d+);", said, flags=re.MULTILINE)[0]
    assert host in compose()["services"]
    assert port == "8000"
    assert re.search(r"location ~ \^/\(health\|ready\|metrics\)", said)
    assert "proxy_buffering off" in said
    assert "X-Forwarded-For $remote_addr" in said
