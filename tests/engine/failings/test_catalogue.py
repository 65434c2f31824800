"""The catalogue is whole: names, claims, wordings, examples."""

import re
from importlib import import_module

import pytest

from amends.engine import languages
from amends.engine.failings import Failing, catalogue, examples

COMPLETE = ("en", "mn", "fa")  # languages in which every stable failing has bad and good examples
NAME = re.compile(r"^[a-z]+(-[a-z]+)*$")
IN_ONE_REPLY = {
    *("indifference", "coldness", "condescension", "jargon", "robotism", "rule-book", "run-around", "brush-off"),
    *("blaming", "denial", "arguing", "heat", "parading", "last-word", "interrogation", "excuse", "vague-promise"),
    *("dead-end", "canned", "not-listening", "missing-courtesy", "wrong-name"),
}
CLAIMS = {
    *(f"S0.{n}" for n in range(8)),
    *(f"S1.{n}" for n in range(1, 14)),
    *(f"S2.{n}" for n in range(1, 11)),
    *(f"S3.{n}" for n in range(7)),
    *(f"S4.{n}" for n in range(1, 10)),
}


def test_catalogue_holds_every_failing_of_a_reply() -> None:
    assert {failing.id for failing in catalogue() if failing.seen == "reply"} == IN_ONE_REPLY


@pytest.mark.parametrize("failing", catalogue(), ids=lambda failing: failing.id)
class TestFailing:
    def test_is_named_as_its_file(self, failing: Failing) -> None:
        module = import_module(failing.detect.__module__)
        assert NAME.match(failing.id)
        assert module.__name__.rpartition(".")[2] == failing.id.replace("-", "_")
        assert module.FAILING is failing

    def test_serves_claims_that_exist(self, failing: Failing) -> None:
        assert failing.claims
        assert set(failing.claims) <= CLAIMS

    def test_says_what_hurts_and_what_to_do(self, failing: Failing) -> None:
        for wording in (failing.title, failing.hurts, failing.instead):
            assert wording.strip() == wording != ""
        assert failing.hurts.endswith(".")
        assert failing.instead.endswith(".")

    @pytest.mark.parametrize("code", COMPLETE)
    def test_has_examples(self, failing: Failing, code: str) -> None:
        assert examples(failing.id, code).bad
        assert examples(failing.id, code).good


@pytest.mark.parametrize("code", languages.codes())
def test_language_folder_has_examples_of_known_failings_only(code: str) -> None:
    from importlib import resources

    folder = resources.files(f"amends.engine.languages.{code}") / "examples"
    names = {item.name.removesuffix(".toml") for item in folder.iterdir()} if folder.is_dir() else set()
    assert names <= {failing.id for failing in catalogue()}
