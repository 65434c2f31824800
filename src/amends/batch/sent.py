"""What an export has sent, gathered in a first walk: on disk while it comes in, in memory only what went to many.

A million messages hold half a million replies, most of them written once. Only a few numbers of each are kept at hand:
whoever shares none of its bands with another reply is like none, and is never looked at again.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import numpy as np

from amends.engine.canned import History, Print, Reply, Use
from amends.engine.canned.prints import BANDS

_NOBODY: Final[frozenset[int]] = frozenset()  # what customers wrote about counts for nothing in telling who got what


class SentReply(NamedTuple):
    """One reply of the export, small enough to be handed from process to process."""

    digest: bytes
    pairs: bytes
    bands: bytes
    customer: str
    matter: bytes

    @classmethod
    def of(cls, reply: Reply) -> Self | None:
        """Return a reply as it is kept; None for one too short to be anything but a formula."""
        text = reply.body.print
        if text is None:
            return None
        matter = np.array(sorted(reply.use.matter), dtype="<u4").tobytes()
        bands = np.array(text.bands, dtype="<i8").tobytes()
        return cls(text.digest, text.to_bytes(), bands, reply.use.customer, matter)

    def text(self) -> Print:
        """Return its print, which knows its bands already."""
        return Print.from_bytes(self.pairs, bands=tuple(np.frombuffer(self.bands, dtype="<i8").tolist()))


class Gathered:
    """The replies of an export as they come in. Close it, or its file stays until the program ends."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._file = TemporaryFile(prefix="amends-sent-")  # noqa: SIM115  # closed by `__exit__`
        self._bands = bytearray()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove what was put on disk."""
        self._file.close()

    def add(self, replies: Iterable[SentReply]) -> None:
        """Take in some replies, in the order of the export."""
        rows = list(replies)
        for one in rows:
            self._bands += one.bands
        pickle.dump([tuple(one) for one in rows], self._file, protocol=5)

    def history(self) -> History:
        """Return what went to several customers: the same as if every reply had been put into one history."""
        alike = self._may_be_alike()
        everything = History()
        for one in self._read(alike):
            use = Use(one.customer, _NOBODY)
            if (sent := everything.texts.get(one.digest)) is not None:
                sent.add(use)
            else:
                everything.add(one.text(), use)
        kept = everything.without_single()
        del everything
        for sent in kept.texts.values():
            sent.uses.clear()
        for one in self._read(alike):
            found = kept.texts.get(one.digest)
            if found is not None and not found.is_full:  # its customers are known from the first reading
                found.add(Use(one.customer, frozenset(np.frombuffer(one.matter, dtype="<u4").tolist())))
        return kept

    def _may_be_alike(self) -> Any:
        bands = np.frombuffer(self._bands, dtype="<i8")
        ordered = np.sort(bands)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        return np.isin(bands, twice).reshape(-1, BANDS).any(axis=1)

    def _read(self, wanted: Any) -> Iterator[SentReply]:
        for each, row in zip(wanted, self._rows(), strict=False):  # behind the last row the file ends
            if each:
                yield SentReply._make(row)

    def _rows(self) -> Iterator[Any]:
        self._file.seek(0)
        while True:
            yield from pickle.load(self._file)  # noqa: S301  # written above
