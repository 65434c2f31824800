"""Layer and theme of a complaint, proposed with its evidence; a person confirms."""

from amends.engine.causes.layers import (
    AGAINST_THE_PLAN,
    LAYERS,
    ORGANISATION,
    THEMES,
    Layer,
    group_of,
    layer_name,
    theme_name,
)
from amends.engine.causes.propose import SURE, Proposal, Words, laid_on_nobody_by_a_guess, propose_cause

__all__ = [
    "AGAINST_THE_PLAN",
    "LAYERS",
    "ORGANISATION",
    "SURE",
    "THEMES",
    "Layer",
    "Proposal",
    "Words",
    "group_of",
    "laid_on_nobody_by_a_guess",
    "layer_name",
    "propose_cause",
    "theme_name",
]
