"""Build the learned reader from the scenes: `make model`. The same text gives the same files, bit for bit.

Three steps, each learning only from scenes, never from the held-back sitting:
1. heads (languages/heads.npz): which acts a sentence performs; all heads of a side are fitted together;
2. weights (failings/weights.npz): which failings a reply has, from what the heads say about scenes they have not seen;
3. thresholds (failings/learned-thresholds.toml): chosen on the held-back sitting.
Then the held-back sitting is measured and a table printed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from zlib import crc32

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread adds numbers in one order
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from fitting import Array, Walk, best_cut, fit, learn_network, side_by_side
from scenes import HELD_BACK, HERE, Said, Scene, read_scenes, talk_of
from scipy.sparse import csr_matrix
from vectors import vectors_of

from amends.engine import languages
from amends.engine.conversation import By
from amends.engine.failings.catalogue import catalogue
from amends.engine.failings.moment import Moment
from amends.engine.failings.weighing import Weights, features, placed, strongest, unpack
from amends.engine.languages.acts import BY_TYPOGRAPHY, CUED_ONLY, KINDS, LEARNED_ONLY, SEEMS, Act
from amends.engine.languages.folding import fold
from amends.engine.languages.heads import GRAMS, grams_of, looked_at
from amends.engine.languages.hidden import NOTHING_HIDDEN, Hidden, pack_hidden
from amends.engine.languages.learned import FLOOR, NAMES_A_THING, strength
from amends.engine.languages.reading import LEARNED, USUAL_READERS, CueReader, read
from amends.engine.languages.text import Text, prepare
from amends.engine.languages.typography import Typography
from amends.engine.languages.vectors import SIZE

ROOT = HERE.parent
ENGINE = ROOT / "src" / "amends" / "engine"
FOLDS = 4
ENOUGH = 15  # sentences of an act; with fewer, cues alone say it
HEADS, WEIGHTS = {"agent": 0.5, "customer": 1.0}, 0.5  # strength of the linear fits
HEADS_WALK = Walk(hidden=256, rounds=12, at_once=256, pace=2e-3, past=0.05, even=0.02)
WEIGHTS_WALK = Walk(hidden=256, rounds=10, at_once=128, pace=3e-3, past=0.1, even=0.1)
NETWORKS = 3  # for the weights, each from another throw of the dice: their mean counts; one is enough for the heads
WHOLE_NETWORKS = 2  # for the second opinion
HEADS_LINEAR = {"agent": 0.5, "customer": 1.0}  # the share of the linear fit; the rest is the network's
WEIGHTS_LINEAR = 0.3
GRAM_WEIGHT = 2.0
HINT = 0.15  # below, nothing is said
CAUTION = 0.5  # below 1, precision counts more than recall
GATHERED = "fourth"  # a sitting of what is rare: it teaches, but cannot tell how often it is said
LEAST = 0.35  # a finding is no guess
MOST = 0.5  # nothing has to be surer than more likely than not: scores on other hands run lower than on our own
CUE_KINDS = tuple(sorted(kind for kind in KINDS if kind not in LEARNED_ONLY | CUED_ONLY))
FAILINGS = tuple(failing.id for failing in catalogue() if failing.seen == "reply")


@dataclass(frozen=True, slots=True)
class Row:
    """A sentence in its place: scene, reply (-1: said before), the sentence before it in the same turn."""

    scene: int
    reply: int
    said: Said
    language: str
    before: str
    fold: int  # -1: held back
    gathered: bool


def rows_of(scenes: Sequence[Scene]) -> Iterator[Row]:
    """Yield all sentences of all scenes."""
    for number, scene in enumerate(scenes):
        part = -1 if scene.sitting == HELD_BACK else crc32(f"{scene.language}/{scene.name}".encode()) % FOLDS
        for reply, sentences in ((-1, scene.before), *((at, one.sentences) for at, one in enumerate(scene.replies))):
            last = None
            for said in sentences:
                before = last.text if last and last.by == said.by else ""
                yield Row(number, reply, said, scene.language, before, part, scene.sitting == GATHERED)
                last = said


@dataclass(frozen=True, slots=True)
class Side:
    """Everything known of what one side says."""

    at: Array  # places of its rows among all rows
    vectors: Array
    before: Array
    cues: Array
    grams: csr_matrix
    folds: Array

    def dense(self, centre: Array) -> Array:
        """Return the columns that heads look at besides the grams."""
        return looked_at(self.vectors, self.before, self.cues, centre)


def side_of(rows: Sequence[Row], by: By, vectors: Mapping[str, Array]) -> Side:
    """Lay out the sentences of one side."""
    at = [place for place, row in enumerate(rows) if row.said.by == by]
    ours = [rows[place] for place in at]
    nothing = np.zeros(SIZE, dtype=np.float32)
    return Side(
        at=np.array(at),
        vectors=np.stack([vectors[row.said.text] for row in ours]),
        before=np.stack([vectors[row.before] if row.before else nothing for row in ours]),
        cues=np.stack([_cued(row) for row in ours]),
        grams=_grams([fold(row.said.text, language=languages.get(row.language)).text for row in ours]),
        folds=np.array([row.fold for row in ours]),
    )


def _cued(row: Row) -> Array:
    text = prepare(row.said.text, language=languages.get(row.language))
    return strength((act for reader in USUAL_READERS for act in reader.read(text, by=row.said.by)), CUE_KINDS)


def _grams(folded: Sequence[str]) -> csr_matrix:
    places = [grams_of(text) for text in folded]
    ends = np.cumsum([0, *(len(one) for one in places)])
    weights = np.concatenate([np.full(len(one), GRAM_WEIGHT / np.sqrt(max(1, len(one)))) for one in places])
    return csr_matrix((weights, np.concatenate(places), ends), shape=(len(folded), GRAMS))


def answers_of(rows: Sequence[Row], side: Side) -> tuple[tuple[str, ...], Array, Array]:
    """Return the kinds worth a head, which rows perform them, and which rows say anything about them."""
    ours = [rows[place] for place in side.at]
    kinds, truths, counts = [], [], []
    for kind in sorted(KINDS):
        if kind in BY_TYPOGRAPHY | CUED_ONLY:
            continue
        marks = kind in LEARNED_ONLY
        truth = np.array(
            [kind.removeprefix(SEEMS) in row.said.failings if marks else kind in row.said.acts for row in ours]
        )
        if truth[side.folds >= 0].sum() >= ENOUGH:
            kinds.append(kind)
            truths.append(truth)
            counts.append(np.array([row.reply >= 0 or not marks for row in ours]))
    return tuple(kinds), np.stack(truths, axis=1), np.stack(counts, axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Both:
    """A linear model and a hidden layer beside it, each with its share."""

    ours: Array  # what a dense column weighs by itself
    theirs: Array  # what a gram weighs
    bias: Array
    hidden: Hidden

    def read(self, dense: Array, grams: csr_matrix) -> Array:
        """Return how likely each answer is, as the logarithm of the odds."""
        said: Array = dense @ self.ours + grams @ self.theirs + self.bias + self.hidden.read(dense)
        return said


def learn_both(by: str, dense: Array, grams: csr_matrix, truth: Array, counts: Array) -> Both:
    """Fit the linear model of heads and, where it has a share, their network; this does not see the grams."""
    ours, theirs, bias = fit(dense, grams, truth, strength=HEADS[by], counts=counts)
    share = HEADS_LINEAR[by]
    if share == 1:
        return Both(ours, theirs, bias, NOTHING_HIDDEN)
    network = learn_network(dense, truth, counts, HEADS_WALK, seed=0)
    past, onward, hidden = side_by_side([network], share=1 - share)
    return Both(share * ours + past, share * theirs, share * bias + onward, hidden)


def learn_heads(rows: Sequence[Row], vectors: Mapping[str, Array]) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """Return the arrays of heads.npz, and for each row what heads say that have not seen its scene."""
    kept: dict[str, Any] = {}
    foreseen: list[dict[str, float]] = [{} for _ in rows]
    for by in ("agent", "customer"):
        side = side_of(rows, by, vectors)
        kinds, truth, counts = answers_of(rows, side)
        learn = side.folds >= 0
        centre = side.vectors[learn].mean(axis=0)
        dense = side.dense(centre)
        sure = np.zeros(truth.shape)
        for part in range(-1, FOLDS):
            seen, unseen = learn & (side.folds != part), side.folds == part
            fitted = learn_both(by, dense[seen], side.grams[seen], truth[seen], counts[seen])
            if part == -1:
                whole = fitted
            if unseen.any():
                sure[unseen] = 1 / (1 + np.exp(-fitted.read(dense[unseen], side.grams[unseen])))
        usual = learn & ~np.array([rows[place].gathered for place in side.at])
        cuts = np.array(
            [
                best_cut(sure[usual & (counts[:, at] > 0), at], truth[usual & (counts[:, at] > 0), at])
                for at in range(len(kinds))
            ]
        )
        print(f"{by}: {len(kinds)} heads, F1 at their cuts {cuts[:, 1].mean():.3f} on scenes not seen")
        odds = np.log(cuts[:, 0] / (1 - cuts[:, 0]))
        moved = 1 / (1 + np.exp(-(np.log(sure / (1 - sure)) - odds)))
        for place, row in zip(side.at, moved, strict=True):
            foreseen[place] = dict(zip(kinds, row.tolist(), strict=True))
        kept |= _packed(by, kinds, centre, whole, odds)
    return kept, foreseen


def _packed(by: str, kinds: tuple[str, ...], centre: Array, whole: Both, odds: Array) -> dict[str, Any]:
    scale = np.abs(whole.theirs).max(axis=0) / 127
    return {
        f"{by}-kinds": np.array(" ".join(kinds)),
        f"{by}-cue-kinds": np.array(" ".join(CUE_KINDS)),
        f"{by}-centre": centre.astype(np.float32),
        f"{by}-table": whole.ours.astype(np.float16),
        f"{by}-grams": np.round(whole.theirs / scale).astype(np.int8),
        f"{by}-scale": (scale * GRAM_WEIGHT).astype(np.float32),
        f"{by}-bias": (whole.bias - odds).astype(np.float32),
        **pack_hidden(whole.hidden, before=f"{by}-"),
    }


class Foreseen:
    """A reader that says what unseeing heads said of the sentences of one reply."""

    name = LEARNED

    def __init__(self, now: Sequence[tuple[Said, dict[str, float]]]) -> None:
        self.now = now
        self._cues = CueReader()

    def read(self, text: Text, *, by: By) -> Iterator[Act]:
        """Yield the acts of a text of the reply at hand."""
        cued, at = list(self._cues.read(text, by=by)), 0
        for said, sure in self.now:
            start = text.original.find(said.text, at) if said.by == by else -1
            if start < 0:
                continue
            at = start + len(said.text)
            yield from (one for one in cued if start <= one.start < at and one.kind not in sure)
            for kind, confidence in sure.items():
                if confidence < FLOOR:
                    continue
                places = [(one.start, one.end) for one in cued if one.kind == kind and start <= one.start < at]
                if not places and kind not in NAMES_A_THING:
                    places = [(start, at)]
                for begin, end in places:
                    yield Act(start=begin, end=end, kind=kind, confidence=confidence, reader=LEARNED)


@dataclass(frozen=True, slots=True)
class Judged:
    """A reply as the weights see it, and as it was judged."""

    language: str
    fold: int
    seen: dict[str, float]
    meaning: Array  # of the reply, and of what it answers
    marked: frozenset[str]
    perhaps: frozenset[str]


def judged(
    scenes: Sequence[Scene],
    rows: Sequence[Row],
    foreseen: Sequence[dict[str, float]],
    vectors: Mapping[str, Array],
) -> Iterator[Judged]:
    """Yield every reply with what unseeing heads and the rules make of it."""
    typography = Typography()
    of: dict[tuple[int, int], list[int]] = {}
    for place, row in enumerate(rows):
        of.setdefault((row.scene, row.reply), []).append(place)
    for number, scene in enumerate(scenes):
        for at, reply in enumerate(scene.replies):
            places = of.get((number, -1), []) + of[number, at]
            reader = Foreseen([(rows[place].said, foreseen[place]) for place in places])
            talk = talk_of(scene, reply)
            moment = Moment(read(talk, readers=(reader, typography)), len(talk.turns) - 1)
            ruled = {one.id: tuple(one.detect(moment)) for one in catalogue() if one.seen == "reply"}
            yield Judged(
                scene.language,
                rows[of[number, at][0]].fold,
                features(moment, strongest(ruled)),
                np.stack([_middle(reply.sentences, vectors), _middle(_asked(scene), vectors)]),
                reply.failings,
                reply.perhaps,
            )


def _asked(scene: Scene) -> list[Said]:
    """Return what the customer said since the organisation last spoke."""
    return list(takewhile(lambda said: said.by == "customer", reversed(scene.before)))[::-1]


def _middle(said: Sequence[Said], vectors: Mapping[str, Array]) -> Array:
    middle: Array = np.mean([vectors[one.text] for one in said] or [np.zeros(SIZE)], axis=0, dtype=np.float32)
    return middle


def learn_weights(replies: Sequence[Judged]) -> dict[str, Any]:
    """Return the arrays of weights.npz."""
    names = tuple(sorted(replies[0].seen))
    learn = [one for one in replies if one.fold >= 0]
    dense = np.array([[one.seen[name] for name in names] for one in learn])
    truth = np.array([[failing in one.marked for failing in FAILINGS] for one in learn])
    counts = np.array([[failing not in one.perhaps for failing in FAILINGS] for one in learn])
    none = csr_matrix((len(learn), 0))
    counts = counts.astype(np.float32)
    table, _, bias = fit(dense, none, truth, strength=WEIGHTS, counts=counts, rounds=300)
    networks = [learn_network(dense, truth, counts, WEIGHTS_WALK, seed=seed) for seed in range(NETWORKS)]
    past, onward, hidden = side_by_side(networks, share=1 - WEIGHTS_LINEAR)
    meanings = np.stack([one.meaning for one in learn])
    centre = meanings.mean(axis=0)
    dense = np.hstack([dense, placed(meanings, centre)])
    networks = [learn_network(dense, truth, counts, WEIGHTS_WALK, seed=seed) for seed in range(WHOLE_NETWORKS)]
    whole_past, whole_onward, whole_hidden = side_by_side(networks, share=1)
    return {
        "names": np.array("\n".join(names)),
        "failings": np.array("\n".join(FAILINGS)),
        "table": (WEIGHTS_LINEAR * table + past).astype(np.float32),
        "bias": (WEIGHTS_LINEAR * bias + onward).astype(np.float32),
        **pack_hidden(hidden),
        "whole-centre": centre.astype(np.float32),
        "whole-table": whole_past.astype(np.float16),
        "whole-bias": whole_onward.astype(np.float32),
        **pack_hidden(whole_hidden, before="whole-"),
    }


def choose_thresholds(replies: Sequence[Judged], weights: Weights) -> dict[str, float]:
    """Return a threshold a failing, chosen on held-back replies of all languages together.

    Precision counts twice as much as recall. With a dozen cases each, the best cut is a matter of luck: the score is
    smoothed over near cuts, and the middle of the good ones is taken.
    """
    found: dict[str, float] = {}
    held = [one for one in replies if one.fold < 0]
    sure = [weights.weigh(one.seen, one.meaning) for one in held]
    cuts = np.linspace(0.1, 0.9, 81)
    for failing in FAILINGS:
        scores = np.array([_score(failing, cut, held, sure) for cut in cuts])
        smooth = np.convolve(np.pad(scores, 10, mode="edge"), np.ones(21) / 21, "valid")
        found[failing] = min(MOST, max(LEAST, round(float(cuts[smooth >= smooth.max() - 0.01].mean()), 2)))
    return found


def _score(failing: str, cut: float, held: Sequence[Judged], sure: Sequence[Mapping[str, float]]) -> float:
    hit, false, miss = _counted(failing, cut, held, sure)
    weight = CAUTION**2
    return (1 + weight) * hit / max(1e-9, (1 + weight) * hit + weight * miss + false)


def _counted(
    failing: str, cut: float, held: Sequence[Judged], sure: Sequence[Mapping[str, float]]
) -> tuple[int, int, int]:
    hit = false = miss = 0
    for one, probability in zip(held, sure, strict=True):
        found = probability[failing] >= cut
        if failing in one.marked:
            hit, miss = hit + found, miss + (not found)
        elif failing not in one.perhaps:
            false += found
    return hit, false, miss


def show(replies: Sequence[Judged], weights: Weights, thresholds: Mapping[str, float]) -> None:
    """Print how the whole does on the held-back replies: the thresholds were chosen there, the rest was not."""
    for language in ("", *sorted({one.language for one in replies})):
        held = [one for one in replies if one.fold < 0 and language in {"", one.language}]
        sure = [weights.weigh(one.seen, one.meaning) for one in held]
        counted = {failing: _counted(failing, cut, held, sure) for failing, cut in thresholds.items()}
        macro = np.mean([2 * hit / max(1, 2 * hit + false + miss) for hit, false, miss in counted.values()])
        hits, falses, misses = (sum(part) for part in zip(*counted.values(), strict=True))
        clean = [at for at, one in enumerate(held) if not one.marked | one.perhaps]
        alarms = sum(any(sure[at][failing] >= cut for failing, cut in thresholds.items()) for at in clean)
        print(
            f"{language or 'all':4} replies {len(held):4}  macro-F1 {macro:.3f}  precision {hits / (hits + falses):.3f}"
            f"  recall {hits / (hits + misses):.3f}  clean ones with an alarm {100 * alarms / len(clean):.1f} of 100"
        )


def main() -> None:
    """Build all, and say how well it does on the held-back sitting."""
    scenes = list(read_scenes())
    rows = list(rows_of(scenes))
    vectors = vectors_of(row.said.text for row in rows)
    heads, foreseen = learn_heads(rows, vectors)
    np.savez_compressed(ENGINE / "languages" / "heads.npz", **heads)
    replies = list(judged(scenes, rows, foreseen, vectors))
    kept = learn_weights(replies)
    np.savez_compressed(ENGINE / "failings" / "weights.npz", **kept)
    weights = unpack(kept)
    thresholds = choose_thresholds(replies, weights)
    head = "# Made by `make model`: how sure one must be where the learned reader reads. Below `hint`, nothing is said."
    cuts = "\n".join(f"{failing} = {cut:.2f}" for failing, cut in thresholds.items())
    place = ENGINE / "failings" / "learned-thresholds.toml"
    place.write_text(f"{head}\n\n[default]\nfailing = 0.5\nhint = {HINT}\n{cuts}\n", encoding="utf-8")
    show(replies, weights, thresholds)


if __name__ == "__main__":
    main()
