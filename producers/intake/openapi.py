"""The intake's OpenAPI 3.1 description, made from the structs that it really reads and writes."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from producers.contract import ComplaintEvent
from producers.intake.answers import Answer, Problem
from producers.schemas import Schema, schemas_of
from producers.settings import IntakeSettings

EVENTS_PATH: Final = "/v1/events"
_REF: Final = "#/components/schemas/{name}"
_FILLED_IN: Final = ("source", "event_id")
"""Fields that the contract needs and the intake fills in."""


def openapi_document(settings: IntakeSettings) -> dict[str, Any]:
    """Return the description of an intake with these settings."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "estate-pulse intake",
            "version": version("estate-pulse"),
            "description": "Request systems post what happened to their requests. Sending the same event "
            "again is safe: it has the same id and counts once.",
        },
        "paths": {
            EVENTS_PATH: {"post": _post_events(settings)},
            "/healthz": {
                "get": _plain("Whether Kafka takes events.", {"200": "It does.", "503": "It does not."})
            },
            "/metrics": {"get": _plain("Metrics in Prometheus' text format.", {"200": "All metrics."})},
            "/openapi.json": {"get": _plain("This document.", {"200": "OpenAPI 3.1."})},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The token of one source."}
            },
        },
    }


def _schemas() -> dict[str, Schema]:
    schemas = schemas_of([ComplaintEvent, Answer, Problem], _REF)
    event = schemas.pop(ComplaintEvent.__name__)
    event["required"] = [name for name in event["required"] if name not in _FILLED_IN]
    event["properties"]["source"]["description"] += " Absent: the token's source; another is refused."
    event["properties"]["event_id"]["description"] += " Absent: made from request, kind and time."
    event["properties"]["arrived_at"]["description"] = "When the platform was told; aware. Absent: now."
    event["properties"]["reporter"]["description"] = (
        "Who complained, as the source knows them; hashed on arrival unless it is 32 hex digits already."
    )
    return {"SubmittedEvent": event, **schemas}


def _post_events(settings: IntakeSettings) -> dict[str, Any]:
    one = {"$ref": _REF.format(name="SubmittedEvent")}
    many = {"type": "array", "items": one, "minItems": 1, "maxItems": settings.max_items}
    return {
        "summary": "Post one event or an array of events.",
        "description": "Good events of an array are taken although others are refused; `results` says which.",
        "operationId": "postEvents",
        "security": [{"token": []}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [one, many]}}},
        },
        "responses": {
            "202": _answer("All events are in Kafka, acknowledged.", Answer.__name__),
            "207": _answer("Some events are in Kafka, the others were refused.", Answer.__name__),
            "400": _answer("No event was taken: each was refused, with its reason.", Answer.__name__),
            "401": _answer("No token, or nobody's.", Problem.__name__),
            "403": _answer(
                "An event claims another source than the token's; nothing was taken.", Problem.__name__
            ),
            "413": _answer(
                f"Over {settings.max_body_bytes} bytes or {settings.max_items} events; nothing was taken.",
                Problem.__name__,
            ),
            "429": _retry("Too many events wait for Kafka; nothing was taken. Come again."),
            "503": _retry("Kafka did not acknowledge. Send the same again: what arrived counts once."),
        },
    }


def _answer(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": _REF.format(name=schema)}}}
    return {"description": description, "content": content}


def _retry(description: str) -> dict[str, Any]:
    header = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    return {**_answer(description, Problem.__name__), "headers": {"Retry-After": header}}


def _plain(summary: str, responses: dict[str, str]) -> dict[str, Any]:
    return {
        "summary": summary,
        "responses": {status: {"description": text} for status, text in responses.items()},
    }
