"""The Kafka producer that a worker's agents share; it ends with the worker."""

from __future__ import annotations

from typing import Any

import faust

from streams.output import Output


def output_of(app: faust.App, brokers: str) -> Output:
    """Return a producer that is closed before the app ends."""
    output = Output(brokers)

    @app.on_before_shutdown.connect
    async def stop(*_: Any, **__: Any) -> None:
        await output.stop()

    return output
