"""What the robots of DingTalk, WeCom and Feishu are told, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from starlette.testclient import TestClient

from sinks.alerts.relay import Relay
from sinks.alerts.robots import MOST_BYTES, NotARobot, Notification, Robot, Told, headline, markdown

FIRING = Told(
    "firing",
    {"severity": "critical"},
    {"summary_zh": "翠景豪庭（小区）诉求异常增多", "description_zh": "很多。", "link": "http://console/1"},
)
DINGTALK_URL = (
    "https://d/send?a=1&timestamp=1700000000000&sign=QctQ8LsgUStgrOAjr2NlM5V69%2FqUDsUkrO%2B77Q7gCv8%3D"
)
FEISHU_SIGN = "stuqsF76plL9qQWz+XIG75CQxRLSFUHRoD+pVfmyNWE="
RESOLVED = Told("resolved", {"severity": "raised"}, {"summary": "over"})


class Vendor(ThreadingHTTPServer):
    """Answers as a vendor's server does, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.answer = b'{"errcode":0,"errmsg":"ok"}'


class Handler(BaseHTTPRequestHandler):
    server: Vendor

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.sent.append((self.path, json.loads(body)))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tell(vendor: Vendor, kind: str, *alerts: Told) -> tuple[int, str]:
    """Post a notification as Alertmanager does; return the relay's answer."""
    address = f"{kind}+http://127.0.0.1:{vendor.server_port}/send?access_token=t#SECs"
    body = {
        "version": "4",
        "status": alerts[0].status,
        "groupKey": "{}",
        "alerts": [
            {"status": each.status, "labels": each.labels, "annotations": each.annotations} for each in alerts
        ],
    }
    with TestClient(Relay({"duty": Robot.parse(address)}).app) as client:
        answer = client.post("/duty", json=body)
        assert client.post("/nobody", json=body).status_code == 404
        assert client.post("/duty", content=b"no json").status_code == 400
        assert client.get("/healthz").text == "ok"
    return answer.status_code, answer.text


def test_dingtalk_gets_markdown_at_a_signed_address(vendor: Vendor) -> None:
    assert tell(vendor, "dingtalk", FIRING, RESOLVED) == (200, "taken")
    [(path, content)] = vendor.sent
    assert path.startswith("/send?access_token=t&timestamp=")
    assert "&sign=" in path
    assert "SECs" not in path
    assert content["msgtype"] == "markdown"
    assert content["markdown"]["title"] == "【特别严重】翠景豪庭（小区）诉求异常增多，等 2 项"
    assert "[查看详情](http://console/1)" in content["markdown"]["text"]
    assert "【已恢复】over" in content["markdown"]["text"]


def test_wecom_gets_markdown(vendor: Vendor) -> None:
    assert tell(vendor, "wecom", FIRING)[0] == 200
    [(_, content)] = vendor.sent
    assert content["markdown"]["content"].startswith("### 【特别严重】翠景豪庭")


def test_feishu_gets_a_signed_card_that_is_green_when_all_is_over(vendor: Vendor) -> None:
    assert tell(vendor, "feishu", RESOLVED)[0] == 200
    [(_, content)] = vendor.sent
    assert content["card"]["header"]["template"] == "green"
    assert {"timestamp", "sign"} <= content.keys()


def test_alertmanager_is_told_to_try_again_where_a_robot_refuses(vendor: Vendor) -> None:
    vendor.answer = b'{"errcode":310000,"errmsg":"sign not match"}'
    assert tell(vendor, "dingtalk", FIRING) == (502, "310000 sign not match")
    vendor.answer = b'{"code":11232,"msg":"too many"}'
    assert tell(vendor, "feishu", FIRING) == (502, "11232 too many")
    vendor.answer = b"<html>"
    assert tell(vendor, "wecom", FIRING) == (502, "its answer is not JSON")


def test_signatures_are_those_of_the_vendors_pages() -> None:
    """HMAC-SHA256 of `timestamp newline secret`; worked out with openssl: see the commands below."""
    notification = Notification("firing", [FIRING])
    # printf '1700000000000\nSECs' | openssl dgst -sha256 -hmac SECs -binary | base64
    url, _ = Robot.parse("dingtalk+https://d/send?a=1#SECs").request(notification, 1700000000)
    assert url == DINGTALK_URL
    # printf '' | openssl dgst -sha256 -hmac $'1700000000\nSECs' -binary | base64
    _, content = Robot.parse("feishu+https://f/hook#SECs").request(notification, 1700000000)
    assert content["sign"] == FEISHU_SIGN


def test_a_long_list_is_cut_off_between_two_alerts_and_says_how_many_are_missing() -> None:
    notification = Notification("firing", [FIRING] * 200)
    text = markdown(notification)
    assert len(text.encode()) < MOST_BYTES + 50
    shown = text.count("翠景豪庭")
    assert text.endswith(f"…… 另有 {200 - shown} 项")
    assert headline(notification).endswith("等 200 项")


@pytest.mark.parametrize(
    "address", ["", "https://x", "telegram+https://x", "feishu+ftp://x", "wecom+https://"]
)
def test_what_is_no_robot_is_refused(address: str) -> None:
    with pytest.raises(NotARobot):
        Robot.parse(address)
