"""Learns streams/estates/weights.json from the labels: `python -m tests.streams.estates.fit_tagging`.

Needs ../shared and `uv pip install --group fit`. Fitted to labels_estates.csv and to the half of the gold
labels that may be looked at; probabilities are calibrated by what such trees say of estates that they were
not fitted to. Seeded: the same labels give the same weights.
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
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

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
    rows,
)

OUT: Final = Path(weights.__file__).with_name("weights.json")
LETTERS: Final = 1800
GOLD_WORTH: Final = 2.0
"""A gold label counts twice: it was read with more care. Of n candidates of one unknown estate each counts
1/sqrt(n), so that the trees learn what holds of any name and not of the one that most wrote about."""
DOUBTFUL: Final = "third reading"
"""Note of labels that were read because the trees of that time were in doubt of them."""
DEPTH: Final = 3
FOLDS: Final = 5
BOOSTING: Final[dict[str, Any]] = {
    "n_estimators": 300,
    "max_depth": DEPTH,
    "learning_rate": 0.04,
    "subsample": 0.6,
    "min_samples_leaf": 12,
    "max_features": 20,
    "random_state": 0,
}
Matrix = npt.NDArray[np.float64]


def main() -> None:
    """Learn, write, and say how well it does."""
    events = {event.request_id: event for event in read_messages(MESSAGES, "", SOURCE)}
    letters = count_letters(events.values())
    nothing = Trees(0.0, [[0] * 7], [[1e9] * 7], [[0.0] * 8], (1.0, 1.0, 0.0))
    tagger = Tagger(open_registry(LISTING), weights=Weights(list(NAMES), nothing, nothing, letters))
    gold = read_estates(GOLD)
    mine = {key: value for key, value in read_estates(HERE / "labels_estates.csv").items() if key not in gold}
    tuning = {key: value for key, value in gold.items() if not is_held_out(key)}
    labels = mine | tuning
    evidence, right, message = samples(tagger, events, labels)
    estate = estates_of(labels)
    group = np.array([estate[key] for key in message])
    read_well = np.array([GOLD_WORTH if key in tuning else 1.0 for key in message])
    unknown = evidence[:, NAMES.index("unknown")] > 0
    worth = np.where(unknown, read_well / np.sqrt(np.bincount(group)[group]), read_well)
    doubtful = {row["id"] for row in rows(HERE / "labels_estates.csv") if row["note"] == DOUBTFUL}
    drawn = np.array([key not in doubtful for key in message])
    known_trees, unknown_trees = (
        calibrated(evidence[kind], right[kind], worth[kind], group[kind], drawn[kind])
        for kind in (~unknown, unknown)
    )
    OUT.write_bytes(msgspec.json.encode(Weights(list(NAMES), known_trees, unknown_trees, letters)))
    print(f"{len(right)} candidates of {len(labels)} messages")


def count_letters(events: Iterable[ComplaintEvent]) -> dict[str, float]:
    """Return how often each of the commonest characters stands in the messages, per million."""
    folder = Folder(DECLARED[SOURCE])
    counts = Counter(char for e in events for char in folder.fold(f"{e.title}{e.text}") if char.isalnum())
    total = sum(counts.values())
    return {char: round(count / total * 1e6, 1) for char, count in counts.most_common(LETTERS)}


def samples(
    tagger: Tagger, events: dict[str, ComplaintEvent], labels: dict[str, list[Labelled]]
) -> tuple[Matrix, Matrix, list[str]]:
    """Return the evidence of every candidate, whether it is a primary, and the message that it is of."""
    evidence: list[list[float]] = []
    right: list[bool] = []
    of: list[str] = []
    for message, estates in labels.items():
        for candidate, _, pieces in tagger.weigh(events[message]):
            evidence.append([float(piece) for piece in pieces])
            right.append(any(estate.primary and _means(candidate, estate) for estate in estates))
            of.append(message)
    return np.asarray(evidence), np.asarray(right, dtype=np.float64), of


def estates_of(labels: dict[str, list[Labelled]]) -> dict[str, int]:
    """Return a number for each message, equal for messages that name one estate, directly or by a third."""
    group = {message: number for number, message in enumerate(labels)}
    first: dict[str, str] = {}
    for message, estates in labels.items():
        for name in sorted({n for estate in estates for n in estate.names or estate.surfaces}):
            one, other = group[first.setdefault(name, message)], group[message]
            group = {key: one if value == other else value for key, value in group.items()}
    return group


def _means(candidate: Candidate, estate: Labelled) -> bool:
    if estate.names:
        return any(r.name in estate.names for m in candidate.mentions for r in m.readings)
    return estate.is_meant_by(candidate.reading.name if candidate.reading else "", candidate.best.text)


def calibrated(
    evidence: Matrix, right: Matrix, worth: Matrix, group: Matrix, drawn: npt.NDArray[np.bool_]
) -> Trees:
    """Return trees, and how what they say of unseen estates is to be bent (Kull et al. 2017).

    Args:
        evidence: a row a candidate.
        right: whether it is a primary, 1 or 0.
        worth: what each counts.
        group: equal for candidates of messages that name one estate.
        drawn: whether its message was labelled by chance, not because earlier trees were in doubt.
    """
    unseen = np.zeros(len(right))
    for train, test in GroupKFold(FOLDS).split(evidence, groups=group):
        model = GradientBoostingClassifier(**BOOSTING).fit(evidence[train], right[train], worth[train])
        unseen[test] = model.decision_function(evidence[test])
    logs = np.stack([-np.logaddexp(0, -unseen), np.logaddexp(0, unseen)], axis=1)
    bend = LogisticRegression(C=1e6).fit(logs[drawn], right[drawn], worth[drawn])
    a, b, c = (round(float(number), 5) for number in (*bend.coef_[0], bend.intercept_[0]))
    print(f"calibration: a {a:.2f}, b {b:.2f}, c {c:.2f}")
    return fit(evidence, right, worth, (a, b, c))


def fit(evidence: Matrix, right: Matrix, worth: Matrix, calibration: tuple[float, float, float]) -> Trees:
    """Return boosted trees, each filled up to a full tree of depth 3."""
    model = GradientBoostingClassifier(**BOOSTING).fit(evidence, right, worth)
    share = model.init_.class_prior_[1]
    trees = [_full(stage[0].tree_, model.learning_rate) for stage in model.estimators_]
    return Trees(
        bias=round(float(np.log(share / (1 - share))), 5),
        features=[features for features, _, _ in trees],
        thresholds=[thresholds for _, thresholds, _ in trees],
        leaves=[leaves for _, _, leaves in trees],
        calibration=calibration,
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
