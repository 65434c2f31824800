"""Scripts of the pages, run by the Node.js that builds them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import amends.desk.web

ROOT = Path(__file__).resolve().parents[3]
ASSETS = Path(amends.desk.web.__file__).parent / "assets"

sys.path.insert(0, str(ROOT / "tools"))
from build_front import node_folder  # noqa: E402

LOAD = """
const fs = require("fs");
const esbuild = require(process.argv[1]);
const load = (name) => {
  const source = fs.readFileSync(`${process.argv[2]}/${name}.ts`, "utf8");
  const module_ = { exports: {} };
  const code = esbuild.transformSync(source, { loader: "ts", format: "cjs" }).code;
  const beside = (path) => load(path.replace("./", ""));
  new Function("module", "exports", "require", code)(module_, module_.exports, beside);
  return module_.exports;
};
"""


@pytest.fixture(scope="session")
def in_node() -> Callable[..., Any]:
    """`in_node(script, …)` runs a script that may `load("spans")`, and returns what it prints as JSON."""
    esbuild = ROOT / "node_modules" / "esbuild"
    if not esbuild.exists():
        pytest.skip("node_modules is not there: run tools/build_front.py")

    def run(script: str, *more: str) -> Any:
        ran = subprocess.run(
            [str(node_folder() / "node"), "-e", LOAD + script, str(esbuild), str(ASSETS), *more],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"LC_ALL": "C.UTF-8"},
        )
        return json.loads(ran.stdout)

    return run
