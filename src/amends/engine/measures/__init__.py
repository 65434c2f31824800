"""Figures with their denominators: shares, rates, waiting times, change, money. Pure arithmetic, no data of its own."""

from amends.engine.measures.change import RateRatio, Verdict, cusum, ewma, laney_limits, rate_ratio
from amends.engine.measures.cure import Comparison, before_and_after, spread_of
from amends.engine.measures.explained import ORIGINS, Figure, Input
from amends.engine.measures.interrupted import Interrupted, interrupted
from amends.engine.measures.money import (
    Loyalty,
    MarketAtRisk,
    YearlyValue,
    lifetime_value,
    market_at_risk,
    short_market_at_risk,
    simple_lifetime_value,
    yearly_value_at_risk,
)
from amends.engine.measures.pareto import Weighed, pareto, ranks
from amends.engine.measures.rates import PerHundred, PromoterScore, per_hundred, promoter_score
from amends.engine.measures.severity import ITSELF, WEIGHTS, QualityIndex, quality_index
from amends.engine.measures.share import FEWEST, Share, share, wilson
from amends.engine.measures.waiting import (
    FEWEST_FOR_MEDIAN,
    Step,
    bounds,
    median_interval,
    median_wait,
    survival,
    told_median,
)
from amends.engine.measures.watch import Rung, Usual, ring, usual

__all__ = [
    "FEWEST",
    "FEWEST_FOR_MEDIAN",
    "ITSELF",
    "ORIGINS",
    "WEIGHTS",
    "Comparison",
    "Figure",
    "Input",
    "Interrupted",
    "Loyalty",
    "MarketAtRisk",
    "PerHundred",
    "PromoterScore",
    "QualityIndex",
    "RateRatio",
    "Rung",
    "Share",
    "Step",
    "Usual",
    "Verdict",
    "Weighed",
    "YearlyValue",
    "before_and_after",
    "bounds",
    "cusum",
    "ewma",
    "interrupted",
    "laney_limits",
    "lifetime_value",
    "market_at_risk",
    "median_interval",
    "median_wait",
    "pareto",
    "per_hundred",
    "promoter_score",
    "quality_index",
    "ranks",
    "rate_ratio",
    "ring",
    "share",
    "short_market_at_risk",
    "simple_lifetime_value",
    "spread_of",
    "survival",
    "told_median",
    "usual",
    "wilson",
    "yearly_value_at_risk",
]
