"""Every cue file keeps its own rules, and every example in it is true."""

import re

import pytest

from amends.engine import languages
from amends.engine.conversation import By
from amends.engine.languages.announced import Announced
from amends.engine.languages.cues import BadCuesError, Example, compile_cues, load
from amends.engine.languages.folding import skeleton
from amends.engine.languages.text import prepare

EXAMPLES = [(code, example) for code in languages.codes() for example in load(languages.get(code)).examples]


def _name(value: object) -> str:
    return f"{value.kind}: {value.says}" if isinstance(value, Example) else str(value)


@pytest.mark.parametrize(("code", "example"), EXAMPLES, ids=_name)
def test_example_performs_its_act(code: str, example: Example) -> None:
    plain = example.says.replace("[[", "").replace("]]", "")
    language = languages.get(code)
    by: By = "customer" if example.by == "customer" else "agent"
    acts = [act for act in load(language).read(prepare(plain, language=language), by=by) if act.kind == example.kind]
    assert bool(acts) == example.expected, f"{example.kind} in {plain!r}: {acts}"
    if "[[" in example.says:
        start, end = example.says.index("[["), example.says.index("]]") - 2
        assert any(act.start < end and start < act.end for act in acts), [plain[act.start : act.end] for act in acts]


@pytest.mark.parametrize("code", languages.codes())
def test_every_cue_finds_its_plainest_wording(code: str) -> None:
    cues = load(languages.get(code))
    missed = []
    announced = Announced(cue.phrase for cue in cues.cues)
    for number, cue in enumerate(cues.cues):
        text = prepare(cue.phrase.sample, language=cues.language)
        words = skeleton(text.folded.text, language=cues.language)
        reached = number in announced.by(re.findall(r"\w+", words))
        if not reached or not any(cue.pattern.search(sentence.text) for sentence in text.sentences):
            missed.append(f"{cue.kind}: {cue.written!r} does not find {cue.phrase.sample!r}")
    assert not missed, "\n".join(missed)


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"apologize": [{"cues": ["sorry"]}]}, "no speech act is called apologize"),
        ({"shouting": [{"cues": ["sorry"]}]}, "no speech act is called shouting"),
        ({"apology": [{"cue": ["sorry"]}]}, "knows no ['cue']"),
        ({"apology": [{"cues": ["(sorry"]}]}, "expected )"),
        ({"apology": [{"cues": ["[sorry]"]}]}, "nothing in it is obligatory"),
        ({"apology": [{"cues": ["{we} sorry"]}]}, "no set is called we"),
        ({"apology": [{"cues": ["<2> sorry"]}]}, "a gap cannot come first"),
    ],
)
def test_mistake_in_a_cue_file_is_named(tables: dict[str, object], why: str) -> None:
    with pytest.raises(BadCuesError, match="en") as error:
        compile_cues(tables, language=languages.get("en"))
    assert why in str(error.value)
