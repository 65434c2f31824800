"""A stream that is encrypted on its way into a file, in pieces, so that a backup of any size fits into any memory.

The file begins with MAGIC and one line of JSON that says how the key is made; then come pieces of AES-256-GCM. The
nonce of a piece counts up and says whether it is the last one, so that a file that was cut, or whose pieces were
moved, is refused and never half believed.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import io
import json
import secrets
from dataclasses import dataclass
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC: Final = b"AMENDS-BACKUP-1\n"
PIECE: Final = 1024 * 1024  # bytes of plain text
_TAG: Final = 16
_SCRYPT: Final = {"n": 2**16, "r": 8, "p": 1}  # 64 MB and a fraction of a second for each guess
_DEAREST: Final = 2**20  # no file makes this program take more memory than a gigabyte for its key
_LONGEST_HEAD: Final = 4096


class UnableToOpen(Exception):
    """The file is cut or altered, or the key is another one."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What a backup is sealed with: a passphrase, or a key of 32 bytes."""

    value: bytes
    is_key: bool = False

    @classmethod
    def passphrase(cls, words: str) -> Secret:
        """Seal with words that somebody remembers."""
        return cls(words.encode())

    @classmethod
    def key(cls, text: str) -> Secret:
        """Seal with 32 random bytes written in Base64, as `openssl rand -base64 32` makes them.

        :raises ValueError: if it is anything else
        """
        plain = text.strip().replace("-", "+").replace("_", "/").rstrip("=")
        try:
            found = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        except binascii.Error as error:
            raise ValueError("it is not Base64") from error
        if len(found) != 32:
            raise ValueError(f"it holds {len(found)} bytes and not 32")
        return cls(found, is_key=True)


class Sealing(io.RawIOBase):
    """Encrypts what is written; the file is whole only after `close`."""

    def __init__(self, file: IO[bytes], *, secret: Secret) -> None:
        super().__init__()
        salt, self._prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        head: dict[str, Any] = {"salt": _text(salt), "nonce": _text(self._prefix), "piece": PIECE}
        head |= {"key": "file"} if secret.is_key else {"key": "passphrase", **_SCRYPT}
        key, check = _derive(secret, salt=salt, head=head)
        self._head = json.dumps({**head, "check": _text(check)}, sort_keys=True).encode() + b"\n"
        self._cipher, self._file, self._count, self._held = AESGCM(key), file, 0, bytearray()
        file.write(MAGIC + self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take plain bytes."""
        self._held += data
        while len(self._held) > PIECE:  # the last piece is kept back: it has to be known as the last one
            self._put(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Write the last piece; a sealing that is given up is never finished."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._count, last=last), plain, self._head))
        self._count += 1


class Opening(io.RawIOBase):
    """Decrypts what is read; ends only after the last piece was seen."""

    def __init__(self, file: IO[bytes], *, secret: Secret) -> None:
        """Read the head.

        :raises UnableToOpen: when it is no head, or the secret does not fit
        """
        super().__init__()
        if file.read(len(MAGIC)) != MAGIC:
            raise UnableToOpen("this is no encrypted backup")
        self._head = file.readline(_LONGEST_HEAD)
        try:
            head = json.loads(self._head)
            self._prefix, self._piece = base64.b64decode(head["nonce"]), int(head["piece"])
            salt, check, kind = base64.b64decode(head["salt"]), base64.b64decode(head["check"]), head["key"]
            dear = 128 * int(head.get("n", 0)) * int(head.get("r", 0))
        except (ValueError, KeyError, TypeError) as error:
            raise UnableToOpen("the head of the file is cut or altered") from error
        if not 0 < self._piece <= 64 * PIECE or dear > 1024 * _DEAREST or kind not in {"file", "passphrase"}:
            raise UnableToOpen("the head of the file is altered")
        if (kind == "file") != secret.is_key:
            raise UnableToOpen(f"the backup was made with a {'key file' if kind == 'file' else 'passphrase'}")
        try:
            key, own = _derive(secret, salt=salt, head=head)
        except (ValueError, KeyError, TypeError) as error:
            raise UnableToOpen("the head of the file is altered") from error
        if not hmac.compare_digest(check, own):
            raise UnableToOpen(f"the {'key' if secret.is_key else 'passphrase'} does not fit")
        self._cipher, self._file, self._count, self._held, self._ended = AESGCM(key), file, 0, b"", False
        self._next = file.read(self._piece + _TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        """Give plain bytes."""
        while not self._held and not self._ended:
            self._turn()
        size = min(len(into), len(self._held))
        into[:size] = self._held[:size]
        self._held = self._held[size:]
        return size

    def _turn(self) -> None:
        now, self._next = self._next, self._file.read(self._piece + _TAG)
        self._ended = not self._next
        try:
            self._held = self._cipher.decrypt(_nonce(self._prefix, self._count, last=self._ended), now, self._head)
        except (InvalidTag, ValueError) as error:
            raise UnableToOpen("the file is cut or altered") from error
        self._count += 1


def is_sealed(head: bytes) -> bool:
    """Whether the first bytes of a file are those of an encrypted backup."""
    return head.startswith(MAGIC)


def is_sealed_by_words(file: IO[bytes]) -> bool:
    """Whether a file, read from its beginning, is a backup that a passphrase opens; of a spoilt one no."""
    if file.read(len(MAGIC)) != MAGIC:
        return False
    try:
        return bool(json.loads(file.readline(_LONGEST_HEAD))["key"] == "passphrase")
    except (ValueError, KeyError, TypeError):
        return False


def _nonce(prefix: bytes, count: int, *, last: bool) -> bytes:
    return prefix + count.to_bytes(4, "big") + bytes([last])


def _derive(secret: Secret, *, salt: bytes, head: dict[str, Any]) -> tuple[bytes, bytes]:
    """Make the key of this one file, and a value by which a wrong passphrase is known from an altered file."""
    ground = secret.value
    if not secret.is_key:
        ground = Scrypt(salt=salt, length=32, n=int(head["n"]), r=int(head["r"]), p=int(head["p"])).derive(ground)
    both = HKDF(algorithm=SHA256(), length=48, salt=salt, info=b"amends backup 1").derive(ground)
    return both[:32], both[32:]


def _text(some: bytes) -> str:
    return base64.b64encode(some).decode("ascii")
