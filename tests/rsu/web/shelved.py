"""A recording with road users on the shelf of a data folder, made of a golden one."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec.structs import replace

from rsu.recorder import views
from rsu.recorder.shelf import name
from rsu.recording import reader, site_files
from rsu.recording.writer import RecordingWriter
from rsu.replay.player import Player
from tests.rsu.web.played import GOLDEN


def shelve(golden: str, folder: Path, begin_ns: int, site: Path) -> Path:
    """Write it as if it had begun at `begin_ns` (UTC); return its path. `site`: a folder for its site file."""
    source = GOLDEN / f"{golden}.mcap"
    config = site_files.load(*reader.start(source), site)
    player, now_ns, shift_ns = Player(config, b"x" * 16), 0, 0
    folder.mkdir(parents=True, exist_ok=True)
    writer = RecordingWriter(folder / name(begin_ns, "0011223344556677"), {"site": config.path.name}, {}, begin_ns)
    for number, tape in enumerate(reader.ticks(source)):
        now_ns = player.play(tape).now_ns
        shift_ns = shift_ns or begin_ns - now_ns
        writer.add(tape)
        snapshot = player.station.snapshot(now_ns)
        if number % 2 == 0:
            moved = replace(snapshot, stamp_ns=now_ns + shift_ns)
            writer.put(views.tracks(moved)._replace(log_ns=now_ns))
        if number % 5 == 4:
            writer.flush()
    writer.close()
    end_s = (now_ns + shift_ns) / 1e9
    os.utime(writer.path, (end_s, end_s))
    return writer.path
