import json
from decimal import Decimal
from itertools import permutations

from amends.engine.measures.figures import Figures
from amends.engine.measures.summary import Example, Summary, Tally

SEEN = [
    Figures(
        conversation="1",
        language="tr",
        opened="2026-03-02",
        customer="Ayşe",
        messages=2,
        replies=3,
        flawed=1,
        failings={"run-around": 1},
        previews={"coldness": 2},
        good={"apology": 2},
        signals=("anger",),
        dated=1,
        vague=1,
        kept=1,
        broken=1,
        layer="process",
        theme="waiting",
        people=3,
        waited=30.0,
        answered=True,
        content=False,
        risks=("not-content", "hot"),
        yearly_value="18400",
        currency="TRY",
    ),
    Figures(conversation="2", language="fa", replies=1, layer="employee", theme="slip", content=True, waited=90.0),
    Figures(
        conversation="3",
        layer="third-party",
        theme="courier",
        customer="Ayşe",
        risks=("leaving",),
        yearly_value="18400",
        currency="TRY",
    ),
]


def total(*seen: Figures) -> Summary:
    tally = Tally()
    for figures in seen:
        tally.add(figures)
    return tally.summary()


def test_figures_travel_as_json() -> None:
    assert [Figures.from_dict(json.loads(json.dumps(one.as_dict()))) for one in SEEN] == SEEN


def test_every_figure_has_its_whole() -> None:
    found = total(*SEEN)
    assert (found.clean.k, found.clean.n) == (3, 4)
    assert (found.dated.k, found.dated.n) == (1, 2)
    assert (found.kept.k, found.kept.n) == (1, 2)
    assert (found.answered.k, found.answered.n) == (1, 2)
    assert {name: (rate.rate.k, rate.rate.n) for rate in found.failings for name in [rate.name]} == {
        "run-around": (1, 4),
        "coldness": (2, 4),
    }


def test_third_parties_stand_apart_from_the_three_groups() -> None:
    found = total(*SEEN)
    assert {name: (share.k, share.n) for name, share in found.groups} == {
        "employee": (1, 2),
        "customer": (0, 2),
        "organisation": (1, 2),
    }
    assert (found.third_party.k, found.third_party.n) == (1, 3)


def test_previews_are_shown_after_what_counts() -> None:
    assert [(one.name, one.preview) for one in total(*SEEN).failings] == [("run-around", False), ("coldness", True)]


def test_a_customer_is_counted_once_in_the_money() -> None:
    at_risk = total(*SEEN).at_risk
    assert (at_risk.totals, at_risk.known, at_risk.customers) == ((("TRY", Decimal(18400)),), 1, 1)


def test_what_a_customer_spends_is_known_whichever_conversation_tells_it() -> None:
    told = [
        Figures(conversation="1", customer="Ayşe", risks=("hot",)),
        Figures(conversation="2", customer="Ayşe", risks=("hot",), yearly_value="900", currency="TRY"),
    ]
    for seen in (told, told[::-1]):
        at_risk = total(*seen).at_risk
        assert (at_risk.totals, at_risk.known, at_risk.customers) == ((("TRY", Decimal(900)),), 1, 1)


def test_the_order_does_not_matter() -> None:
    assert len({json.dumps(total(*order).as_dict()) for order in permutations(SEEN)}) == 1


def test_nothing_yet_divides_nothing() -> None:
    found = total()
    assert (found.clean.value, found.median_wait, found.themes) == (None, None, ())
    json.dumps(found.as_dict())


def test_the_surest_examples_are_kept_and_no_whole_letters() -> None:
    tally = Tally()
    for at, words in enumerate(["soon", "soon", "shortly", "in due course", "later", "x" * 500]):
        example = Example(str(at), 1, words, "en", at / 10)
        tally.add(Figures(conversation=str(at), replies=1, failings={"vague-promise": 1}), [("vague-promise", example)])
    [figure] = tally.summary().failings
    assert [one.words for one in figure.examples] == ["later", "in due course", "shortly"]


def test_a_long_curve_is_thinned_and_keeps_its_end() -> None:
    found = total(*(Figures(conversation=str(at), waited=float(at), answered=True) for at in range(2000)))
    assert len(found.waits) <= 201
    assert (found.waits[-1].share, found.median_wait) == (0, 999)
