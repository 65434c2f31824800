"""compose.yaml and the manifests obey the schemas of those who read them: no unknown key, no value of a wrong kind.

The schemas lie beside, without their prose (schemas/make.py).
"""

from __future__ import annotations

import copy
import json
import lzma
import sys
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_manifests import ROOT, compose, manifests

SCHEMAS = ROOT / "tests/deploy/schemas"


@cache
def schema(name: str) -> Any:
    return json.loads(lzma.decompress((SCHEMAS / f"{name}.json.xz").read_bytes()))


def troubles(name: str, told: Any) -> list[str]:
    reader = jsonschema.Draft202012Validator(schema(name))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in reader.iter_errors(told)]


def test_the_compose_file_obeys_the_specification() -> None:
    assert troubles("compose", compose()) == []


@pytest.mark.parametrize("told", manifests(), ids=lambda told: f"{told['kind']}-{told['metadata']['name']}")
def test_each_manifest_obeys_the_schema_of_its_kind(told: dict[str, Any]) -> None:
    assert troubles(told["kind"], told) == []


def test_a_key_that_nobody_knows_would_be_seen() -> None:
    found = copy.deepcopy(compose())
    found["services"]["web"]["polish"] = True
    found["services"]["worker"]["healthcheck"] = {"retries": []}
    assert len(troubles("compose", found)) >= 2
    deployment = copy.deepcopy(next(one for one in manifests() if one["kind"] == "Deployment"))
    deployment["spec"]["replica"] = deployment["spec"].pop("replicas")
    deployment["spec"]["template"]["spec"]["containers"][0]["ports"] = [{"containerPort": "8000"}]
    assert len(troubles("Deployment", deployment)) >= 2
