"""Learns streams/estates/categories.json.gz: `python -m tests.streams.estates.fit_categories`.

Needs ../shared. A multinomial logistic regression over n-grams of characters and the words of `problems`,
with a ridge, fitted by L-BFGS to both label files and to the half of the gold labels that may be looked at.
No chance enters: the same labels give the same model.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import diags, hstack

from deploy.messages import read_messages
from producers.contract import ComplaintEvent
from streams.estates import categories
from streams.estates.categories import BODY, Model, Reader, vocabulary
from streams.estates.folding import Folder
from streams.estates.problems import HOUSING_WORDS, PROBLEM_TYPES, WORDS
from streams.estates.replacements import DECLARED
from tests.streams.estates.labels import GOLD, HERE, MESSAGES, SOURCE, is_held_out, read_categories

OUT: Final = Path(categories.__file__).with_name("categories.json.gz")
RIDGE: Final = 0.15
ROUNDS: Final = 80
SEEN: Final = 4
"""An n-gram must stand in this many messages."""
WORD_SCALE: Final = 5.0
"""How much more freely a listed word may weigh than an n-gram."""
TITLE_SCALE: Final = 1.3
LEAST_WEIGHT: Final = 0.05
"""Terms without a weight above this are left out."""
WORTH: Final = {"labels_categories.csv": 0.7, "labels_estates.csv": 1.0}
GOLD_WORTH: Final = 1.5
LISTED: Final = sorted({word for words in WORDS.values() for word in words} | set(HOUSING_WORDS))
Matrix = npt.NDArray[np.float64]


def main() -> None:
    """Learn and write."""
    events = {event.request_id: event for event in read_messages(MESSAGES, "", SOURCE)}
    labels: dict[str, tuple[str, float]] = {}
    for name, worth in WORTH.items():
        labels |= {message: (label, worth) for message, label in read_categories(HERE / name).items()}
    gold = read_categories(GOLD)
    labels = {message: label for message, label in labels.items() if message not in gold}
    labels |= {message: (label, GOLD_WORTH) for message, label in gold.items() if not is_held_out(message)}
    model = fit([events[message] for message in labels], list(labels.values()))
    OUT.write_bytes(gzip.compress(msgspec.json.encode(model), mtime=0))
    print(f"{len(labels)} messages, {len(model.terms)} terms")


def fit(events: Sequence[ComplaintEvent], labels: Sequence[tuple[str, float]]) -> Model:
    """Return the model that fits best."""
    terms, seen = _terms(events)
    reader = Reader(terms)
    listed = set(LISTED)
    scale = np.array(
        [WORD_SCALE if t in listed else np.log(len(events) / max(seen[t], 1) + 1) / 3 for t in terms]
    )
    scales = np.concatenate([scale * TITLE_SCALE, scale])
    design = _design(events, reader, scales)
    weights, bias = _minimise(design, labels)
    weights *= scales[:, None]
    title, anywhere = weights[: len(terms)], weights[len(terms) :]
    kept = [i for i in range(len(terms)) if max(abs(title[i]).max(), abs(anywhere[i]).max()) > LEAST_WEIGHT]
    return Model(
        terms=[terms[i] for i in kept],
        title=_thousandths(title[kept]),
        anywhere=_thousandths(anywhere[kept]),
        bias=_thousandths(bias[None, :])[0],
    )


def _terms(events: Sequence[ComplaintEvent]) -> tuple[list[str], Counter[str]]:
    folder = Folder(DECLARED[SOURCE])
    seen: Counter[str] = Counter()
    for event in events:
        title, body = folder.fold(event.title), folder.fold(event.text[:BODY])
        seen.update(vocabulary([title], (1, 2, 3)) | vocabulary([body], (2,)))
    return sorted({term for term, count in seen.items() if count >= SEEN} | set(LISTED)), seen


def _design(events: Sequence[ComplaintEvent], reader: Reader, scales: Matrix) -> Any:
    blocks = []
    for half, found in zip(np.split(scales, 2), reader.terms(events), strict=True):
        lengths = np.maximum(1, np.diff(found.indptr))
        blocks.append(diags(1 / np.sqrt(lengths)) @ found @ diags(half))
    return hstack(blocks, format="csr")


def _minimise(design: Any, labels: Sequence[tuple[str, float]]) -> tuple[Matrix, Matrix]:
    types, features = len(PROBLEM_TYPES), design.shape[1]
    worth = np.array([weight for _, weight in labels])[:, None]
    wanted = np.eye(types)[[PROBLEM_TYPES.index(label) for label, _ in labels]]
    transposed = design.T.tocsr()

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights, bias = flat[:-types].reshape(features, types), flat[-types:]
        scores = design @ weights + bias
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        total = odds.sum(axis=1, keepdims=True)
        gap = (odds / total - wanted) * worth
        value = float((worth[:, 0] * (np.log(total[:, 0]) - (scores * wanted).sum(axis=1))).sum())
        gradient = np.concatenate([(transposed @ gap + RIDGE * weights).ravel(), gap.sum(axis=0)])
        return value + RIDGE / 2 * float((weights**2).sum()), gradient

    start = np.zeros((features + 1) * types)
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ROUNDS}).x
    return best[:-types].reshape(features, types), best[-types:]


def _thousandths(weights: Matrix) -> list[list[int]]:
    return [[round(float(value) * 1000) for value in row] for row in weights]


if __name__ == "__main__":
    main()
