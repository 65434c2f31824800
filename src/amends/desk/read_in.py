"""All that a process of the desk comes to hold, read in at once: before the processes part, so that they share it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.loaders.app_directories import get_app_template_dirs
from django.urls import URLResolver, get_resolver
from django.utils import translation


def read_in() -> None:
    """Load pages, words, cues, the learned reader and the work of a worker; a second or two."""
    from amends.desk import asgi
    from amends.desk.jobs import periods

    _walk(get_resolver())
    periods.table()
    import_module("amends.desk.jobs.worker")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            _read_pages(whole=language == settings.LANGUAGE_CODE)
    asgi.warm()


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
        if isinstance(one, URLResolver):
            _walk(one)


def _templates() -> list[str]:
    """Name the pages of this house."""
    here = Path(__file__).parent
    folders = [Path(one) for one in get_app_template_dirs("templates") if here in Path(one).parents]
    return sorted(str(file.relative_to(folder)) for folder in folders for file in folder.rglob("*") if file.is_file())
