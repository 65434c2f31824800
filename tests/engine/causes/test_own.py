import numpy as np
import pytest

from amends.engine.causes import Layer, Proposal
from amends.engine.causes.own import FEWEST, Lesson, Lessons, row_of

LATE = "The driver of your own van left my parcel in the rain beside the gate."
ALIKE = "Your van driver left the parcel beside our gate, in the rain again."
OTHER = "The invoice of March names a tariff that I never signed for."


def _row(text: str) -> np.ndarray:
    row = row_of(text, language="en", vectors=None)
    assert row is not None
    return row


def _lesson(text: str, layer: Layer, *, theme: str = "", customer: int = 1) -> Lesson:
    return Lesson(_row(text), layer, theme, customer)


COURIER = Proposal("third-party", "courier", 0.6, (), ("said",))


def test_a_correction_turns_the_proposal_for_a_complaint_of_the_same_kind() -> None:
    lessons = Lessons([_lesson(LATE, "process", theme="our own vans")], by_vectors=False)
    bent = lessons.bend(COURIER, _row(ALIKE))
    assert bent is not None
    assert (bent.layer, bent.theme) == ("process", "our own vans")
    assert 0 < bent.confidence < 1
    assert bent.words == ()


def test_what_is_not_like_any_lesson_stays_as_it_was() -> None:
    lessons = Lessons([_lesson(LATE, "process")], by_vectors=False)
    assert lessons.bend(COURIER, _row(OTHER)) is COURIER
    assert lessons.bend(COURIER, None) is COURIER
    assert lessons.bend(None, _row(OTHER)) is None


def test_a_lesson_that_agrees_names_the_organisations_own_theme() -> None:
    lessons = Lessons([_lesson(LATE, "third-party", theme="Swift Parcels")], by_vectors=False)
    bent = lessons.bend(COURIER, _row(ALIKE))
    assert bent is not None
    assert (bent.layer, bent.theme, bent.said) == ("third-party", "Swift Parcels", ("said",))


def test_a_complaint_that_nothing_pointed_at_is_proposed_by_its_likes() -> None:
    lessons = Lessons([_lesson(LATE, "process", theme="our own vans")], by_vectors=False)
    bent = lessons.bend(None, _row(ALIKE))
    assert bent is not None
    assert bent.layer == "process"


def test_nobody_is_judged_by_another_complaint_of_the_same_person() -> None:
    lessons = Lessons([_lesson(LATE, "process", customer=7)], by_vectors=False)
    assert lessons.bend(COURIER, _row(ALIKE), without=7) is COURIER


@pytest.mark.parametrize(("labels", "helps"), [("process", True), ("mixed", False), ("few", False)])
def test_lessons_are_used_only_where_they_would_have_been_right_more_often(labels: str, helps: bool) -> None:
    # 'mixed' says of like complaints now this, now that: nothing can be learned from it.
    size = FEWEST - 1 if labels == "few" else FEWEST
    layers: list[Layer] = ["third-party" if labels == "mixed" and at % 4 else "process" for at in range(size)]
    lessons = Lessons([_lesson(LATE, layer, customer=at) for at, layer in enumerate(layers)], by_vectors=False)
    trial = lessons.trial([COURIER] * size)
    assert trial.of == size
    assert trial.right_without == layers.count("third-party")
    assert trial.helps is helps


def test_nothing_to_read_makes_no_row() -> None:
    assert row_of("…", language="en", vectors=None) is None
    assert row_of("Hallo Welt", language="xx", vectors=None) is None
    assert len(Lessons([], by_vectors=True)) == 0
    assert Lessons([], by_vectors=True).bend(COURIER, _row(LATE)) is COURIER
