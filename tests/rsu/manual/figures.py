"""The page "Figures": what each bench measures, and what came of it last on the machine that renewed the page.

`gather()` takes the figures that lie in build/bench into `figures.json`, which is kept; the page is made of that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.rsu.manual.markdown import table

HERE = Path(__file__).parent
BENCHES: list[dict[str, str]] = YAML(typ="safe").load((HERE / "figures.yaml").read_text(encoding="utf-8"))
KEPT = HERE / "figures.json"
BUILD = HERE.parents[1] / "build" / "bench"
MOST = 14  # figures of one bench
_IN = ", "  # between the names of a path
WORDS = {
    "en": (
        "figure",
        "value",
        "Measured {} UTC, {} processors: `build/bench/{}`",
        "Not measured here yet: `build/bench/{}`",
    ),
    "zh": ("项目", "数值", "测于 {} UTC，{} 个处理器：`build/bench/{}`", "此处尚未测量：`build/bench/{}`"),
}


def kept() -> dict[str, Any]:
    """Return what was gathered last, by file."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def gather() -> None:
    """Take the figures in build/bench into the repository; those that are not there stay as they were."""
    figures = kept()
    for bench in BENCHES:
        path = BUILD / bench["file"]
        if path.exists():
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            leaves = list(_leaves(json.loads(path.read_text(encoding="utf-8")), ""))
            leaves = sorted(leaves, key=lambda leaf: leaf[0].count(_IN))[:MOST]  # sums before parts
            figures[bench["file"]] = {"at": f"{at:%Y-%m-%d}", "processors": os.cpu_count(), "figures": dict(leaves)}
    KEPT.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def figures(language: str) -> str:
    """Return every bench with its figures."""
    known = kept()
    return "\n\n".join(_bench(bench, known.get(bench["file"]), language) for bench in BENCHES)


def _bench(bench: dict[str, str], known: dict[str, Any] | None, language: str) -> str:
    figure, value, measured, missing = WORDS[language]
    head = f"### `{bench['file']}`\n\n    {bench['command']}\n\n{bench[language]}{' ' if language == 'en' else ''}"
    if known is None:
        return f"{head}{missing.format(bench['file'])}"
    rows = [(name, str(number)) for name, number in known["figures"].items()]
    said = measured.format(known["at"], known["processors"], bench["file"])
    return f"{head}{said}\n\n{table((figure, value), rows)}"


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Return the numbers, truths and words of a JSON object, by their paths; lists are left to the file."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}{_IN}{name}" if path else str(name))
    elif isinstance(value, float):
        yield path, float(f"{value:.4g}")
    elif not isinstance(value, list) and value is not None:
        yield path, value
