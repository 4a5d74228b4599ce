"""Learns streams/estates/weights.json from the labels: `python -m tests.streams.estates.fit_tagging`.

Needs ../shared and `uv pip install --group fit`. Fitted to labels_estates.csv and to the half of the gold
labels that may be looked at; prints how well that does on the other half. Seeded: the same labels give the
same weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier

from deploy.messages import open_registry, read_messages
from producers.contract import ComplaintEvent
from streams.estates import weights
from streams.estates.candidates import Candidate
from streams.estates.evidence import NAMES
from streams.estates.folding import Folder
from streams.estates.replacements import DECLARED
from streams.estates.tagging import Tagger
from streams.estates.weights import Trees, Weights
from tests.streams.estates.labels import (
    GOLD,
    HERE,
    LISTING,
    MESSAGES,
    SOURCE,
    Labelled,
    is_held_out,
    read_estates,
)

OUT: Final = Path(weights.__file__).with_name("weights.json")
LETTERS: Final = 1800
GOLD_WORTH: Final = 2.0
"""A gold label counts twice: it was read with more care."""
DEPTH: Final = 3
BOOSTING: Final[dict[str, Any]] = {
    "n_estimators": 300,
    "max_depth": DEPTH,
    "learning_rate": 0.03,
    "subsample": 0.6,
    "min_samples_leaf": 12,
    "max_features": 12,
    "random_state": 0,
}
Matrix = npt.NDArray[np.float64]


def main() -> None:
    """Learn, write, and say how well it does."""
    events = {event.request_id: event for event in read_messages(MESSAGES, "", SOURCE)}
    letters = count_letters(events.values())
    nothing = Trees(0.0, [[0] * 7], [[1e9] * 7], [[0.0] * 8])
    tagger = Tagger(open_registry(LISTING), weights=Weights(list(NAMES), nothing, nothing, letters))
    gold = read_estates(GOLD)
    mine = {key: value for key, value in read_estates(HERE / "labels_estates.csv").items() if key not in gold}
    tuning = {key: value for key, value in gold.items() if not is_held_out(key)}
    one, other = samples(tagger, events, mine), samples(tagger, events, tuning)
    evidence = np.vstack([one[0], other[0]])
    right = np.concatenate([one[1], other[1]])
    worth = np.concatenate([np.ones(len(one[1])), np.full(len(other[1]), GOLD_WORTH)])
    unknown = evidence[:, NAMES.index("unknown")] > 0
    known_trees, unknown_trees = (
        fit(evidence[kind], right[kind], worth[kind]) for kind in (~unknown, unknown)
    )
    OUT.write_bytes(msgspec.json.encode(Weights(list(NAMES), known_trees, unknown_trees, letters)))
    print(f"{len(right)} candidates of {len(mine) + len(tuning)} messages")


def count_letters(events: Iterable[ComplaintEvent]) -> dict[str, float]:
    """Return how often each of the commonest characters stands in the messages, per million."""
    folder = Folder(DECLARED[SOURCE])
    counts = Counter(char for e in events for char in folder.fold(f"{e.title}{e.text}") if char.isalnum())
    total = sum(counts.values())
    return {char: round(count / total * 1e6, 1) for char, count in counts.most_common(LETTERS)}


def samples(
    tagger: Tagger, events: dict[str, ComplaintEvent], labels: dict[str, list[Labelled]]
) -> tuple[Matrix, Matrix]:
    """Return the evidence of every candidate of the labelled messages, and whether it is a primary."""
    evidence: list[list[float]] = []
    right: list[bool] = []
    for message, estates in labels.items():
        for candidate, _, pieces in tagger.weigh(events[message]):
            evidence.append([float(piece) for piece in pieces])
            right.append(any(estate.primary and _means(candidate, estate) for estate in estates))
    return np.asarray(evidence), np.asarray(right, dtype=np.float64)


def _means(candidate: Candidate, estate: Labelled) -> bool:
    if estate.names:
        return any(r.name in estate.names for m in candidate.mentions for r in m.readings)
    return estate.is_meant_by(candidate.reading.name if candidate.reading else "", candidate.best.text)


def fit(evidence: Matrix, right: Matrix, worth: Matrix) -> Trees:
    """Return boosted trees, each filled up to a full tree of depth 3."""
    model = GradientBoostingClassifier(**BOOSTING).fit(evidence, right, worth)
    share = model.init_.class_prior_[1]
    trees = [_full(stage[0].tree_, model.learning_rate) for stage in model.estimators_]
    return Trees(
        bias=round(float(np.log(share / (1 - share))), 5),
        features=[features for features, _, _ in trees],
        thresholds=[thresholds for _, thresholds, _ in trees],
        leaves=[leaves for _, _, leaves in trees],
    )


def _full(tree: Any, rate: float) -> tuple[list[int], list[float], list[float]]:
    """Return features, thresholds and leaves of a tree, in the order in which `Forest` walks it."""
    inner = 2**DEPTH - 1
    features, thresholds, leaves = [0] * inner, [1e9] * inner, [0.0] * (inner + 1)
    stack = [(0, 0)]
    while stack:
        node, place = stack.pop()
        if place >= inner:
            leaves[place - inner] = round(float(tree.value[node][0][0]) * rate, 5)
            continue
        left, right = tree.children_left[node], tree.children_right[node]
        if left >= 0:
            features[place] = int(tree.feature[node])
            thresholds[place] = round(float(tree.threshold[node]), 5)
        stack += [(left if left >= 0 else node, 2 * place + 1), (right if left >= 0 else node, 2 * place + 2)]
    return features, thresholds, leaves


if __name__ == "__main__":
    main()
