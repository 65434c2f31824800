"""Logistic regressions with many answers, fitted together: the only learning there is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

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


def best_cut(sure: Array, truth: Array) -> tuple[float, float]:
    """Return the cut at which precision and recall balance best, and the F1 there."""
    best = (0.5, 0.0)
    for cut in np.linspace(0.06, 0.7, 33):
        found = sure >= cut
        score = 2 * float((found & truth).sum()) / max(1, int(found.sum()) + int(truth.sum()))
        if score > best[1]:
            best = float(cut), score
    return best
