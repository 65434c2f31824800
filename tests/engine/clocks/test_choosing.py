from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.engine.clocks.ageing import SHADES, Ages, shade
from amends.engine.clocks.choosing import Rule, choose
from amends.engine.clocks.priority import PRIORITIES, Facts, priority

HOUR = timedelta(hours=1)


def rule(id_: int, hours: int, **fields: str) -> Rule:
    return Rule(id=id_, what="answer", allowed=hours * HOUR, **fields)  # type: ignore[arg-type]


class TestWhichRuleHolds:
    RULES = (
        rule(1, 24),
        rule(2, 8, channel="mail"),
        rule(3, 4, priority="urgent"),
        rule(4, 6, group="gold"),
        rule(5, 2, group="gold", priority="urgent"),
        rule(6, 1, channel="phone", priority="urgent"),
    )

    @pytest.mark.parametrize(
        ("channel", "grade", "group", "chosen"),
        [
            ("form", "normal", "", 1),
            ("mail", "normal", "", 2),
            ("mail", "urgent", "", 3),  # how urgent comes before where it came from
            ("mail", "normal", "gold", 4),  # who it is comes before both
            ("mail", "urgent", "gold", 5),
            ("phone", "urgent", "gold", 5),
        ],
    )
    def test_is_the_one_that_says_most(self, channel, grade, group, chosen):
        found = choose(self.RULES, what="answer", channel=channel, priority=grade, group=group)
        assert found is not None
        assert found.id == chosen

    def test_of_two_alike_the_stricter(self):
        found = choose([rule(1, 9), rule(2, 3)], what="answer", channel="mail", priority="normal", group="")
        assert found is not None
        assert found.id == 2

    def test_may_be_none(self):
        assert choose(self.RULES, what="resolution", channel="mail", priority="normal", group="") is None
        assert choose([rule(1, 1, group="gold")], what="answer", channel="mail", priority="normal", group="") is None


class TestPriority:
    @pytest.mark.parametrize(
        ("facts", "told"),
        [
            (Facts(), ("normal", "")),
            (Facts(heat=1), ("normal", "")),
            (Facts(heat=2), ("high", "angry")),
            (Facts(heat=3, asked_for_person=True), ("urgent", "very-angry")),
            (Facts(promise_broken=True, heat=3), ("urgent", "promise-broken")),
            (Facts(asked_for_manager=True), ("urgent", "asked-for-manager")),
            (Facts(third_person=True), ("high", "third-person")),
        ],
    )
    def test_is_told_with_its_reason(self, facts, told):
        assert priority(facts) == told

    @given(st.builds(Facts, heat=st.integers(0, 2), asked_for_person=st.booleans(), third_person=st.booleans()))
    def test_more_trouble_is_never_less_urgent(self, facts):
        worse = Facts(heat=facts.heat + 1, asked_for_person=True, third_person=True)
        assert PRIORITIES.index(priority(facts)[0]) <= PRIORITIES.index(priority(worse)[0])


class TestAgeing:
    @pytest.mark.parametrize(
        ("days", "told"), [(0, "fresh"), (9, "fresh"), (10, "ageing"), (14, "ageing"), (15, "late"), (20, "over")]
    )
    def test_twenty_days_as_the_standards_body_paints_them(self, days, told):
        assert shade(used=timedelta(days=days), allowed=timedelta(days=20)) == told

    @given(st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(days=9)))
    def test_never_grows_younger(self, used, more):
        allowed = timedelta(days=5)
        assert SHADES.index(shade(used=used, allowed=allowed)) <= SHADES.index(shade(used=used + more, allowed=allowed))

    def test_first_ageing_then_late(self):
        with pytest.raises(ValueError, match="first ageing"):
            Ages(ageing=0.9, late=0.5)
