"""Finding what Apache Kafka needs: Java 17 or newer, and the broker's jars, which Maven fetches once.

The jars are named in `deploy/kafka/pom.xml` and kept in the user's cache, so that the second start needs
neither Maven nor a network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from deploy.errors import PartUnavailable
from deploy.sources import cache_directory

JAVA_MAJOR: Final = 17
POM_NAMESPACE: Final = {"m": "http://maven.apache.org/POM/4.0.0"}
MAVEN_SECONDS: Final = 600
INSTEAD: Final = "use the embedded broker (--broker tansu) or install it"


def find_java() -> str:
    """Return the path of a Java that can run Apache Kafka.

    Raises:
        PartUnavailable: there is none, or it is too old.
    """
    java = shutil.which("java")
    if java is None:
        raise PartUnavailable(
            f"Apache Kafka needs Java {JAVA_MAJOR} or newer, and there is no `java`; {INSTEAD}"
        )
    shown = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', shown)
    if found is None or int(found[1]) < JAVA_MAJOR:
        line = shown.partition("\n")[0]
        raise PartUnavailable(f"Apache Kafka needs Java {JAVA_MAJOR} or newer, not {line}; {INSTEAD}")
    return java


def fetch_jars(cache: Path | None = None) -> Path:
    """Return a directory with the broker's jars; the first time Maven fetches them (44 MB).

    Raises:
        PartUnavailable: the jars are not there yet and there is no Maven, or it failed.
    """
    directory = (cache or cache_directory()) / f"kafka-{kafka_version()}"
    if not directory.exists():
        _run_maven(directory)
    return directory


def kafka_version() -> str:
    """Return the version of Apache Kafka that pom.xml names."""
    pom = ET.fromstring(files("deploy").joinpath("kafka/pom.xml").read_text())  # noqa: S314 - our own file
    version = pom.find("m:properties/m:kafka.version", POM_NAMESPACE)
    if version is None or not version.text:
        raise ValueError("deploy/kafka/pom.xml has no property kafka.version")
    return version.text


def _run_maven(directory: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise PartUnavailable(f"Apache Kafka's jars are fetched by Maven, and there is no `mvn`; {INSTEAD}")
    fresh = directory.with_name(f"{directory.name}.{os.getpid()}")
    with as_file(files("deploy").joinpath("kafka/pom.xml")) as pom:
        goal = [
            maven,
            "-q",
            "-B",
            "-f",
            str(pom),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={fresh}",
        ]
        fetched = subprocess.run(goal, capture_output=True, text=True, check=False, timeout=MAVEN_SECONDS)
    if fetched.returncode != 0:
        shutil.rmtree(fresh, ignore_errors=True)
        lines = [line for line in fetched.stdout.splitlines() if "ERROR" in line]
        raise PartUnavailable(
            f"Maven could not fetch Apache Kafka's jars: {lines[0] if lines else 'no message'}"
        )
    _put_in_place(fresh, directory)


def _put_in_place(fresh: Path, directory: Path) -> None:
    """Give a whole directory its name, so that nobody ever finds half of the jars there."""
    try:
        fresh.rename(directory)
    except OSError:
        if not directory.exists():
            raise
        shutil.rmtree(fresh)  # another process fetched the same meanwhile
