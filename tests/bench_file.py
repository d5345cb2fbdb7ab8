"""The file of a bench: one JSON file in build/bench, with the command, the time and the machine of its figures."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "build" / "bench"
MADE = "made"  # key of how the figures were made
_CPUINFO = Path("/proc/cpuinfo")


def keep(name: str, figures: Mapping[str, Any]) -> Path:
    """Write the figures of a bench, its limits among them; return the file."""
    path = FOLDER / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({MADE: made(), **figures}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def made() -> dict[str, str]:
    """Return the command that runs, the time (UTC) and this machine."""
    command = shlex.join(["python", *sys.orig_argv[1:]])
    return {"command": command, "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M}", "machine": machine()}


def machine() -> str:
    """Return processor, number of cores, and Python's version."""
    text = _CPUINFO.read_text(encoding="utf-8") if _CPUINFO.exists() else ""
    model = re.search(r"^model name\s*: (.*)$", text, re.MULTILINE)
    name = model[1].strip() if model else platform.machine()
    return f"{name}, {os.cpu_count()} cores, Python {platform.python_version()}"
