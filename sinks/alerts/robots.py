"""What Alertmanager tells, in the words and the JSON of DingTalk's, WeCom's and Feishu's robots. Pure.

Alertmanager posts one kind of JSON to every webhook; each robot takes another, and none of them that one. The
formats are those of the vendors' pages on custom robots (自定义机器人, 群机器人).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit, urlunsplit

import msgspec

from sinks.alerts.words import Language, text

MOST_BYTES: Final = 3800
"""WeCom takes 4,096 bytes of text, the others more."""
FIRING: Final = "firing"


class Kind(StrEnum):
    """Whose robot it is."""

    DINGTALK = "dingtalk"
    WECOM = "wecom"
    FEISHU = "feishu"


class NotARobot(ValueError):
    """A robot's address is none; the message says what it should look like."""


class Told(msgspec.Struct, frozen=True):
    """One alert of a notification."""

    status: str
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class Notification(msgspec.Struct, frozen=True):
    """What Alertmanager posts to a webhook (version 4); what else it holds is not needed."""

    status: str
    alerts: list[Told]


class _Answer(msgspec.Struct):
    errcode: int = 0  # DingTalk, WeCom
    errmsg: str = ""
    code: int = 0  # Feishu
    msg: str = ""


read_notification: Final = msgspec.json.Decoder(Notification).decode
_read_answer: Final = msgspec.json.Decoder(_Answer).decode


@dataclass(frozen=True)
class Robot:
    """One robot's address."""

    kind: Kind
    url: str
    secret: str
    """By which it wants messages signed; empty: it does not (then it filters by word or address)."""

    @classmethod
    def parse(cls, address: str) -> Robot:
        """Read `KIND+URL` or `KIND+URL#SECRET`; a fragment is never sent, so no secret can slip out by it.

        Raises:
            NotARobot: it is none of these.
        """
        kind, _, url = address.partition("+")
        parts = urlsplit(url)
        if kind not in {*Kind} or parts.scheme not in {"http", "https"} or not parts.netloc:
            raise NotARobot(f"a robot is one of {', '.join(Kind)}, a + and its http(s) address")
        return cls(Kind(kind), urlunsplit(parts._replace(fragment="")), parts.fragment)

    def request(self, notification: Notification, now_s: int) -> tuple[str, dict[str, Any]]:
        """Return the address to post to, and the JSON.

        Args:
            notification: what Alertmanager tells.
            now_s: seconds since 1970 UTC, for the signature: a robot refuses those that are an hour old.
        """
        title, body = headline(notification), markdown(notification)
        page = f"### {title}\n{body}"
        match self.kind:
            case Kind.DINGTALK:
                content = {"msgtype": "markdown", "markdown": {"title": title, "text": page}}
                return self._signed_url(now_s * 1000), content
            case Kind.WECOM:
                return self.url, {"msgtype": "markdown", "markdown": {"content": page}}
            case Kind.FEISHU:
                card = {"msg_type": "interactive", "card": _card(title, body)}
                return self.url, {**card, **self._signature(now_s)}

    def complaint(self, answer: bytes) -> str:
        """Return what the robot has against a message, by its answer; empty: it took it."""
        try:
            read = _read_answer(answer)
        except msgspec.DecodeError:
            return "its answer is not JSON"
        return f"{read.errcode or read.code} {read.errmsg or read.msg}" if read.errcode or read.code else ""

    def _signed_url(self, now_ms: int) -> str:
        if not self.secret:
            return self.url
        sign = _hmac(self.secret.encode(), f"{now_ms}\n{self.secret}".encode())
        return f"{self.url}{'&' if '?' in self.url else '?'}timestamp={now_ms}&sign={quote_plus(sign)}"

    def _signature(self, now_s: int) -> dict[str, str]:
        if not self.secret:
            return {}
        # Feishu takes the text to be signed as the key, and signs nothing.
        return {"timestamp": str(now_s), "sign": _hmac(f"{now_s}\n{self.secret}".encode(), b"")}


def headline(notification: Notification) -> str:
    """Return one line: how grave, what, and how many more."""
    first, more = notification.alerts[0], len(notification.alerts) - 1
    mark = _mark(first) if notification.status == FIRING else "【已恢复】"
    return f"{mark}{_line(first)}" + (f"，等 {more + 1} 项" if more else "")


def markdown(notification: Notification) -> str:
    """Return all alerts, those that fire first; cut off at an alert where a robot would not take more."""
    alerts = sorted(notification.alerts, key=lambda alert: alert.status != FIRING)
    blocks = [_block(alert) for alert in alerts]
    kept = _that_fit(blocks)
    rest = [f"…… 另有 {len(blocks) - len(kept)} 项"] if len(kept) < len(blocks) else []
    return "\n\n".join([*kept, *rest])


def _that_fit(blocks: Sequence[str]) -> list[str]:
    kept, size = [], 0
    for block in blocks:
        size += len(block.encode()) + 2
        if size > MOST_BYTES:
            break
        kept.append(block)
    return kept


def _block(alert: Told) -> str:
    notes = alert.annotations
    if alert.status != FIRING:
        return f"【已恢复】{_line(alert)}"
    lines = [f"**{_mark(alert)}{_line(alert)}**", notes.get("description_zh") or notes.get("description", "")]
    if notes.get("link"):
        lines.append(f"[查看详情]({notes['link']})")
    return "\n".join(line for line in lines if line)


def _mark(alert: Told) -> str:
    return f"【{text('severity', alert.labels.get('severity', ''), Language.CHINESE)}】"


def _line(alert: Told) -> str:
    notes = alert.annotations
    return notes.get("summary_zh") or notes.get("summary") or alert.labels.get("alertname", "")


def _card(title: str, body: str) -> dict[str, Any]:
    colour = "green" if title.startswith("【已恢复】") else "red"
    return {
        "header": {"title": {"tag": "plain_text", "content": title}, "template": colour},
        "elements": [{"tag": "markdown", "content": body}],
    }


def _hmac(key: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
