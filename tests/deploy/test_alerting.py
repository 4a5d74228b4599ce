"""Surges to people, on the real broker and the real Alertmanager, with the project's own routes.

A planted surge becomes one notification and, when it ends, one more, whatever is restarted meanwhile.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.errors import PartUnavailable
from deploy.local.kafka import apache_kafka
from deploy.local.kafka_jars import fetch_jars, find_java
from deploy.local.ports import LOOPBACK, free_ports
from deploy.local.program import Program, RunningProgram, running
from sinks.alerts.alert import Telling, alerts_of
from streams.contract import Level, Surge
from tests.deploy.monitoring import (
    DEPLOY,
    RESEND_SECONDS,
    Alerting,
    alerting_in,
    alertmanager,
    prometheus,
    tool,
    wait_until,
    webhook,
)
from tests.sinks.alerts.surges import NOON, cleared, surge


@pytest.fixture
def alerting(tmp_path: Path) -> Iterator[Alerting]:
    with alerting_in(tmp_path, {"PULSE_SINKS__CLICKHOUSE__PORT": "1"}) as running_alerting:
        yield running_alerting  # ClickHouse is away: alerts do not need it


@pytest.fixture
def alerting_on_kafka(tmp_path: Path) -> Iterator[Alerting]:
    try:
        find_java()
        fetch_jars()
    except PartUnavailable as error:
        pytest.skip(error.format_message())
    [controller_port] = free_ports(1)

    def broker(directory: Path, port: int) -> Program:
        return apache_kafka(directory, port, controller_port)

    with alerting_in(tmp_path, {"PULSE_SINKS__CLICKHOUSE__PORT": "1"}, broker) as running_alerting:
        yield running_alerting


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def fresh(level: Level = Level.ESTATE, score: float = 5.7, **fields: str) -> Surge:
    return surge(level, opened_at=now(), updated_at=now(), score=score, **fields)


def start(program: Program, until: ExitStack) -> RunningProgram:
    return until.enter_context(running(program))


@pytest.mark.stack
def test_a_surge_is_told_once_and_its_end_once_whatever_is_restarted(alerting: Alerting) -> None:
    planted = fresh()
    with ExitStack() as until:
        first_alertmanager = start(alerting.alertmanager, until)
        first_alerter = start(alerting.alerter, until)
        alerting.publish(planted)
        alerting.publish(surge(revision=2, opened_at=planted.opened_at, updated_at=now(), observed=15))
        told = alerting.hears(1, "", "the surge is told")
        assert told == [("firing", ["E1 (estate): 15 complaints where 2.4 are expected"])]
        first_alerter.kill()
        second_alerter = start(alerting.alerter, until)
        alerting.hears(1, "", "the same")
        first_alertmanager.stop()
        start(alerting.alertmanager, until).stop()
        # It ends, and another begins, while Alertmanager is away and the alerter dies once more.
        other = fresh(Level.DISTRICT, unit="D2")  # elsewhere: no group, and no inhibition, unites the two
        alerting.publish(cleared(planted, now()), other)
        time.sleep(2 * RESEND_SECONDS)
        second_alerter.kill()
        start(alerting.alerter, until)
        start(alerting.alertmanager, until)
        alerting.hears(3, "", "both are told")
        assert [status for status, _ in alerting.told.notifications("estate")] == ["firing", "resolved"]
        assert [status for status, _ in alerting.told.notifications("district")] == ["firing"]
        alerting.publish(cleared(other, now()))
        assert alerting.hears(4, "", "the other's end is told")[-1][0] == "resolved"


@pytest.mark.stack
def test_a_broker_that_dies_costs_no_notification_and_adds_none(alerting_on_kafka: Alerting) -> None:
    alerting, planted = alerting_on_kafka, fresh()
    with ExitStack() as until:
        start(alerting.alertmanager, until)
        start(alerting.alerter, until)
        alerting.publish(planted)
        alerting.hears(1, "", "the surge is told")
        alerting.restart_broker()
        assert alerting.hears(1, "", "the same") == [
            ("firing", ["E1 (estate): 12 complaints where 2.4 are expected"])
        ]
        alerting.publish(cleared(planted, now()))
        alerting.restart_broker()  # whether or not the alerter has heard of it yet
        assert [status for status, _ in alerting.hears(2, "", "its end is told")] == ["firing", "resolved"]


@pytest.mark.stack
def test_an_area_mutes_its_parts_and_the_graver_alert_the_milder_one(alerting: Alerting) -> None:
    street = fresh(Level.STREET, score=7.0)
    estates = [fresh(unit=f"E{number}", score=6.2) for number in range(5)]
    with running(alerting.alertmanager), running(alerting.alerter):
        alerting.publish(*estates, street)
        [(status, summaries)] = alerting.hears(1, "", "the street's surge is told")
        assert (status, summaries) == ("firing", ["S1 (street): 12 complaints where 2.4 are expected"])
        [(path, body)] = alerting.told.told
        assert path == "/street"
        assert [each["labels"]["severity"] for each in body["alerts"]] == ["high"]
        alerting.publish(*(cleared(each, now()) for each in (*estates, street)))
        assert alerting.hears(2, "", "its end is told")[-1][0] == "resolved"


@pytest.mark.stack
def test_prometheus_tells_the_people_on_duty_of_the_platform_itself(tmp_path: Path) -> None:
    port, alertmanager_port, nobody = free_ports(3)
    with (
        webhook() as told,
        running(alertmanager(tmp_path / "alertmanager", alertmanager_port, told)),
        running(
            prometheus(
                tmp_path / "prometheus", port, alertmanager_port, {"pulse-writer": f"{LOOPBACK}:{nobody}"}
            )
        ),
    ):
        wait_until(lambda: bool(told.notifications("duty")), "the people on duty are told")
        [(status, summaries)] = told.notifications()
        assert status == "firing"
        assert summaries == [f"pulse-writer at {LOOPBACK}:{nobody} does not answer"]


def test_the_shipped_configuration_is_sound() -> None:
    checked = subprocess.run(
        [tool("amtool"), "check-config", "alertmanager.yml"],
        cwd=DEPLOY / "alertmanager",
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


ROUTES = [
    ("alertname=ComplaintSurge level=estate severity=raised", "estate"),
    ("alertname=ComplaintSurge level=estate severity=critical", "estate,street"),
    ("alertname=ComplaintSurge level=community severity=high", "community"),
    ("alertname=ComplaintSurge level=street severity=raised", "street"),
    ("alertname=ComplaintSurge level=district severity=critical", "district"),
    ("alertname=ComplaintSurge level=city severity=high", "city"),
    ("alertname=ComplaintSurgeRaised level=estate raised_to=street", "street"),
    ("alertname=ComplaintSurgeRaised level=estate raised_to=community", "community"),
    ("alertname=RequestsOverdue severity=warning level=street street=S1", "street"),
    ("alertname=PulseInstanceDown severity=critical", "duty"),
]


@pytest.mark.parametrize(("labels", "receivers"), ROUTES)
def test_who_is_told_of_what(labels: str, receivers: str) -> None:
    config = str(DEPLOY / "alertmanager" / "alertmanager.yml")
    found = subprocess.run(
        [tool("amtool"), "config", "routes", "test", f"--config.file={config}", *labels.split()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == receivers


def test_the_templates_say_what_fires_and_what_is_over(tmp_path: Path) -> None:
    [planted] = alerts_of(
        surge(score=6.0), Telling("翠景豪庭", ZoneInfo("UTC"), "http://console"), NOON, NOON
    )[:1]
    firing = {
        "status": "firing",
        "labels": planted.labels,
        "annotations": planted.annotations,
        "startsAt": "2026-11-24T04:00:00Z",
    }
    over = {
        "status": "resolved",
        "labels": {"severity": "warning"},
        "annotations": {"summary": "It was slow."},
    }
    data = {"status": "firing", "alerts": [firing, over], "commonLabels": {"severity": "high"}}
    (tmp_path / "data.json").write_text(json.dumps(data))
    rendered = subprocess.run(
        [
            tool("amtool"),
            "template",
            "render",
            f"--template.data={tmp_path / 'data.json'}",
            f"--template.glob={DEPLOY / 'alertmanager' / 'templates' / '*.tmpl'}",
            '--template.text={{ template "pulse.subject" . }}|{{ template "pulse.text" . }}|'
            '{{ template "pulse.mail.html" . }}',
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    subject, text, mail = rendered.split("|")
    assert subject == "【严重】翠景豪庭（小区）诉求异常增多：12 件，预期 2.4 件，等 2 项"
    assert "【已恢复】It was slow." in text
    assert planted.annotations["description_zh"] in text
    assert f'<a href="{planted.annotations["link"]}">' in mail
