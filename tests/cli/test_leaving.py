"""The program ends with its own code, whatever threads a library has left running."""

import os
import sys
from types import ModuleType

import pytest
from click.testing import CliRunner

from amends.cli import main


class LeftError(Exception):
    """The process would have ended here."""


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []

    def leave(code: int) -> None:
        told.append(f"left with {code}")
        raise LeftError

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr("atexit._run_exitfuncs", lambda: told.append("said goodbye"))
    return told


def test_after_the_pipeline_the_interpreter_is_not_taken_apart(
    left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "daft", ModuleType("daft"))
    with pytest.raises(LeftError):
        main(["no-such-command"], prog_name="amends")
    assert left == ["said goodbye", "left with 2"]


def test_without_it_the_program_ends_as_ever(left: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "daft", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["no-such-command"], prog_name="amends")
    assert (ended.value.code, left) == (2, [])


def test_who_calls_a_command_from_within_goes_on(left: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "daft", ModuleType("daft"))
    assert (CliRunner().invoke(main, ["no-such-command"]).exit_code, left) == (2, [])
