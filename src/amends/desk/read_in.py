"""All that a process of the desk comes to hold, read in at once: before the processes part, so that they share it."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.dispatch import Signal
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.loaders.app_directories import get_app_template_dirs
from django.urls import URLResolver, get_resolver
from django.utils import translation

from amends.desk.web.until_asked import UntilAsked


def read_in() -> None:
    """Load pages, words, cues, the learned reader and the work of a worker; two or three seconds."""
    from amends.desk import asgi
    from amends.desk.jobs import periods

    _load_alone("ninja", without="django.test.signals")
    _walk(get_resolver())
    periods.table()
    import_module("amends.desk.jobs.worker")
    import_module("encodings.idna")  # Python loads it with the first letter that is written
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            _read_pages(whole=language == settings.LANGUAGE_CODE)
    asgi.warm()


def _load_alone(package: str, *, without: str) -> None:
    """Load a package that takes one signal from Django's tests, without all that tests need: seven megabytes."""
    if without not in sys.modules:
        module = ModuleType(without)
        vars(module)["setting_changed"] = Signal()  # nobody sends it outside tests
        sys.modules[without] = module
        try:
            with suppress(ImportError):  # it asks for more today: it is loaded with all that, when it is needed
                import_module(package)
        finally:
            del sys.modules[without]


# What everybody sees all day: read in for each language, for each has its own (fixed.py).
EVERY_DAY = ("web/", "workplace/", "calm/")


def _read_pages(*, whole: bool) -> None:
    for name in _templates():
        if not whole and not name.startswith(EVERY_DAY):
            continue
        try:
            engines["django"].get_template(name)
        except (TemplateDoesNotExist, TemplateSyntaxError):
            continue  # a page that is made for another program, or leans on one that is not installed


def _walk(resolver: Any) -> None:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver) and not isinstance(one, UntilAsked):
            _walk(one)


def _templates() -> list[str]:
    """Name the pages of this house."""
    here = Path(__file__).parent
    folders = [Path(one) for one in get_app_template_dirs("templates") if here in Path(one).parents]
    return sorted(str(file.relative_to(folder)) for folder in folders for file in folder.rglob("*") if file.is_file())
