"""How the three times are called."""

from __future__ import annotations

from django.utils.translation import gettext as _


def titles() -> dict[str, str]:
    return {
        "person": _("To a person"),
        "fix": _("To the fix"),
        "content": _("To the customer's word that they are content"),
    }
