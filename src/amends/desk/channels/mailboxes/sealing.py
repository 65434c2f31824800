"""Secrets at rest: AES-GCM with a key that lies beside the database and never in it.

A sealed text names what it is for; copied into another row or another field it opens nothing.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_FILE = "mailboxes.key"
_KIND = "1."
_NONCE = 12  # bytes, as the cipher asks


class UnableToUnseal(Exception):
    """The key is another one, or the text was sealed for something else."""


def seal(plain: str, *, about: str) -> str:
    """Encrypt a secret; an empty one stays empty."""
    if not plain:
        return ""
    nonce = secrets.token_bytes(_NONCE)
    return _KIND + base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, plain.encode(), about.encode())).decode()


def unseal(sealed: str, *, about: str) -> str:
    """
    Decrypt what was sealed for the same purpose.

    :raises UnableToUnseal: if the key does not fit
    """
    if not sealed:
        return ""
    try:
        raw = base64.b64decode(sealed.removeprefix(_KIND), validate=True)
        return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise UnableToUnseal("The key in the data folder does not open this secret.") from error


def _key() -> bytes:
    """The key of this desk, made at the first use; `AMENDS_MAILBOX_KEY` names another one."""
    if given := os.environ.get("AMENDS_MAILBOX_KEY"):
        return _read(given)
    place = Path(settings.DATA) / KEY_FILE
    if not place.exists():
        _make(place)
    return _read(place.read_text(encoding="ascii"))


def _read(text: str) -> bytes:
    key = base64.urlsafe_b64decode(text.strip() + "==")
    if len(key) != 32:
        raise UnableToUnseal("The key of the mailboxes is not 32 bytes long.")
    return key


def _make(place: Path) -> None:
    """Write a key; of two processes that do so at the same moment, one wins and both read that one."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii"), encoding="ascii")
    try:
        place.hardlink_to(draft)
    except FileExistsError:
        pass  # the other process was quicker
    finally:
        draft.unlink()
