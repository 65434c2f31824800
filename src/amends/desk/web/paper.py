"""Setting paper: a Typst source of a room and the words that it says, as PDF or SVG, in the desk's own letters.

Words come in as data and are never read as markup. The letters ship with the package, beside those of the pages.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from django.utils.safestring import SafeString

from amends.desk.web import wording

LETTERS: Final = "Source Sans 3, Vazirmatn"
# The light colours of the design system, as static/insight/paper.css prints pages in.
COLOURS: Final = {
    "--color-base-100": "#ffffff",
    "--color-base-300": "#d8d4cc",
    "--color-base-content": "#27241f",
    "--color-primary": "#0f5f63",
    "--color-primary-content": "#ffffff",
    "--color-secondary": "#5c564e",
    "--color-secondary-content": "#ffffff",
    "--color-info": "#2f5f7d",
    "--color-info-content": "#ffffff",
    "--color-success": "#2a6a3e",
    "--color-error": "#b3261e",
    "--soft": "#5f5951",
}
_DOOR: Final = re.compile(r"</?a\b[^>]*>| data-[a-z]+(?=>)")  # and the marks that only a page reads
_COLOUR: Final = re.compile(r"var\((--[a-z0-9-]+)\)")


def typeset(source: bytes, told: dict[str, Any], *, language: str, form: Literal["pdf", "svg", "png"] = "pdf") -> bytes:
    """Set a source, which finds what it has to say as `told`, with the reader's language and direction."""
    import typst  # a library of 80 MB, for those who print

    whole = {**told, "language": language, "direction": wording.direction(language)}
    made: Any = typst.compile(source, format=form, font_paths=[str(_fonts())], sys_inputs={"told": json.dumps(whole)})
    return bytes(made)


def drawn(svg: SafeString) -> str:
    """Return a picture of a page for paper: it opens nothing, and brings its colours and letters along."""
    plain = _COLOUR.sub(lambda found: COLOURS[found[1]], _DOOR.sub("", str(svg)))
    return plain.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{LETTERS}" ', 1)


def _fonts() -> Path:
    return Path(str(resources.files("amends.desk.web") / "static" / "built" / "paper"))
