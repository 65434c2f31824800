"""Write into docs/export.md which fields stand in the files of `amends export --everything`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "export.md"
BELOW = "## Field by field\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        os.environ["AMENDS_DATA"] = data
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.desk.settings")
        import django

        django.setup()
        from amends.desk.upkeep.everything import describe

        above = PAGE.read_text(encoding="utf-8").partition(BELOW)[0]
        PAGE.write_text(f"{above}{BELOW}\n{describe()}", encoding="utf-8")


if __name__ == "__main__":
    main()
