"""The records that the harness makes: each meets the fate that its maker foresaw, in the pure code."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from deploy.chaos.batch import Batch
from deploy.chaos.judge import check_sent
from deploy.chaos.poison import HUGE_BYTES, Sent, mark_of, poison
from deploy.chaos.source import SPAN, letters, letters_of
from deploy.chaos.strays import ahead, late, models, repeats
from deploy.example_district import REGISTRY_FILE
from producers.contract import ComplaintEvent
from producers.records import event_record
from producers.sources.synthetic.chance import chance_of
from streams.pipeline import Place, RawRecord
from streams.settings import StreamsSettings

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def model() -> ComplaintEvent:
    return letters()[100]


@pytest.fixture
def batch() -> Batch:
    return Batch(REGISTRY_FILE.read_text(encoding="utf-8"), StreamsSettings(), 1)


def as_log(sent: list[Sent], first: int = 0) -> dict[int, list[RawRecord]]:
    now_ms = int(NOW.timestamp() * 1000)
    return {
        0: [
            RawRecord(Place(1, 0, first + number, now_ms), each.key, each.value, tuple(each.headers))
            for number, each in enumerate(sent)
        ]
    }


def test_every_kind_is_rejected_for_its_reason(batch: Batch, model: ComplaintEvent) -> None:
    sent = [*poison(model, "r")]
    log = as_log(sent)
    batch.take(log)
    assert check_sent(sent, log, batch).is_none
    assert len(batch.rejected) == len(sent)
    assert len({mark_of(each.headers) for each in sent}) == len(sent)
    assert max(len(each.value or b"") for each in sent) > HUGE_BYTES


def test_a_sound_event_among_poison_is_noticed(batch: Batch, model: ComplaintEvent) -> None:
    poisoned = next(each for each in poison(model, "r") if each.name == "other-key")
    log = as_log([replace(poisoned, key=b"chaos/r-other-key")])
    batch.take(log)
    assert check_sent([poisoned], log, batch).wrong == ["r/other-key: taken, not wrong_key"]


def test_an_acknowledged_record_that_is_nowhere_is_lost(batch: Batch, model: ComplaintEvent) -> None:
    [first, *_] = poison(model, "r")
    assert len(check_sent([first], {}, batch).lost) == 1


def test_what_is_dated_ahead_is_rejected_and_what_is_late_is_taken(
    batch: Batch, model: ComplaintEvent
) -> None:
    chance = chance_of(1, "strays")
    sent = [*ahead([model] * 20, NOW, chance, "r"), *late([model] * 20, chance, "r")]
    log = as_log(sent)
    batch.take(log)
    assert check_sent(sent, log, batch).is_none
    assert len(batch.facts) == 20


def test_repeats_change_no_figure(batch: Batch) -> None:
    sent = [*late(letters()[:50], chance_of(1, "late"), "r")]
    log = as_log(sent)
    batch.take(log)
    before = dict(batch.counts)
    again = as_log([*repeats(log, chance_of(1, "repeats"), 200)], first=len(sent))
    batch.take(again)
    assert batch.counts == before
    assert len(batch.facts) == 50


def test_the_input_of_a_later_run_is_the_same_later() -> None:
    first, second = [*letters_of(0)], [*letters_of(1)]
    assert [event.text for event in first] == [event.text for event in second]
    assert {event.request_id for event in first}.isdisjoint(event.request_id for event in second)
    assert all(b.occurred_at - a.occurred_at == SPAN for a, b in zip(first, second, strict=True))


def test_the_input_has_surges_of_estates_and_areas_to_find(batch: Batch) -> None:
    batch.take(as_log([Sent("letter", *event_record(event)[:3], None) for event in letters_of(0)]))
    assert {surge.level.value for surge in batch.surges.values()} >= {"estate", "community"}


def test_strays_are_made_of_what_others_sent(model: ComplaintEvent) -> None:
    chance = chance_of(1, "strays")
    letter = Sent("letter", *event_record(model)[:3], None)
    log = as_log([letter, *ahead([model] * 20, NOW, chance, "r"), *late([model] * 20, chance, "r")])
    assert {event.event_id for event in models(log, chance, 40)} == {model.event_id}
