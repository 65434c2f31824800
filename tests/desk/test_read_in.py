"""What is read in before the processes part brings along no more than it needs."""

import sys

import pytest
from django.dispatch import Signal

from amends.desk import read_in


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that takes its signal from somebody's tests."""
    monkeypatch.syspath_prepend(tmp_path)

    def written(words):
        (tmp_path / "takes_a_signal.py").write_text(words, encoding="utf-8")
        return "takes_a_signal"

    yield written
    sys.modules.pop("takes_a_signal", None)


def test_a_package_has_its_signal_without_what_stands_around_it(package):
    name = package("from whole.tests import setting_changed as signal")
    read_in._load_alone(name, without="whole.tests")
    assert isinstance(sys.modules[name].signal, Signal)
    assert "whole.tests" not in sys.modules


def test_a_package_that_asks_for_more_is_left_for_later(package):
    name = package("from whole.tests import setting_changed, everything")
    read_in._load_alone(name, without="whole.tests")
    assert name not in sys.modules
    assert "whole.tests" not in sys.modules


def test_what_is_loaded_already_stays(package, monkeypatch):
    whole = object()
    monkeypatch.setitem(sys.modules, "whole.tests", whole)
    read_in._load_alone(package("from whole.tests import setting_changed"), without="whole.tests")
    assert sys.modules["whole.tests"] is whole
