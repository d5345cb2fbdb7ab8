"""How the account of a map is shown: sentences of an import, junctions of a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from hw.detail import Detail, in_language
from rsu.cli.common.language import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rsu.lab.maps.choice import FoundJunction
    from rsu.lab.maps.importing import ImportedMap

_ROW = Detail(
    "{key:24} {place:24} roads in {roads}, lanes in {lanes}{signal}{name}",
    "{key:24} {place:24} 进口道路 {roads} 条，进口车道 {lanes} 条{signal}{name}",
)
_SIGNAL, _NO_SIGNAL = Detail(", signals", "，有信号灯"), Detail("", "")
_NOTE = Detail("{kind}: {text}", "{kind}：{text}")
_WRITTEN = Detail("written: {file}", "已写入：{file}")


def deliver(made: ImportedMap, out: Path | None, as_json: bool) -> None:
    """Print the lane map, or write it; its account goes to stderr, or is part of the JSON."""
    from rsu.lab.maps.notes import KINDS

    language = spoken()
    if out is not None:
        out.write_text(made.text, encoding="utf-8")
    if as_json:
        notes = [{"kind": note.kind, "text": note.text.en, "text_zh": note.text.zh} for note in made.notes]
        facts = {"lane_map": made.built.lane_map.model_dump(mode="json", exclude_none=True), "notes": notes}
        print(json.dumps(facts | {"file": None if out is None else str(out)}))
        return
    if out is None:
        print(made.text, end="")
    for note in made.notes:
        typer.echo(in_language(_NOTE.of(kind=KINDS[note.kind], text=note.text), language), err=True)
    if out is not None:
        typer.echo(in_language(_WRITTEN.of(file=out), language), err=True)


def show(junctions: Sequence[FoundJunction], as_json: bool) -> None:
    """Print the junctions of a map."""
    if as_json:
        print(json.dumps({"crossings": [each._asdict() for each in junctions]}))
        return
    for each in junctions:
        name = f", {each.name}" if each.name else ""
        signal = _SIGNAL if each.signalled else _NO_SIGNAL
        row = _ROW.of(key=each.key, place=each.place, roads=each.roads, lanes=each.lanes, signal=signal, name=name)
        print(in_language(row, spoken()))
