"""`pulse tag`: ties the messages of a CSV file to estates with the tagger of the stream, without Kafka."""

from __future__ import annotations

import csv
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

import click

from deploy.errors import OperationFailed
from deploy.messages import open_registry, read_messages
from producers.contract import ComplaintEvent
from streams.contract import Tag
from streams.estates.categories import Categoriser
from streams.estates.evidence import NAMES
from streams.estates.replacements import DECLARED
from streams.estates.tagging import REVIEW_BELOW, Tagger

TAG_COLUMNS: Final = ("id", "name", "role", "surface", "estate_id", "confidence")
CATEGORY_COLUMNS: Final = ("id", "category", "confidence")
ANONYMISED: Final = "tipdm2020c"
_ANONYMOUS: Final = re.compile(r"[A-Z]\d?[市区县]|西地省")
_LOOKED_AT: Final = 200
_IN: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT: Final = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option("--registry", required=True, type=_IN, help="A registry (.csv, .geojson), or a listing (.csv).")
@click.option("--in", "messages", required=True, type=_IN, help="CSV with the columns id, title, body.")
@click.option("--out", type=_OUT, help="CSV to write: " + ", ".join(TAG_COLUMNS) + ".")
@click.option("--categories", type=_OUT, help="CSV to write: " + ", ".join(CATEGORY_COLUMNS) + ".")
@click.option("--explain", multiple=True, metavar="ID", help="Print what decided for this message.")
@click.option(
    "--mapping", default="", help="Where the columns have other names: a mapping (see `produce file`)."
)
@click.option(
    "--source",
    default="",
    help="The request system the messages come from: what it has replaced in its texts is undone. "
    f"Left out: {ANONYMISED} where the texts are anonymised as that source does it.",
)
@click.option("--city", default="", help="The city of a listing, where its addresses do not tell.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    registry: Path,
    messages: Path,
    out: Path | None,
    categories: Path | None,
    explain: tuple[str, ...],
    mapping: str,
    source: str,
    city: str,
    as_json: bool,
) -> None:
    """Tie messages to estates: one row for each estate that a message names, primaries first."""
    if out is None and categories is None and not explain:
        raise click.UsageError("nothing to do: give --out, --categories or --explain")
    events = list(read_messages(messages, mapping, source or guess_source(messages, mapping)))
    seconds = time.perf_counter()
    summary: dict[str, Any] = {"messages": len(events)}
    if out is not None or explain:
        tagger = Tagger(open_registry(registry, city))
        _explain_all(explain, events, tagger)
        if out is not None:
            summary |= _write_tags(out, events, tagger)
    if categories is not None:
        summary["categories"] = _write_categories(categories, events)
    summary["seconds"] = round(time.perf_counter() - seconds, 1)
    if out is not None or categories is not None:
        click.echo(json.dumps(summary, ensure_ascii=False) if as_json else _plain(summary), err=not as_json)


def guess_source(path: Path, mapping: str) -> str:
    """Return the source whose way of anonymising most of the first messages show; empty: none."""
    if mapping:
        return ""
    texts = [
        event.title + event.text
        for event, _ in zip(read_messages(path, "", ""), range(_LOOKED_AT), strict=False)
    ]
    marked = sum(_ANONYMOUS.search(text) is not None for text in texts)
    return ANONYMISED if ANONYMISED in DECLARED and marked * 2 > len(texts) else ""


def _write_tags(out: Path, events: Sequence[ComplaintEvent], tagger: Tagger) -> dict[str, int]:
    counts: Counter[str] = Counter()
    with _written(out) as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(TAG_COLUMNS)
        for event in events:
            tags = _tags(tagger, event)
            counts["tagged"] += any(tag.role == "primary" for tag in tags)
            counts["review"] += sum(tag.confidence < REVIEW_BELOW for tag in tags)
            for tag in tags:
                counts[tag.role.value] += 1
                writer.writerow(_tag_row(event, tag))
    return dict(counts)


def _tags(tagger: Tagger, event: ComplaintEvent) -> list[Tag]:
    tagging = tagger.tag(event)
    found = [*([tagging.primary] if tagging.primary else []), *tagging.others]
    return sorted(found, key=lambda tag: tag.role != "primary")


def _tag_row(event: ComplaintEvent, tag: Tag) -> tuple[object, ...]:
    surface = tag.surface.encode("utf-8", "replace").decode()
    return event.request_id, tag.name, tag.role.value, surface, tag.estate_id, tag.confidence


def _write_categories(out: Path, events: Sequence[ComplaintEvent]) -> dict[str, int]:
    categoriser = Categoriser()
    counts: Counter[str] = Counter()
    with _written(out) as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(CATEGORY_COLUMNS)
        for event in events:
            category, confidence = categoriser.categorise(event)
            counts[category] += 1
            writer.writerow((event.request_id, category, confidence))
    return dict(counts)


def _written(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise OperationFailed(f"{path}: {error.strerror}") from error


def _explain_all(ids: Sequence[str], events: Sequence[ComplaintEvent], tagger: Tagger) -> None:
    by_id = {event.request_id: event for event in events}
    for request in ids:
        if request not in by_id:
            raise OperationFailed(f"no message has the id {request!r}")
        click.echo("\n".join(_explained(by_id[request], tagger)))


def _explained(event: ComplaintEvent, tagger: Tagger) -> Iterator[str]:
    """Yield what was found in a message, and the evidence for each candidate."""
    yield f"{event.request_id}  {event.title}"
    for tag in _tags(tagger, event):
        about = f"{tag.rule}{f' ({tag.evidence})' if tag.evidence else ''}"
        name = tag.name or tag.estate_id
        yield f"  {tag.role.value:9} {tag.confidence:.2f}  {name}  «{tag.surface}»  {about}"
    for candidate, probability, pieces in tagger.weigh(event):
        said = [f"{name}={value:g}" for name, value in zip(NAMES, pieces, strict=True) if value]
        mentions = ", ".join(f"{m.text}:{m.rule.value}" for m in candidate.mentions)
        yield f"  weighed   {probability:.2f}  {candidate.key}  [{mentions}]  {' '.join(said)}"


def _plain(summary: dict[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in summary.items())
