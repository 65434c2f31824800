"""Figures with their denominators: shares, rates, waiting times, change, money. Pure arithmetic, no data of its own."""

from amends.engine.measures.change import RateRatio, Verdict, cusum, ewma, laney_limits, rate_ratio
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
from amends.engine.measures.rates import PerHundred, PromoterScore, per_hundred, promoter_score
from amends.engine.measures.share import FEWEST, Share, share, wilson
from amends.engine.measures.waiting import FEWEST_FOR_MEDIAN, Step, median_wait, survival, told_median

__all__ = [
    "FEWEST",
    "FEWEST_FOR_MEDIAN",
    "Loyalty",
    "MarketAtRisk",
    "PerHundred",
    "PromoterScore",
    "RateRatio",
    "Share",
    "Step",
    "Verdict",
    "YearlyValue",
    "cusum",
    "ewma",
    "laney_limits",
    "lifetime_value",
    "market_at_risk",
    "median_wait",
    "per_hundred",
    "promoter_score",
    "rate_ratio",
    "share",
    "short_market_at_risk",
    "simple_lifetime_value",
    "survival",
    "told_median",
    "wilson",
    "yearly_value_at_risk",
]
