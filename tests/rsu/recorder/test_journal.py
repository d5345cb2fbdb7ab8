"""Misbehaviour is kept with its octets, in bounded space, whatever was left of the file before."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from rsu.bus.records import Misbehaviour
from rsu.recorder.journal import NAME, OLD, Journal

DECODER = msgspec.json.Decoder(Misbehaviour)


def record(number: int, size: int = 60) -> Misbehaviour:
    return Misbehaviour(
        stamp_ns=1_795_000_000_000_000_000 + number, reason="jump", text="47.3 m in 0.1 s", vehicle_id="00ff" * 4,
        source=number, aid=111, count=1, frames=[bytes([number % 256]) * size],
    )  # fmt: skip


def kept(folder: Path, name: str = NAME) -> list[Misbehaviour]:
    return [DECODER.decode(line) for line in (folder / name).read_bytes().splitlines()]


def test_what_was_added_can_be_read_again_also_after_another_start(tmp_path: Path) -> None:
    for number in range(4):
        Journal(tmp_path).add(record(number))
    assert kept(tmp_path) == [record(number) for number in range(4)]


def test_it_takes_bounded_space_and_keeps_the_newest(tmp_path: Path) -> None:
    journal = Journal(tmp_path, most_octets=2000)
    for number in range(100):
        journal.add(record(number))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4000
    found = [*kept(tmp_path, OLD), *kept(tmp_path)]
    assert found == [record(number) for number in range(100 - len(found), 100)] and len(found) > 8


def test_a_line_that_was_cut_costs_itself_only(tmp_path: Path) -> None:
    Journal(tmp_path).add(record(1))
    path = tmp_path / NAME
    path.write_bytes(path.read_bytes()[:-9])
    Journal(tmp_path).add(record(2))
    cut, whole = path.read_bytes().splitlines()
    assert DECODER.decode(whole) == record(2)
    with pytest.raises(msgspec.DecodeError):
        DECODER.decode(cut)


def test_a_folder_that_is_gone_is_said_and_stops_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "data")
    journal.add(record(1))
    assert journal.error is not None
    (tmp_path / "data").mkdir()
    journal.add(record(2))
    assert journal.error is None and kept(tmp_path / "data") == [record(2)]
