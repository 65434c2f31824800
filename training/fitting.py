"""Logistic regressions with many answers, and the same with one hidden layer: the only learning there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from amends.engine.languages.hidden import Hidden

Array = NDArray[Any]


def fit(
    dense: Array, sparse: csr_matrix, answers: Array, *, strength: float, counts: Array | None = None, rounds: int = 60
) -> tuple[Array, Array, Array]:
    """Fit one logistic regression an answer and return the weights of dense columns, of sparse columns, and the bias.

    :param answers: (rows, answers), truth values
    :param strength: how far weights may go: the inverse of the pull towards zero
    :param counts: (rows, answers), 0 where a row says nothing of an answer
    """
    wide, narrow, kinds = dense.shape[1], sparse.shape[1], answers.shape[1]
    truth, dense, sparse = (
        answers.astype(np.float32),
        np.ascontiguousarray(dense, np.float32),
        sparse.astype(np.float32),
    )
    turned = sparse.T.tocsr()

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(-1, kinds).astype(np.float32)
        ours, theirs, bias = weights[:wide], weights[wide : wide + narrow], weights[-1]
        logit = dense @ ours + sparse @ theirs + bias
        cost, slope = np.logaddexp(0, logit) - truth * logit, 1 / (1 + np.exp(-logit)) - truth
        if counts is not None:
            cost, slope = cost * counts, slope * counts
        pull = float((weights[:-1].astype(np.float64) ** 2).sum()) / 2 / strength
        downhill = np.concatenate(
            [dense.T @ slope + ours / strength, turned @ slope + theirs / strength, slope.sum(0, keepdims=True)]
        )
        return float(cost.sum(dtype=np.float64)) + pull, downhill.astype(np.float64).ravel()

    start = np.zeros((wide + narrow + 1, kinds))
    often = np.clip(truth.mean(0), 1e-4, 1 - 1e-4)
    start[-1] = np.log(often / (1 - often))
    found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxcor": 8})
    weights = found.x.reshape(-1, kinds)
    return weights[:wide], weights[wide : wide + narrow], weights[-1]


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer beside a linear model: `into`, `onset` and `out` are hidden, `past` and `bias` go past it."""

    into: Array
    onset: Array
    out: Array
    past: Array
    bias: Array

    def read(self, dense: Array) -> Array:
        """Return how likely each answer is, as the logarithm of the odds."""
        said: Array = np.maximum(dense @ self.into + self.onset, 0) @ self.out + dense @ self.past + self.bias
        return said


@dataclass(frozen=True, slots=True)
class Walk:
    """How a network learns: how wide it is, how often it walks over all rows, how many rows make a step."""

    hidden: int
    rounds: int
    at_once: int
    pace: float
    past: float  # how fast the linear part learns beside the hidden one
    even: float  # added to what columns are divided by, so that a rare one does not shout
    pull: float = 0.01
    blind: float = 0.1  # numbers that are not shown in a step
    silent: float = 0.3  # hidden ones that say nothing in a step


def learn_network(dense: Array, answers: Array, counts: Array, walk: Walk, *, seed: int) -> Network:
    """Learn a network by Adam; the same seed gives the same network, bit for bit."""
    dice = np.random.default_rng(seed)
    middle, spread = dense.mean(axis=0), dense.std(axis=0) + walk.even
    seen, truth = ((dense - middle) / spread).astype(np.float32), answers.astype(np.float32)
    rows, wide = seen.shape
    often = np.clip(truth.mean(axis=0), 1e-4, 1 - 1e-4)
    start = (
        dice.normal(0, 1 / np.sqrt(wide), (wide, walk.hidden)),
        np.zeros(walk.hidden),
        dice.normal(0, 0.3 / np.sqrt(walk.hidden), (walk.hidden, truth.shape[1])),
        np.zeros((wide, truth.shape[1])),
        np.log(often / (1 - often)),
    )
    parts = [part.astype(np.float32) for part in start]
    into, onset, out, past, bias = parts
    slopes, squares = [np.zeros_like(one) for one in parts], [np.zeros_like(one) for one in parts]
    steps, step = rows // walk.at_once * walk.rounds, 0
    for _ in range(walk.rounds):
        order = dice.permutation(rows)
        for at in range(0, rows - walk.at_once + 1, walk.at_once):
            now = order[at : at + walk.at_once]
            row = seen[now] * _shown(dice, (walk.at_once, wide), walk.blind)
            drive = row @ into + onset
            open_ones = (drive > 0) * _shown(dice, drive.shape, walk.silent)
            hidden = drive * open_ones
            logit = hidden @ out + walk.past * (row @ past) + bias
            wrong = (1 / (1 + np.exp(-logit)) - truth[now]) * counts[now] / np.float32(walk.at_once)
            back = (wrong @ out.T) * open_ones
            downhill = (row.T @ back, back.sum(0), hidden.T @ wrong, walk.past * (row.T @ wrong), wrong.sum(0))
            step += 1
            pace = np.float32(walk.pace * min(1, step / 100) * 0.5 * (1 + np.cos(np.pi * step / steps)))
            for at_part, new in enumerate(downhill):
                slopes[at_part] += np.float32(0.1) * (new - slopes[at_part])
                squares[at_part] += np.float32(0.001) * (new * new - squares[at_part])
                if new.ndim > 1:
                    parts[at_part] *= 1 - pace * np.float32(walk.pull)
                usual = np.sqrt(squares[at_part] / np.float32(1 - 0.999**step)) + np.float32(1e-8)
                parts[at_part] -= pace * (slopes[at_part] / np.float32(1 - 0.9**step)) / usual
    into, past = into / spread[:, None], walk.past * past / spread[:, None]
    return Network(into, onset - middle @ into, out, past, bias - middle @ past)


def side_by_side(networks: Sequence[Network], *, share: float) -> tuple[Array, Array, Hidden]:
    """Make the mean of networks one layer that counts `share`; return what goes past it, the bias, and the layer."""
    each = share / len(networks)
    hidden = Hidden(
        into=np.hstack([one.into for one in networks]),
        onset=np.hstack([one.onset for one in networks]),
        out=each * np.vstack([one.out for one in networks]),
    )
    return each * sum(one.past for one in networks), each * sum(one.bias for one in networks), hidden


def _shown(dice: np.random.Generator, shape: tuple[int, ...], hide: float) -> Array:
    return (dice.random(shape, dtype=np.float32) >= hide) / np.float32(1 - hide)


def best_cut(sure: Array, truth: Array) -> tuple[float, float]:
    """Return the cut at which precision and recall balance best, and the F1 there."""
    best = (0.5, 0.0)
    for cut in np.linspace(0.06, 0.7, 33):
        found = sure >= cut
        score = 2 * float((found & truth).sum()) / max(1, int(found.sum()) + int(truth.sum()))
        if score > best[1]:
            best = float(cut), score
    return best
