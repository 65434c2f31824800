"""What the organisation's own mail server said about spam. Who forges such a line sets only their own mail apart."""

from __future__ import annotations

import re

_END = re.compile(rb"\r?\n[ \t]*\r?\n")
_SIGNS = (
    ("X-Spam-Flag", re.compile(rb"^x-spam-flag[ \t]*:[ \t]*yes\b", re.IGNORECASE | re.MULTILINE)),
    ("X-Spam-Status", re.compile(rb"^x-spam-status[ \t]*:[ \t]*yes\b", re.IGNORECASE | re.MULTILINE)),
    ("X-Spam", re.compile(rb"^x-spam[ \t]*:[ \t]*(?:yes|true)\b", re.IGNORECASE | re.MULTILINE)),  # rspamd
    (
        "X-Forefront-Antispam-Report",
        re.compile(
            rb"^x-forefront-antispam-report(?:-untrusted)?[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*?\bSFV:SPM\b",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "X-MS-Exchange-Organization-SCL",
        re.compile(rb"^x-ms-exchange-organization-scl[ \t]*:[ \t]*[5-9]\b", re.IGNORECASE | re.MULTILINE),
    ),
    ("X-Yandex-Spam", re.compile(rb"^x-yandex-spam[ \t]*:[ \t]*[4-9]\b", re.IGNORECASE | re.MULTILINE)),
    ("X-Mailru-Spam", re.compile(rb"^x-(?:mailru-spam|mras)[ \t]*:[ \t]*(?:yes|spam)\b", re.IGNORECASE | re.MULTILINE)),
)
LONGEST_HEADERS = 256 * 1024


def sign_of_spam(raw: bytes) -> str:
    """The header by which a mail server says that this is spam; empty when none does."""
    end = _END.search(raw[:LONGEST_HEADERS])
    head = raw[: end.start()] if end else raw[:LONGEST_HEADERS]
    return next((name for name, pattern in _SIGNS if pattern.search(head)), "")
