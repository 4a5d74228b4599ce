"""What an alert says to people, in Chinese and in English. Pure but for reading its texts once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from streams.contract import Level, Surge

MOST_CATEGORIES: Final = 3
_TEXTS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = tomllib.loads(
    files("sinks").joinpath("alerts", "words.toml").read_text(encoding="utf-8")
)


class Language(StrEnum):
    """A language that alerts are written in."""

    CHINESE = "zh"
    ENGLISH = "en"


def text(group: str, key: str, language: Language) -> str:
    """Return a text; the key itself where there is none, e.g. for a problem type that is newer."""
    return _TEXTS[group].get(key, {}).get(language, key)


def summary(surge: Surge, name: str, language: Language) -> str:
    """Return a line that says who has how many complaints."""
    return text("alert", "summary", language).format(**_words(surge, name, language))


def raised_summary(surge: Surge, name: str, to: Level, language: Language) -> str:
    """Return a line that says to whom a surge was raised."""
    words = _words(surge, name, language) | {"to": text("level", to, language)}
    return text("alert", "raised_summary", language).format(**words)


def description(surge: Surge, zone: ZoneInfo, language: Language) -> str:
    """Return a sentence or two that explain the surge: the window, the figures, what it is about."""
    times = {"start": _moment(surge.window_start, zone), "end": _moment(surge.window_end, zone)}
    words = _words(surge, "", language) | times | {"categories": _categories(surge, language)}
    return text("alert", "description", language).format(**words)


def _words(surge: Surge, name: str, language: Language) -> dict[str, str]:
    return {
        "name": name,
        "level": text("level", surge.level, language),
        "observed": str(surge.observed),
        "expected": _figure(surge.expected),
        "low": _figure(surge.expected_low),
        "high": _figure(surge.expected_high),
        "score": f"{surge.score:.1f}",
        "reporters": str(surge.reporters),
        "requests": str(surge.requests),
    }


def _categories(surge: Surge, language: Language) -> str:
    leading = sorted(surge.categories.items(), key=lambda item: (-item[1], item[0]))[:MOST_CATEGORIES]
    named = [f"{text('category', category, language)} {count}" for category, count in leading]
    return ("、" if language is Language.CHINESE else ", ").join(named) or text("alert", "nothing", language)


def _figure(value: float) -> str:
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
