"""The page "Figures": each bench's subject, and its last results: command, machine, time, value, limit.

`gather()` takes the figures that benches left in build/bench into `figures.json`, which is kept; the page is made of
that. Which figures of a file the page shows stands in `figures.yaml`, one row each:

- `at`: where the figure stands in the file, as keys with "/" between them; `*` is every key, or every item of a list.
- `take`: how several of them are joined: `max`, `min`, `sum`; `all`: whether none is false; `count`: how many items
  a list or a map has, all in all. Without it each is shown.
- `limit`: `<=`, `>=` or `==` and a number, or where that stands in the same file (`*` is the same key there).
- `unit`, and the name in both languages.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from tests.bench_file import FOLDER, MADE, machine
from tests.rsu.manual.markdown import table

HERE = Path(__file__).parent
BENCHES: list[dict[str, Any]] = YAML(typ="safe").load((HERE / "figures.yaml").read_text(encoding="utf-8"))
KEPT = HERE / "figures.json"
HEADS = {"en": ("figure", "value", "limit"), "zh": ("项目", "数值", "限值")}
MEASURED = {
    "en": ("Measured {at} UTC with `{command}` on {machine}.", "Not measured here yet."),
    "zh": ("测于 {at} UTC，命令 `{command}`，机器 {machine}。", "此处尚未测量。"),
}
BROKEN = {"en": "**{}, beyond the limit**", "zh": "**{}，超限**"}
SAID = {"en": {True: "yes", False: "no"}, "zh": {True: "是", False: "否"}}
HOLDS = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}
SHOWN = {ord("<"): "≤", ord(">"): "≥", ord("="): None}
TAKE: Mapping[str, Callable[[list[Any]], Any]] = {
    "max": lambda values: max((value for value in values if value is not None), default=None),
    "min": lambda values: min((value for value in values if value is not None), default=None),
    "sum": sum,
    "all": lambda values: all(value is not False for value in values),
    "count": lambda values: sum(map(len, values)),
}


Row = Mapping[str, Any]  # of figures.yaml


class Figure(NamedTuple):
    """One figure of a file."""

    of: str  # the keys that `*` stood for; empty: there was none
    value: Any
    limit: float | None


def kept() -> dict[str, Any]:
    """Return the results gathered last, by file."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def gather(folder: Path = FOLDER) -> None:
    """Take the figures of a folder into the repository; files that are not there stay as they were."""
    figures = kept()
    for bench in BENCHES:
        path = folder / bench["file"]
        if path.exists():
            figures[bench["file"]] = _taken(bench, path)
    KEPT.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _taken(bench: Mapping[str, Any], path: Path) -> dict[str, Any]:
    data = json.loads(path.read_text(encoding="utf-8"))
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    made = {"command": bench["command"], "at": f"{at:%Y-%m-%d %H:%M}", "machine": machine()}  # where it does not say so
    rows = {row["at"]: [list(figure) for figure in read(data, row)] for row in bench["figures"]}
    return {MADE: made | data.get(MADE, {}), "figures": rows}


def read(data: Any, row: Row) -> list[Figure]:
    """Return the figures of a row; none where the file has none."""
    found = [(of, value) for of, value in _at(data, row["at"].split("/"))]
    if take := row.get("take"):
        found = [((), TAKE[take]([value for _, value in found]))] if found else []
    limits = dict(_at(data, row.get("limit", "").partition(" ")[2].split("/")))
    number = _number(row.get("limit", "").partition(" ")[2])
    limit_of = (lambda of: number) if number is not None else (lambda of: limits.get(of, limits.get(())))
    return [Figure(", ".join(of), _rounded(value), limit_of(of)) for of, value in found]


def _at(data: Any, keys: Sequence[str], of: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the value at a path, and the keys in place of `*`."""
    if not keys:
        yield of, data
    elif keys[0] == "*":
        items = data.items() if isinstance(data, dict) else enumerate(data, 1)
        for key, value in items:
            if key != MADE:
                yield from _at(value, keys[1:], (*of, str(key)))
    elif isinstance(data, dict) and keys[0] in data:
        yield from _at(data[keys[0]], keys[1:], of)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def figures(language: str) -> str:
    """Return every bench with its figures."""
    known = kept()
    return "\n\n".join(_bench(bench, known.get(bench["file"]), language) for bench in BENCHES)


def _bench(bench: Mapping[str, Any], known: Mapping[str, Any] | None, language: str) -> str:
    measured, missing = MEASURED[language]
    head = [f"### `{bench['file']}`", f"    {bench['command']}", bench[language]]
    if known is None:
        return "\n\n".join([*head, missing])
    found = [(row, [Figure(*each) for each in known["figures"].get(row["at"], [])]) for row in bench["figures"]]
    single = [(row, figures[0]) for row, figures in found if [figure.of for figure in figures] == [""]]
    groups: dict[tuple[str, ...], list[tuple[Row, list[Figure]]]] = {}
    for row, each in found:
        if each and each[0].of:
            groups.setdefault(tuple(figure.of for figure in each), []).append((row, each))
    tables = [table(HEADS[language], [_line(*each, language) for each in single])] if single else []
    tables += [_grid(names, columns, language) for names, columns in groups.items()]
    return "\n\n".join([*head, measured.format(**known[MADE]), *tables])


def _line(row: Row, figure: Figure, language: str) -> list[str]:
    unit = f" {row['unit']}" if "unit" in row else ""
    limit = f"{_limit(row, figure, language)}{unit}" if figure.limit is not None else ""
    return [row[language], _value(row, figure, language) + unit, limit]


def _grid(names: Sequence[str], columns: Sequence[tuple[Row, list[Figure]]], language: str) -> str:
    """Return the table of figures that several things have: a line for each thing, a column for each figure."""
    head = ["", *(f"{row[language]}, {row['unit']}" if "unit" in row else row[language] for row, _ in columns)]
    lines = [
        [name, *(_cell(row, figures[number], language) for row, figures in columns)]
        for number, name in enumerate(names)
    ]
    return table(head, lines)


def _cell(row: Row, figure: Figure, language: str) -> str:
    value = _value(row, figure, language)
    plain = figure.limit is None or isinstance(figure.value, bool)
    return value if plain else f"{value} ({_limit(row, figure, language)})"


def _limit(row: Row, figure: Figure, language: str) -> str:
    if isinstance(figure.value, bool):
        return SAID[language][True]
    return f"{row['limit'].split()[0].translate(SHOWN)} {figure.limit:g}"


def _value(row: Row, figure: Figure, language: str) -> str:
    """Return a value as the page shows it; one that breaks its limit is marked."""
    if figure.value is None:
        shown = "-"
    elif isinstance(figure.value, bool):
        shown = SAID[language][figure.value]
    else:
        shown = f"{Decimal(str(figure.value)).normalize():f}"
    if figure.limit is None:
        return shown
    holds = figure.value is not None and HOLDS[row["limit"].split()[0]](figure.value, figure.limit)
    return shown if holds else BROKEN[language].format(shown)
