"""What the texts add on real messages: `python -m tests.streams.surges.matters`.

Needs ../shared; the figures are in docs/trials/surges-changsha.md. Prints, for each variant, all alerts at
the lowest threshold with at most as many others than the known flood's as counts alone give at 3.6, and how
many of its messages had come by the first alert on it.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from deploy.messages import read_messages
from streams.contract import Path, Surge
from streams.estates.categories import Categoriser
from streams.surges.arrival import Arrival, Record
from streams.surges.replay import replay
from streams.surges.settings import DetectorSettings
from tests.streams.estates.labels import LISTING, MESSAGES, SOURCE
from tests.streams.surges.judged import Judge, JudgedDetector, Parts
from tests.streams.surges.same_matter import by_categories, by_texts, sketches, usual_likeness

ZONE: Final = ZoneInfo("Asia/Shanghai")
UNKNOWN: Final = "伊景园滨河苑"
FIRST_CLONE: Final = 313_964
SHORTEST_NAME: Final = 4
THRESHOLDS: Final = tuple(float(each) for each in np.arange(2.4, 6.01, 0.1).round(1))
BEFORE: Final = 3.6


def messages() -> list[dict[str, str]]:
    """Return the messages by time, without the organisers' clones."""
    with MESSAGES.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    sent = Counter((row["created_at"], row[field]) for row in rows for field in ("title", "body"))
    kept = [
        row
        for row in rows
        if int(row["id"]) < FIRST_CLONE
        or all(sent[row["created_at"], row[field]] == 1 for field in ("title", "body"))
    ]
    return sorted(kept, key=lambda row: row["created_at"])


def estates(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    """Yield the estate that each message names by plain matching, title before body; "": none."""
    with LISTING.open(encoding="utf-8-sig", newline="") as file:
        names = {row["name"].replace("·", "") for row in csv.DictReader(file)} | {UNKNOWN}
    long = sorted((name for name in names if len(name) >= SHORTEST_NAME), key=len, reverse=True)
    for row in rows:
        texts = (folded(row["title"]), folded(row["body"]))
        yield next((name for text in texts for name in long if name in text), "")


def folded(text: str) -> str:
    """Return a text with the estate's two other spellings as one."""
    return text.replace("·", "").replace("滨河院", "滨河苑")


def main() -> None:
    """Print what each variant alerts."""
    rows = messages()
    named = list(estates(rows))
    types = dict(zip(*categories(), strict=True))
    arrivals = [arrival(row, name, types[row["id"]]) for row, name in zip(rows, named, strict=True) if name]
    print(f"{len(rows)} messages, {len(arrivals)} name an estate")
    budget = None
    for name, judge in judges(rows, named, types).items():
        for threshold in [BEFORE] if budget is None else THRESHOLDS:
            alerts = opened(arrivals, judge, threshold)
            others = sum(surge.unit != UNKNOWN for surge in alerts)
            if budget is None or others <= budget:
                budget = others if budget is None else budget
                tell(name, threshold, alerts, arrivals)
                break


def categories() -> tuple[list[str], list[str]]:
    """Return the messages' ids, and their problem types as the stream tags them."""
    events = list(read_messages(MESSAGES, "", SOURCE))
    return [event.request_id for event in events], [each for each, _ in Categoriser().categorise_all(events)]


def arrival(row: dict[str, str], estate: str, problem_type: str) -> Arrival:
    """Return a message as the detector is told of it."""
    moment = int(datetime.fromisoformat(row["created_at"]).replace(tzinfo=ZONE).timestamp() * 1000)
    return Arrival(row["id"], row["id"], Path(estate), row["user"], problem_type, moment, moment)


def judges(
    rows: Sequence[dict[str, str]], named: Sequence[str], types: dict[str, str]
) -> dict[str, Judge | None]:
    """Return what may judge a window: nothing, its texts, its problem types, both."""
    texts = [
        folded(f"{row['title']} {row['body']}").replace(name or " ", " ")
        for row, name in zip(rows, named, strict=True)
    ]
    matrix = sketches(texts)
    place = {row["id"]: at for at, row in enumerate(rows)}
    alike_from = usual_likeness(matrix, seed=1)
    counts = Counter(types[row["id"]] for row in rows)
    usual = {name: count / counts.total() for name, count in counts.items()}

    def of_texts(records: Sequence[Record]) -> float:
        return by_texts(matrix[[place[record.event_id] for record in records]], alike_from)

    def of_types(records: Sequence[Record]) -> float:
        return by_categories((record.arrival.problem_type for record in records), usual)

    def of_both(records: Sequence[Record]) -> float:
        return of_texts(records) + of_types(records)

    return {"counts": None, "texts": of_texts, "problem types": of_types, "both": of_both}


def opened(arrivals: Sequence[Arrival], judge: Judge | None, threshold: float) -> list[Surge]:
    """Return each surge as it opened."""
    detector = JudgedDetector(DetectorSettings(threshold=threshold), ZONE, Parts(judge), threshold)
    return [surge for surge in replay(arrivals, detector) if surge.revision == 1]


def tell(name: str, threshold: float, alerts: Sequence[Surge], arrivals: Sequence[Arrival]) -> None:
    """Print a variant's alerts."""
    found = [surge for surge in alerts if surge.unit == UNKNOWN]
    first = min((surge.opened_at.timestamp() * 1000 for surge in found), default=0)
    by_then = sum(each.path.estate == UNKNOWN and each.weighed < first for each in arrivals)
    print(
        f"{name} at {threshold}: {len(alerts)} alerts, {len(found)} on {UNKNOWN}, the first after {by_then}"
    )
    for surge in alerts:
        when = surge.opened_at.astimezone(ZONE)
        print(
            f"  {when:%Y-%m-%d %H:%M} {surge.unit} {surge.observed} ({surge.expected:.2f}) {surge.score:.1f}"
        )


if __name__ == "__main__":
    main()
