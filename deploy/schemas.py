"""JSON Schemas and the AsyncAPI 3 document of all that travels on topics, made from the structs themselves.

    python -m deploy.schemas docs

writes docs/schemas/*.json and docs/asyncapi.yaml. They are kept in the repository, for those who read events
in other languages; tests/deploy/test_schemas.py makes them anew and fails where the kept ones differ.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from deploy.topics import Epoch, TopicSpec, topic_specs
from producers.contract import (
    EVENT_TYPE_PREFIX,
    EVENT_TYPE_SUFFIX,
    RAW_TOPIC,
    REGISTRY_TYPE,
    SPEC_VERSION,
    TICK_TYPE,
    ComplaintEvent,
    Kind,
    RegistryActivated,
    Tick,
)
from producers.schemas import Schema, schemas_of
from streams.contract import (
    ARRIVALS_TOPIC,
    CONTROL_TOPIC,
    COUNTS_TOPIC,
    REGISTRY_TOPIC,
    REJECTED_TOPIC,
    SURGES_TOPIC,
    TAGGED_TOPIC,
    ArrivalFrame,
    CountFrame,
    Progress,
    Reason,
    Surge,
    Tagged,
)

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
CONTRACT_VERSION: Final = "1.0.0"
"""Of the document: the middle number rises when something is added; the first never should."""
JSON_TYPE: Final = "application/json"
MSGPACK_TYPE: Final = "application/vnd.msgpack"
OCTETS_TYPE: Final = "application/octet-stream"
_REF: Final = "#/components/schemas/{name}"
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Message:
    """One kind of record."""

    name: str
    topic: str
    struct: type[msgspec.Struct] | None
    """None: bytes that are somebody else's, see `about`."""
    about: str
    content_type: str = JSON_TYPE
    headers: Schema | None = None
    key: str = ""
    """The key, in words; empty: it has none."""
    sender: str = "intake"


def _text(about: str) -> Schema:
    return {"type": "string", "description": about}


def _header_schema(properties: dict[str, Schema], required: tuple[str, ...]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _event_headers() -> Schema:
    types = [f"{EVENT_TYPE_PREFIX}{kind.value}{EVENT_TYPE_SUFFIX}" for kind in Kind]
    return _header_schema(
        {
            "ce_specversion": {"const": SPEC_VERSION},
            "ce_id": _text("The body's event_id."),
            "ce_source": _text("The body's source."),
            "ce_type": {"enum": types},
            "ce_time": _text("The body's occurred_at, RFC 3339, UTC."),
            "content-type": {"const": JSON_TYPE},
        },
        ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"),
    )


def _control_headers(type_: str) -> Schema:
    return _header_schema(
        {
            "ce_specversion": {"const": SPEC_VERSION},
            "ce_source": _text("Who sends it."),
            "ce_type": {"const": type_},
            "content-type": {"const": JSON_TYPE},
        },
        ("ce_specversion", "ce_source", "ce_type"),
    )


def _rejected_headers() -> Schema:
    return _header_schema(
        {
            "x-source": _text("The source, as far as it could be known."),
            "x-reason": {"enum": [reason.value for reason in Reason]},
            "x-detail": _text("One sentence that names the field and what to do."),
            "x-topic": {"const": RAW_TOPIC},
            "x-epoch": _text("Epoch of the original record, in decimal digits."),
            "x-partition": _text("Its partition, in decimal digits."),
            "x-offset": _text("Its offset, in decimal digits."),
            "x-defect": _text("What the producer found wrong with its input: file, row, column."),
        },
        ("x-source", "x-reason", "x-detail", "x-topic", "x-epoch", "x-partition", "x-offset"),
    )


def messages() -> tuple[Message, ...]:
    """Return every kind of record that travels on a topic."""
    request_key = "source/request_id"
    return (
        Message(
            "complaintEvent",
            RAW_TOPIC,
            ComplaintEvent,
            "One thing that happened to one request, as its producer publishes it (CloudEvents 1.0, binary).",
            headers=_event_headers(),
            key=request_key,
            sender="producers",
        ),
        Message(
            "tick",
            RAW_TOPIC,
            Tick,
            "Sent to every partition about once a second: the clock of a partition without events.",
            headers=_control_headers(TICK_TYPE),
            sender="producers",
        ),
        Message(
            "registryActivated",
            RAW_TOPIC,
            RegistryActivated,
            "Sent to every partition: events behind it are tagged by this version of the registry.",
            headers=_control_headers(REGISTRY_TYPE),
            sender="registryLoader",
        ),
        Message("tagged", TAGGED_TOPIC, Tagged, "An event with its estate.", key=request_key),
        Message("progress", TAGGED_TOPIC, Progress, "Ends every batch: all before it has been dealt with."),
        Message(
            "countFrame",
            COUNTS_TOPIC,
            CountFrame,
            "The new values of the buckets that one batch touched.",
            content_type=MSGPACK_TYPE,
        ),
        Message(
            "arrivalFrame",
            ARRIVALS_TOPIC,
            ArrivalFrame,
            "The opened requests of one batch.",
            content_type=MSGPACK_TYPE,
        ),
        Message(
            "surge", SURGES_TOPIC, Surge, "The latest state of one episode.", key="unit", sender="weigher"
        ),
        Message(
            "rejected",
            REJECTED_TOPIC,
            None,
            "A record that could not be taken: its bytes, key and headers, and the reason beside them.",
            content_type=OCTETS_TYPE,
            headers=_rejected_headers(),
            key="that of the rejected record, if it had one",
        ),
        Message(
            "epoch", CONTROL_TOPIC, Epoch, "The first record; see docs/event-contract.md.", sender="deploy"
        ),
        Message(
            "registryChunk",
            REGISTRY_TOPIC,
            None,
            "A piece of one registry version, compressed with zstd.",
            content_type=OCTETS_TYPE,
            headers=_header_schema({"x-chunk": _text("index/number of pieces")}, ("x-chunk",)),
            key="version/index",
            sender="registryLoader",
        ),
    )


def json_schemas() -> dict[str, Schema]:
    """Return a self-contained JSON Schema for each struct, by file name."""
    schemas: dict[str, Schema] = {}
    for message in messages():
        if message.struct is None:
            continue
        parts = schemas_of([message.struct], "#/$defs/{name}")
        own = parts.pop(message.struct.__name__)
        name = _file_name(message.struct)
        schemas[name] = {"$schema": DIALECT, "$id": name, **own, **({"$defs": parts} if parts else {})}
    return schemas


def asyncapi_document() -> dict[str, Any]:
    """Return the AsyncAPI 3 document of all topics (Kafka binding 0.5.0)."""
    structs = [message.struct for message in messages() if message.struct is not None]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "estate-pulse",
            "version": CONTRACT_VERSION,
            "description": "Events of request systems, and what becomes of them. Readers ignore fields that "
            "they do not know; fields are added with defaults and never removed.",
        },
        "defaultContentType": JSON_TYPE,
        "channels": {spec.name: _channel(spec) for spec in topic_specs()},
        "operations": {f"send_{message.name}": _operation(message) for message in messages()},
        "components": {
            "messages": {message.name: _message(message) for message in messages()},
            "schemas": schemas_of(structs, _REF),
        },
    }


def write(directory: Path) -> list[Path]:
    """Write all documents below a directory; return their paths."""
    written = []
    for name, text in documents().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def documents() -> dict[str, str]:
    """Return the text of every document, by its path below docs."""
    texts = {
        f"schemas/{name}": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in json_schemas().items()
    }
    head = "# Made by `python -m deploy.schemas docs` from the structs; do not edit.\n"
    body = yaml.dump(asyncapi_document(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return {**texts, "asyncapi.yaml": head + body}


class _Dumper(yaml.SafeDumper):
    """Repeats what occurs twice in place of YAML's anchors, which few readers of AsyncAPI know."""

    def ignore_aliases(self, data: Any) -> bool:
        """Return that nothing is written as an alias."""
        del data
        return True


def _channel(spec: TopicSpec) -> dict[str, Any]:
    here = [message for message in messages() if message.topic == spec.name]
    return {
        "address": spec.name,
        "description": f"Holds {spec.holds}. Key: {spec.key}.",
        "messages": {each.name: {"$ref": f"#/components/messages/{each.name}"} for each in here},
        "bindings": {
            "kafka": {
                "bindingVersion": "0.5.0",
                "topic": spec.name,
                "partitions": spec.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [spec.cleanup],
                    "retention.ms": spec.retention_ms,
                    "max.message.bytes": spec.max_message_bytes,
                },
            }
        },
    }


def _operation(message: Message) -> dict[str, Any]:
    channel = f"#/channels/{message.topic}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": f"Sent by {message.sender}.",
        "messages": [{"$ref": f"{channel}/messages/{message.name}"}],
    }


def _message(message: Message) -> dict[str, Any]:
    document: dict[str, Any] = {
        "name": message.name,
        "summary": message.about,
        "contentType": message.content_type,
    }
    if message.headers is not None:
        document["headers"] = message.headers
    if message.struct is not None:
        document["payload"] = {"$ref": _REF.format(name=message.struct.__name__)}
    if message.key:
        document["bindings"] = {"kafka": {"bindingVersion": "0.5.0", "key": _text(message.key)}}
    return document


def _file_name(struct: type[msgspec.Struct]) -> str:
    return _CAPITAL.sub("-", struct.__name__).lower() + ".json"


def main() -> None:
    """Write the documents below the directory that the command line names."""
    for path in write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs")):
        print(path)


if __name__ == "__main__":
    main()
