"""The table of the page "Devices under damage": the outcome of each kind of device in each condition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.rsu.manual.markdown import table

KEPT = Path(__file__).parent / "matrix.json"
HEADS = {
    "en": {
        "kind": "kind",
        "normal": "normal",
        "torn": "torn",
        "damaged": "damaged",
        "duplicated": "duplicated",
        "reordered": "reordered",
        "silent": "silent",
        "reconnect": "reconnect",
        "wrong-version": "wrong version",
    },
    "zh": {
        "kind": "类型",
        "normal": "正常",
        "torn": "截断",
        "damaged": "损坏",
        "duplicated": "重复",
        "reordered": "乱序",
        "silent": "静默",
        "reconnect": "重连",
        "wrong-version": "版本不符",
    },
}
FALSE = {"en": "**{} false**", "zh": "**{} 条失真**"}
TWICE = {"en": "{} twice", "zh": "{} 条重复"}
AGAIN = {"en": "ok after {} s", "zh": "{} s 后恢复"}
NEVER = {"en": "**not ok again**", "zh": "**未恢复**"}


def kept() -> dict[str, dict[str, dict[str, Any]]]:
    """Return the findings of the last run, by kind and condition."""
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def matrix(language: str) -> str:
    """Return the table."""
    heads = HEADS[language]
    rows = (
        [f"`{kind}`", *(_shown(name, cells[name], language) for name in heads if name != "kind")]
        for kind, cells in kept().items()
    )
    return table(list(heads.values()), rows)


def _shown(condition: str, cell: dict[str, Any], language: str) -> str:
    parts = [" ".join(f"`{each}`" for each in [*cell["states"], *cell["alarms"]])]
    parts.append(f"{cell['measured']}/{cell['expected']}")
    if cell["false"]:
        parts.append(FALSE[language].format(cell["false"]))
    if cell["twice"] and condition == "duplicated":
        parts.append(TWICE[language].format(cell["twice"]))
    if cell["recovered_s"] is None:
        parts.append(NEVER[language])
    elif cell["recovered_s"]:
        parts.append(AGAIN[language].format(f"{cell['recovered_s']:g}"))
    return ", ".join(parts) if language == "en" else "，".join(parts)
