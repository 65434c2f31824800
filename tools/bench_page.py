"""docs/benchmarks.md, made of what was measured: each part replaces its own section and leaves the others."""

from __future__ import annotations

import os
import platform
import re
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_MET: Final = {None: "–", True: "yes", False: "no"}
_HEAD: Final = "# How fast it is\n\nWritten by `make bench`; each part says when and on what it was measured.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure and its goal."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None  # nothing where there is no goal


def _python() -> str:
    # The same Python is a fifth to a third quicker on pages where it was built as distributions and uv build it.
    how = " built with profile-guided optimisation"
    is_optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    return f"Python {platform.python_version()}{how if is_optimised else ''}"


def put(section: str, figures: Sequence[Figure], *, on: date, note: str = "") -> None:
    """Write a section of the page."""
    load = os.getloadavg()[0]
    where = f"{on:%Y-%m-%d}, {_python()}, {os.cpu_count()} cores, load {load:.0f} while measuring."
    lines = [
        f"## {section}",
        "",
        f"{where} {note}".rstrip(),
        "",
        "| what | measured | goal | met |",
        "| --- | --- | --- | --- |",
        *(f"| {one.what} | {one.figure} | {one.goal or '–'} | {_MET[one.met]} |" for one in figures),
        "",
    ]
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else _HEAD
    head, *parts = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    others = {part.partition("\n")[0]: part.rstrip() + "\n" for part in parts}
    others[f"## {section}"] = "\n".join(lines)
    PAGE.write_text("\n".join([head.rstrip() + "\n", *others.values()]), encoding="utf-8")
