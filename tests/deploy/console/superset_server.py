"""A real Superset in its own virtual environment, on loopback, with a dashboard imported over its API."""

from __future__ import annotations

import io
import os
import secrets
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import Program, running
from tests.deploy.monitoring import answers

REPOSITORY: Final = Path(__file__).parents[3]
INSTALLED: Final = REPOSITORY / ".venv-superset"
KEPT: Final = REPOSITORY / "deploy" / "superset" / "pulse"
START_SECONDS: Final = 120.0
"""It loads for ten seconds on a machine that does nothing else."""


def kept() -> dict[str, str]:
    """Return the files of the dashboard: path -> text."""
    return {str(each.relative_to(KEPT)): each.read_text() for each in KEPT.rglob("*.yaml")}


class Superset:
    """A session of its administrator."""

    def __init__(self, url: str, password: str) -> None:
        self.url, self.password = url, password
        self._client = httpx.Client(base_url=url, timeout=60, headers={"Referer": url})
        login = {"username": "admin", "password": password, "provider": "db"}
        token = self._answer("POST", "/api/v1/security/login", json=login)["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"
        self._client.headers["X-CSRFToken"] = self._answer("GET", "/api/v1/security/csrf_token/")["result"]

    def import_dashboard(self, files: Mapping[str, str], passwords: str) -> None:
        """Import the files of an export; `passwords` is JSON of file -> password of its database."""
        self._upload("/api/v1/dashboard/import/", "formData", files, passwords)

    def replace(self, files: Mapping[str, str], passwords: str) -> None:
        """Replace all that was imported, found by UUID, by these files, which call themselves assets."""
        self._upload("/api/v1/assets/import/", "bundle", files, passwords)

    def charts(self, slug: str) -> dict[str, int]:
        """Return the charts that a dashboard shows: title -> number."""
        shown = self._answer("GET", f"/api/v1/dashboard/{slug}/charts")["result"]
        return {each["slice_name"]: each["id"] for each in shown}

    def rows(self, chart: int) -> list[dict[str, Any]]:
        """Run the query of a chart, past any cache, and return its rows.

        Raises:
            AssertionError: the query fails; the message carries ClickHouse's.
        """
        [result] = self._answer("GET", f"/api/v1/chart/{chart}/data/?force=true")["result"]
        assert not result["error"], result["error"]
        assert not result["rejected_filters"], result["rejected_filters"]
        rows: list[dict[str, Any]] = result["data"]
        return rows

    def close(self) -> None:
        self._client.close()

    def _upload(self, path: str, field: str, files: Mapping[str, str], passwords: str) -> None:
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w") as archive:
            for name, text in files.items():
                archive.writestr(f"pulse/{name}", text)
        upload = {field: ("pulse.zip", bundle.getvalue(), "application/zip")}
        self._answer("POST", path, files=upload, data={"passwords": passwords})

    def _answer(self, method: str, path: str, **request: Any) -> Any:
        response = self._client.request(method, path, **request)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text[:2000]}"
        return response.json()


@contextmanager
def superset(directory: Path) -> Iterator[Superset]:
    """Run a Superset that keeps all it has in a directory; skips where none is installed."""
    if not (INSTALLED / "installed.txt").exists():  # the last that its installer writes
        pytest.skip("no Superset: `make superset` installs it from the package index")
    password = secrets.token_urlsafe()
    [port] = free_ports(1)
    environment = {
        "SUPERSET_HOME": str(directory),
        "SUPERSET_CONFIG_PATH": str(Path(__file__).with_name("superset_config.py")),
        "SUPERSET_TEST_KEY": secrets.token_urlsafe(42),
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONWARNINGS": "ignore",
    }
    who = ("--username=admin", "--firstname=A", "--lastname=B", "--email=admin@example.org")
    for command in (("db", "upgrade"), ("fab", "create-admin", *who, f"--password={password}"), ("init",)):
        done = subprocess.run(
            (INSTALLED / "bin" / "superset", *command),
            env={**os.environ, **environment},
            cwd=directory,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    server = Program(
        name="superset",
        command=(
            *(str(INSTALLED / "bin" / "superset"), "run", "--with-threads"),
            *(f"--host={LOOPBACK}", f"--port={port}"),
        ),
        directory=directory,
        environment=environment,
        is_ready=partial(answers, f"http://{LOOPBACK}:{port}/health"),
        ready_seconds=START_SECONDS,
    )
    with running(server):
        session = Superset(f"http://{LOOPBACK}:{port}", password)
        yield session
        session.close()
