"""The learned half of a proposal: themes by sentence vectors and cues. `training/causes/make_causes.py` rebuilds it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from amends.engine.causes.layers import LAYERS, THEMES, Layer
from amends.engine.languages.vectors import SIZE

Floats = NDArray[np.float32]

FILE: Final = "layer.npz"
SPREAD: Final = 8.0  # brings centred vectors to the size of the cues
_CALM: Final = 4.0  # a cue total of this size is a strong one
_WHOLE: Final = "whole_"  # before the names of what belongs to the head of whole texts
_AGAIN: Final = 0.3  # what the same theme said once more still adds


@dataclass(frozen=True)
class Scores:
    """How likely each theme is, and what each sentence adds to it."""

    themes: Mapping[str, float]
    told: Floats  # a row a piece of what the customer told, a column a theme
    noted: Floats  # the same of the closing note

    def layer(self, *, without: frozenset[Layer] = frozenset()) -> tuple[Layer, float]:
        """Return the likeliest layer and its probability."""
        sums = dict.fromkeys((one for one in LAYERS if one not in without), 0.0)
        for theme, value in self.themes.items():
            if (layer := THEMES[theme][0]) in sums:
                sums[layer] += value
        best = max(sums, key=lambda one: sums[one])
        return best, sums[best] / (sum(sums.values()) or 1.0)

    def beside(self, other: Scores) -> Scores:
        """Return the mean with what another head says of the same complaint; sentences keep what this one says."""
        themes = {one: (self.themes.get(one, 0.0) + other.themes.get(one, 0.0)) / 2 for one in THEMES}
        return Scores(themes, self.told, self.noted)

    def theme(self, layer: Layer, *, among: Collection[str] = ()) -> str:
        """Return the likeliest theme of a layer; of those that words name, where they name any."""
        themes = [one for one in self.themes if THEMES[one][0] == layer]
        return max([one for one in themes if one in among] or themes, key=lambda one: self.themes[one])


@dataclass(frozen=True)
class Head:
    """Linear heads over what the customer tells, what the note says, and the cues of both.

    One tells themes apart, the other only layers, which are held against each other more plainly by fewer weights: the
    mean of both is right more often than either. There are two such pairs: one has learned from the mean of all
    sentences, one from whole texts, in which a sentence is read together with those around it.
    """

    names: tuple[str, ...]
    middle_told: Floats
    middle_noted: Floats
    weights: Floats  # a row a theme
    bias: Floats
    layer_weights: Floats  # a row a layer of LAYERS
    layer_bias: Floats
    sharpness: float  # set on training text held apart, so that a confidence is how often it is right

    def score(self, *, told: Floats, noted: Floats, cues: Floats) -> Scores:
        """Score one complaint: vectors of the pieces of what was told and of the note, and `cue_row`."""
        row = features(told=told, noted=noted, cues=cues, middle_told=self.middle_told, middle_noted=self.middle_noted)
        themes = odds_of((self.weights @ row + self.bias) * self.sharpness)
        layers = odds_of((self.layer_weights @ row + self.layer_bias) * self.sharpness)
        return Scores(
            dict(zip(self.names, (float(one) for one in agreed(themes, layers, names=self.names)), strict=True)),
            np.asarray((told - self.middle_told) @ self.weights[:, :SIZE].T, dtype=np.float32),
            np.asarray((noted - self.middle_noted) @ self.weights[:, SIZE : 2 * SIZE].T, dtype=np.float32),
        )


def odds_of(logits: NDArray[Any]) -> NDArray[Any]:
    """Return probabilities; those of each row where there are several."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def agreed(themes: NDArray[Any], layers: NDArray[Any], *, names: Sequence[str]) -> NDArray[Any]:
    """Return what themes and layers come to together: a layer is the mean of both, its themes share that as before.

    :param themes: probabilities of the themes `names`, in the last place; `layers` those of LAYERS
    """
    belongs = np.array([[THEMES[name][0] == layer for name in names] for layer in LAYERS], dtype=themes.dtype)
    sums = themes @ belongs.T
    return np.asarray(themes * (((sums + layers) / 2 / np.maximum(sums, 1e-9)) @ belongs))


def features(*, told: Floats, noted: Floats, cues: Floats, middle_told: Floats, middle_noted: Floats) -> Floats:
    """Return the row that the head sees of one complaint."""
    parts = (
        (told.mean(axis=0) - middle_told) * SPREAD if len(told) else np.zeros(SIZE, dtype=np.float32),
        (noted.mean(axis=0) - middle_noted) * SPREAD if len(noted) else np.zeros(SIZE, dtype=np.float32),
        cues,
    )
    return np.concatenate(parts).astype(np.float32)


def as_one(text: str, sentences: Collection[Any]) -> list[str]:
    """Return a text in one piece, with all its marks, for the head of whole texts; none where nothing is said."""
    return [text.strip()] if sentences else []


def cue_row(told: Iterable[tuple[Layer, str, float]], noted: Iterable[tuple[Layer, str, float]]) -> Floats:
    """Return how strongly cues (layer, theme, weight) point at each layer: in the complaint, then in the note."""
    return np.concatenate([_by_layer(told), _by_layer(noted)])


def _by_layer(hints: Iterable[tuple[Layer, str, float]]) -> Floats:
    themes: dict[tuple[Layer, str], list[float]] = {}
    for layer, theme, weight in hints:
        themes.setdefault((layer, theme), []).append(weight)
    sums = dict.fromkeys(LAYERS, 0.0)
    for (layer, _), weights in themes.items():
        sums[layer] += sum(weight * _AGAIN**place for place, weight in enumerate(sorted(weights, reverse=True)))
    return np.tanh(np.array([sums[one] for one in LAYERS], dtype=np.float32) / _CALM).astype(np.float32)


def load_head() -> Head:
    """Return the head that reads sentence by sentence."""
    return load_heads()[0]


def load_whole() -> Head:
    """Return the head that reads each text as one."""
    return load_heads()[1]


@lru_cache(maxsize=1)
def load_heads() -> tuple[Head, Head]:
    """Return both heads of the file that stands beside this one, read once."""
    with resources.as_file(resources.files(__package__) / FILE) as path, np.load(path, allow_pickle=False) as found:
        return _opened(found, ""), _opened(found, _WHOLE)


def _opened(found: Mapping[str, NDArray[Any]], which: str) -> Head:
    return Head(
        names=tuple(str(one) for one in found[f"{which}themes"]),
        middle_told=found[f"{which}middle_told"].astype(np.float32),
        middle_noted=found[f"{which}middle_noted"].astype(np.float32),
        weights=found[f"{which}weights"].astype(np.float32),
        bias=found[f"{which}bias"].astype(np.float32),
        layer_weights=found[f"{which}layer_weights"].astype(np.float32),
        layer_bias=found[f"{which}layer_bias"].astype(np.float32),
        sharpness=float(found[f"{which}sharpness"]),
    )


def save_heads(by_sentence: Head, whole: Head) -> dict[str, NDArray[Any]]:
    """Return what `layer.npz` holds: small numbers, because many."""
    return {**_kept(by_sentence, ""), **_kept(whole, _WHOLE)}


def _kept(head: Head, which: str) -> dict[str, NDArray[Any]]:
    return {
        f"{which}themes": np.array(head.names),
        f"{which}middle_told": head.middle_told.astype(np.float16),
        f"{which}middle_noted": head.middle_noted.astype(np.float16),
        f"{which}weights": head.weights.astype(np.float16),
        f"{which}bias": head.bias.astype(np.float32),
        f"{which}layer_weights": head.layer_weights.astype(np.float16),
        f"{which}layer_bias": head.layer_bias.astype(np.float32),
        f"{which}sharpness": np.array(head.sharpness, dtype=np.float32),
    }
