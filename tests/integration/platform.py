"""A whole platform on real parts for a test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.chaos.platform import Platform as RunningPlatform
from deploy.local.prepare import keep_registry, prepare_platform
from deploy.local.stack import Broker, plan_stack, start_stack
from deploy.settings import DeploySettings, load_settings
from deploy.sources import Tree

PATIENCE_SECONDS = 240


class Platform(RunningPlatform):
    """A running stack."""

    def wait_until(
        self, condition: Callable[[], bool], what: str, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Wait, in vain only so long."""
        deadline = time.monotonic() + patience_seconds
        while not condition():
            assert time.monotonic() < deadline, f"gave up waiting until {what}; see {self.stack.logs}"
            time.sleep(0.3)


@contextmanager
def running_platform(
    directory: Path,
    registry: Path | None = None,
    deploy: DeploySettings | None = None,
    workers_own: Tree | None = None,
    broker: Broker = "tansu",
) -> Iterator[Platform]:
    """Start a stack of its own in a directory, and end it; `workers_own` are settings of its workers."""
    if registry is not None:
        keep_registry(directory, registry)
    plan = plan_stack(directory, broker, deploy, workers_own=workers_own)
    stack = start_stack(plan, prepare_platform, lambda _: None, tied=True)
    try:
        yield Platform(stack, load_settings(plan.forced))
    finally:
        for worker in stack.state.metrics:  # all at once: what is sent now is nobody's business any more
            stack.supervisor.stop(worker, wait=False)
        stack.down()
