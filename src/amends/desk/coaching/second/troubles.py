"""What is wrong with the second reader, in plain words and with the next step."""

from __future__ import annotations

from django.utils.translation import gettext as _


def describe(code: str) -> str:
    return {
        "address": _("This address cannot be asked. It begins with http:// or https:// and often ends with /v1."),
        "key": _("The endpoint does not accept the key. Type it again."),
        "model": _("The endpoint knows no such model, or the address is not right: it often ends with /v1."),
        "sealed": _("The key cannot be opened with the key file in the data folder. Type it once more."),
        "busy": _("The endpoint is busy or out of order. It is asked again later, by itself."),
        "timeout": _("No answer came in time. A smaller model may answer sooner."),
        "unreachable": _("The endpoint cannot be reached from here. Check the address and the firewall."),
        "certificate": _("The certificate of the endpoint is not trusted."),
        "answer": _("The answer was not what was asked for. Another model may do better."),
    }.get(code, _("The endpoint said no."))
