"""
Parse the cue files of all languages once, for the program to read them faster.

What it makes lies beside the cue files, is not committed, and goes out with the wheel.
"""

from __future__ import annotations

from pathlib import Path

from amends.engine import languages
from amends.engine.causes.cues import compile_cause_cues
from amends.engine.languages import parsed
from amends.engine.languages.cues import compile_cues
from amends.engine.languages.phrase import Phrase


def main() -> None:
    for code in languages.codes():
        language = languages.get(code)
        for file in parsed.FILES:
            tables, phrases = parsed.read(code, file)
            if phrases:
                continue
            made: dict[str, Phrase] = {}
            compiling = compile_cues if file == "cues" else compile_cause_cues
            compiling(tables, language=language, parsed=made)
            Path(str(parsed.place(code, file))).write_text(parsed.as_json(code, file, phrases=made), encoding="utf-8")


if __name__ == "__main__":
    main()
