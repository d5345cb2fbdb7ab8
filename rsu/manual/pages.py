"""The manual's pages, in the order of use, and their text: one Markdown file a page and language."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
LANGUAGES = {"en": "English", "zh": "中文"}


class PageGroup(NamedTuple):
    """Pages of one person."""

    title: dict[str, str]  # language -> title
    pages: tuple[str, ...]


GROUPS = (
    PageGroup({"en": "Start", "zh": "开始"}, ("index",)),
    PageGroup(
        {"en": "Operator", "zh": "运维人员"},
        ("install", "operate", "live-page", "doctor", "alarms", "troubleshooting", "guarantees"),
    ),
    PageGroup(
        {"en": "Field engineer", "zh": "现场工程师"},
        (
            "new-site",
            "page",
            "site-file",
            "lane-map",
            "video",
            "ti-radar",
            "can-radar",
            "track-radar",
            "json-devices",
            "onvif-camera",
            "speed-radar",
            "signal-controllers",
            "weather",
            "radios",
            "events",
            "calibrate",
            "corridor",
        ),
    ),
    PageGroup({"en": "Test engineer", "zh": "测试工程师"}, ("bench", "devices", "figures")),
    PageGroup(
        {"en": "Integrator", "zh": "集成开发人员"},
        ("design", "messages", "city-model", "city", "commands", "write-a-driver", "write-a-dialect"),
    ),
    PageGroup({"en": "Reference", "zh": "参考"}, ("command-line", "glossary")),
)
PAGES = tuple(page for group in GROUPS for page in group.pages)


def path(language: str, page: str) -> Path:
    """Return the file of a page."""
    return FOLDER / language / f"{page}.md"


def text(language: str, page: str) -> str:
    """Return a page as Markdown. KeyError: there is no such language or page."""
    if language not in LANGUAGES or page not in PAGES:
        raise KeyError(f"{language}/{page}")
    return path(language, page).read_text(encoding="utf-8")
