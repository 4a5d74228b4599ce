"""A surge as alerts: what they are known by, what they say, and when they end."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinks.alerts.alert import Telling, alerts_of, surge_link
from streams.contract import Level, Surge
from tests.sinks.alerts.surges import NOON, cleared, surge

SHANGHAI = ZoneInfo("Asia/Shanghai")
TELLING = Telling("翠景豪庭", SHANGHAI, "https://pulse.example.org/")
LATER = NOON + dt.timedelta(minutes=15)


def posted(of: Surge, telling: Telling = TELLING) -> list[dict[str, Any]]:
    """Return alerts as Alertmanager gets them."""
    found: list[dict[str, Any]] = msgspec.json.decode(
        msgspec.json.encode(alerts_of(of, telling, NOON, LATER))
    )
    return found


def test_an_estates_alert_is_known_by_its_surge_and_the_areas_around_it() -> None:
    [alert] = posted(surge())
    assert alert["labels"] == {
        "alertname": "ComplaintSurge",
        "surge": "estate:E1:12345/r1/v1",
        "unit": "E1",
        "level": "estate",
        "category": "noise",
        "severity": "raised",
        "estate": "E1",
        "community": "C1",
        "street": "S1",
        "district": "D1",
        "city": "city",
    }
    assert alert["startsAt"] == "2026-11-24T04:00:00Z"
    assert alert["endsAt"] == "2026-11-24T04:15:00Z"


def test_what_it_says_explains_the_surge_in_both_languages_and_links_to_it() -> None:
    [alert] = posted(surge())
    notes = alert["annotations"]
    assert notes["summary"] == "翠景豪庭 (estate): 12 complaints where 2.4 are expected"
    assert notes["summary_zh"] == "翠景豪庭（小区）诉求异常增多：12 件，预期 2.4 件"
    assert "From 2026-11-24 06:00 to 2026-11-24 12:00, 11 people sent 14 requests" in notes["description"]
    assert "noise 9, parking 5" in notes["description"]
    assert "噪声扰民 9、停车 5" in notes["description_zh"]
    assert notes["window_start"] == "2026-11-24T06:00+08:00"
    assert notes["link"] == "https://pulse.example.org/surges/estate%3AE1%3A12345%2Fr1%2Fv1"
    assert alert["generatorURL"] == notes["link"]


def test_without_a_console_there_is_no_link() -> None:
    [alert] = posted(surge(), Telling("E1", SHANGHAI, ""))
    assert "link" not in alert["annotations"]
    assert "generatorURL" not in alert
    assert surge_link("a", "") == ""


def test_a_grave_surge_has_an_alert_for_each_severity_the_gravest_first() -> None:
    assert [each["labels"]["severity"] for each in posted(surge(score=8.0))] == ["critical", "high", "raised"]
    assert [each["labels"]["severity"] for each in posted(surge(score=6.5))] == ["high", "raised"]


def test_a_raised_surge_has_one_more_for_each_level_that_it_was_raised_to() -> None:
    raised = Telling("翠景豪庭", SHANGHAI, "", (Level.COMMUNITY, Level.STREET))
    alerts = posted(surge(score=7.0), raised)
    assert [each["labels"].get("raised_to") for each in alerts] == [None, None, "community", "street"]
    assert alerts[-1]["labels"]["alertname"] == "ComplaintSurgeRaised"
    assert alerts[-1]["annotations"]["summary_zh"] == "翠景豪庭（小区）诉求异常无人接办，已上报街道"


def test_one_that_is_over_ends_when_it_was_seen_to_be_over_and_not_before_it_starts() -> None:
    over_at = NOON - dt.timedelta(minutes=3)
    [alert] = alerts_of(cleared(surge(), over_at), TELLING, NOON, over_at)
    assert (alert.starts_at, alert.ends_at) == (over_at, over_at)


@given(
    growth=st.floats(0, 20),
    observed=st.integers(0, 10_000),
    categories=st.dictionaries(st.text(), st.integers(1)),
)
def test_the_labels_of_what_was_told_stay_as_they_are_while_a_surge_grows(
    growth: float, observed: int, categories: dict[str, int]
) -> None:
    before = surge(score=5.5)
    after = surge(score=5.5 + growth, observed=observed, categories=categories, revision=9)
    told = [alert.labels for alert in alerts_of(before, TELLING, NOON, LATER)]
    assert all(
        labels in [alert.labels for alert in alerts_of(after, TELLING, NOON, LATER)] for labels in told
    )


@pytest.mark.parametrize("surge_id", ["", "a\ud800b", 'with "quotes"\n', "小区"])
def test_whatever_an_id_holds_is_posted_as_utf8_and_never_empty(surge_id: str) -> None:
    [alert] = posted(surge(surge_id=surge_id))
    assert all(value and value.encode() for value in alert["labels"].values())
