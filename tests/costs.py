"""The cost of a new driver, modality, message, event, dialect or command: its own files, and the lines in others.

`test_rows.py` holds the code to it, the manual's page "Design" shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_COMMANDS = ("downlink", "commands.py")  # they name the standard's messages, whether the box sends them or not
SOURCES = [
    file
    for folder in ("hw", "perception", "rsu")
    for file in sorted((ROOT / folder).rglob("*"))
    if file.suffix in (".py", ".js", ".html", ".yaml") and not {file.parent.name, file.name} & {*_COMMANDS}
]


class Cost(NamedTuple):
    """One addition, by an example that the product has."""

    en: str
    zh: str
    example: str
    own: str  # its module, or its folder with a slash
    pattern: str  # by which other files name it
    others: frozenset[str]  # those files
    test: str  # a further one is added there


COSTS = (
    Cost(
        "driver", "驱动", "ops243", "hw/radar/ops243.py", r"ops243[\":.]",
        frozenset({"hw/registry.py"}), "tests/rsu/manual/test_skeleton.py",
    ),
    Cost(
        "driver of a third party", "第三方驱动", "skeleton", "rsu/manual/skeleton.py", r"acme-lidar",
        frozenset(), "tests/rsu/manual/test_skeleton.py",
    ),
    Cost(
        "modality", "感知方式", "loop", "hw/modality.py", r"\b(LOOP|loop detector)\b",
        frozenset(), "tests/rsu/manual/test_skeleton.py",
    ),
    Cost(
        "message", "消息", "rsi", "rsu/messages/rsi.py", r"\"rsi\"|rsu\.messages import .*\brsi\b|\brsi\.ROW",
        frozenset({"rsu/messages/table.py", "rsu/site/model.py"}), "tests/test_rows.py",
    ),
    Cost(
        "event", "事件", "emergency", "perception/events/emergency.py", r"\b905\b|EmergencySettings",
        frozenset({"perception/events/settings.py"}), "tests/perception/events/test_new_event.py",
    ),
    Cost(
        "dialect of a platform", "平台方言", "openv2x", "rsu/uplink/openv2x/", r"(?i)openv2x",
        frozenset({"rsu/site/dialects.py"}), "tests/rsu/manual/test_dialect.py",
    ),
    Cost(
        "command", "命令", "top", "rsu/cli/top.py", r"^    top,$|cli\.top\b",
        frozenset({"rsu/cli/main.py"}), "tests/rsu/cli/test_shape.py",
    ),
)  # fmt: skip


def naming(pattern: str) -> Iterator[tuple[str, int]]:
    """Yield the files of the product that name something, from the root, with the number of such lines."""
    for file in SOURCES:
        lines = sum(bool(re.search(pattern, line)) for line in file.read_text(encoding="utf-8").splitlines())
        if lines:
            yield file.relative_to(ROOT).as_posix(), lines


def elsewhere(cost: Cost) -> dict[str, int]:
    """Return the lines in other files that an addition costs, by file."""
    return {file: lines for file, lines in naming(cost.pattern) if not file.startswith(cost.own)}


def own(cost: Cost) -> tuple[int, int]:
    """Return the number of its own files, and of their lines to the next ten."""
    place = ROOT / cost.own
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    texts = [file.read_text(encoding="utf-8") for file in files if file.stat().st_size]
    return len(texts), -(-sum(text.count("\n") for text in texts) // 10) * 10
