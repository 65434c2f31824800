"""
The desk as an ASGI application.

Reading the cue files of all languages takes seconds, and so does loading the learned reader. `amends serve` does that
before it opens; where it could not, it happens shortly after the start, so that nobody waits for it.
"""

import os
import threading

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.desk.settings")
django.setup(set_prefix=False)

from amends.desk.web import memory  # noqa: E402
from amends.desk.web.lines import Handler  # noqa: E402 - it reads the settings
from amends.desk.web.one_thread import InOneThread  # noqa: E402


class Desk(InOneThread, Handler):
    """What answers."""


application = Desk()

FIRST_PAGES = 1.5  # seconds that belong to whoever opens the desk at once


def warm() -> None:
    """Load what the coach reads with, what answers first before all, and what the pictures are drawn with."""
    from amends.desk.coaching import warming

    warming.warm_cues()
    warming.warm_full()


def begin(*, is_read_in: bool) -> Handler:
    """Begin to serve in this process, and return what answers.

    :param is_read_in: whether what the coach reads with was loaded before this process parted from others
    """
    memory.give_back()
    if not is_read_in:
        timer = threading.Timer(FIRST_PAGES, warm)
        timer.daemon = True
        timer.start()
    return application
