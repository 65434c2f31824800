"""What the shell says of whoever types."""

from __future__ import annotations

import os


def language_of_the_shell() -> str:
    """Read the language from the places that gettext reads, in its order; English where none of ours is named."""
    from amends.engine import languages

    named = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    code = next((one for one in named if one), "")[:2]
    return code if languages.is_known(code) else "en"
