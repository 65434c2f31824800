"""Print the speech acts of a sentence: `tools/acts.py LANGUAGE agent|customer TEXT`."""

from __future__ import annotations

import sys
from typing import cast

from amends.engine import languages
from amends.engine.conversation import By
from amends.engine.languages.reading import USUAL_READERS
from amends.engine.languages.text import prepare


def main() -> None:
    """Read the text with the usual readers and print what they find."""
    code, by, said = sys.argv[1], cast("By", sys.argv[2]), " ".join(sys.argv[3:])
    text = prepare(said, language=languages.get(code))
    for reader in USUAL_READERS:
        for act in sorted(reader.read(text, by=by)):
            print(f"{act.kind:20} {act.confidence:.2f}  {said[act.start : act.end]}")


if __name__ == "__main__":
    main()
