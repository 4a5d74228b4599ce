"""The published schemas are those of the structs, and say yes and no where the decoders do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from deploy.schemas import asyncapi_document, documents, json_schemas, messages
from deploy.topics import topic_specs
from producers.contract import ComplaintEvent, encode
from producers.schemas import field_texts
from tests.producers.events import event

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_kept_document_is_what_the_structs_say(name: str) -> None:
    kept = (DOCS / name).read_text(encoding="utf-8")
    assert kept == documents()[name], "run `python -m deploy.schemas docs` and commit what it writes"


def test_no_document_is_left_over() -> None:
    kept = {f"schemas/{path.name}" for path in (DOCS / "schemas").iterdir()}
    assert kept == {name for name in documents() if name.startswith("schemas/")}


@pytest.mark.parametrize("name", sorted(json_schemas()))
def test_a_schema_is_one_and_stands_by_itself(name: str) -> None:
    schema = json_schemas()[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    for reference in references(schema):
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


def test_an_event_fits_its_schema_and_one_without_a_required_field_does_not() -> None:
    schema = json_schemas()["complaint-event.json"]
    whole = json.loads(encode(event(1, lon=114.3, lat=22.7, extra={"a": [1]}, due_at=event(9).occurred_at)))
    jsonschema.validate(whole, schema)
    jsonschema.validate({**whole, "of_a_later_version": 1}, schema)
    for required in ("source", "request_id", "event_id", "kind", "occurred_at"):
        with pytest.raises(jsonschema.ValidationError, match=required):
            jsonschema.validate({name: value for name, value in whole.items() if name != required}, schema)


def test_every_text_under_a_field_is_in_the_schema() -> None:
    properties = json_schemas()["complaint-event.json"]["properties"]
    texts = field_texts(ComplaintEvent)
    assert len(texts) > 10
    for field, text in texts.items():
        assert text == properties[field].get("description"), field


def test_asyncapi_describes_every_topic_as_it_is_created() -> None:
    channels = asyncapi_document()["channels"]
    assert set(channels) == {spec.name for spec in topic_specs()}
    for spec in topic_specs():
        binding = channels[spec.name]["bindings"]["kafka"]
        configs = spec.configs(replication=1)
        assert binding["partitions"] == spec.partitions
        assert binding["topicConfiguration"]["cleanup.policy"] == [configs["cleanup.policy"]]
        assert str(binding["topicConfiguration"]["retention.ms"]) == configs["retention.ms"]
        assert channels[spec.name]["messages"], f"no message is described for {spec.name}"


def test_asyncapi_refers_to_nothing_that_is_not_there() -> None:
    document = yaml.safe_load((DOCS / "asyncapi.yaml").read_text(encoding="utf-8"))
    for reference in references(document):
        target: Any = document
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_message_is_sent_by_an_operation() -> None:
    assert len(asyncapi_document()["operations"]) == len({message.name for message in messages()})


# One example of each version stays here for ever: a reader of the newest must read them all.
VERSIONS = [
    b'{"source":"12345-pingshan","request_id":"R1","event_id":"R1/opened","kind":"opened",'
    b'"occurred_at":"2021-06-01T04:00:00Z"}',
]


@pytest.mark.parametrize("example", VERSIONS)
def test_events_of_every_version_are_read(example: bytes) -> None:
    assert msgspec.json.decode(example, type=ComplaintEvent).request_id == "R1"


def references(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        if isinstance(document.get("$ref"), str):
            yield document["$ref"]
        for value in document.values():
            yield from references(value)
    elif isinstance(document, list):
        for value in document:
            yield from references(value)
