"""What says that files cannot be reached, and what is a mistake of ours."""

from __future__ import annotations

from types import FunctionType

import pytest

from amends.desk.complaints.laying_down import is_out_of_reach


def _raise(error: Exception) -> None:
    raise error


def _caught(error: Exception, *, within: str) -> Exception:
    """The error as it comes out of a module of that name."""
    raises = FunctionType(_raise.__code__, {"__name__": within, "__builtins__": __builtins__})
    with pytest.raises(type(error)) as told:
        raises(error)
    return told.value


@pytest.mark.parametrize(
    ("error", "within", "says_so"),
    [
        (OSError("no space left"), "django.core.files", True),
        (ConnectionResetError(), "amends.desk", True),
        (ValueError("Invalid timestamp"), "botocore.parsers", True),  # of an answer that was cut in the middle of a day
        (ValueError("a mistake"), "django.core.files", False),
    ],
)
def test_the_line_to_a_store_breaks_in_many_ways(error: Exception, within: str, *, says_so: bool) -> None:
    assert is_out_of_reach(_caught(error, within=within)) is says_so
