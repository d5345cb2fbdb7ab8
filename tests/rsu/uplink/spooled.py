"""Records in a spool, and readers of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.handover import RANK, rank
from rsu.uplink.record import SpooledRecord
from rsu.uplink.spool import Spool
from rsu.uplink.transaction import SpoolChanges

STAMP_NS = 1_795_000_000_000_000_000


def record_of(seq: int, kind: str = "event", boot: str = "b", octets: int = 100, live: bool = False) -> SpooledRecord:
    return SpooledRecord(boot, seq, seq, kind, rank(kind, live), STAMP_NS + seq, b"x" * octets)


def records_of(first: int, count: int, kind: str = "event", octets: int = 100) -> list[SpooledRecord]:
    return [record_of(seq, kind, octets=octets) for seq in range(first, first + count)]


def commit(spool: Spool, records: Sequence[SpooledRecord] = (), now_ns: int = 0, **more: Any) -> None:
    spool.commit(SpoolChanges(STAMP_NS, records, **more), now_ns)


def held_in(spool: Spool) -> list[SpooledRecord]:
    streams = [(kind, of_class) for kind in RANK for of_class in range(4)]
    waiting = [waiting for stream in streams for waiting in spool.waiting(*stream, 0, 10_000)]
    return [one.record for one in sorted(waiting)]


def shown(spool: Spool) -> list[tuple[str, int, int]]:
    return [(one.kind, one.first, one.seq) for one in held_in(spool)]


def counts(spool: Spool, prefix: str) -> dict[str, int]:
    return {name.removeprefix(prefix): n for name, n in spool.counters.items() if name.startswith(prefix) and n}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uplink.sqlite"
