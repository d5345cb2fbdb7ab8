"""Faults of a recording's sources: its bytes through the drivers, whose counters and frames are watched."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from hw.tape import Round
from perception.objects import Detections, Measurement
from rsu.bus.tape import Tape
from rsu.lab.importing.findings import COUNTED, STEP, Findings, ImportFinding, SourceCheck
from rsu.recording import reader, site_files
from rsu.recording.verify import clock
from rsu.replay.player import Player

_SYSTEM = "system clock"  # stands in the place of a device
IMPORTED = "rsu.findings"  # metadata: findings when the recording was made of a file of others


class ImportReport(NamedTuple):
    """The data of a recording's sources."""

    measurements: dict[str, int]  # device -> measurements
    findings: list[ImportFinding]  # in the recording
    imported: list[ImportFinding]  # in the file that it was imported from, with places there


def report(paths: Sequence[Path]) -> ImportReport:
    """Watch the sources of recordings that follow each other. RecordingError: they cannot be read."""
    watch = _Watch()
    with tempfile.TemporaryDirectory() as folder:
        about, files = reader.start(paths[0])
        site = site_files.load(about, files, Path(folder))
        player, seed = None, b""
        for tape in reader.ticks(*paths):
            if player is None or tape.seed != seed:
                player, seed = Player(site, tape.seed), tape.seed
                watch.begin(tape)
            watch.steps(tape)
            for one in tape.rounds:
                for measurement in player.measurements(one):
                    watch.measurement(measurement)
                watch.counters(player, one)
    imported = [text for path in paths if (text := reader.note(path, IMPORTED).get("json"))]
    found = [finding for text in imported for finding in msgspec.json.decode(text, type=list[ImportFinding])]
    return ImportReport(dict(watch.measurements), watch.findings.list(), found)


class _Watch:
    def __init__(self) -> None:
        self.measurements: Counter[str] = Counter()
        self.findings = Findings()
        self._checks: dict[str, SourceCheck] = {}
        self._counted: dict[str, dict[str, int]] = {}
        self._correction_ns = 0

    def begin(self, tape: Tape) -> None:
        """Take the system clock as it is when a station begins: earlier steps are unknown."""
        self._correction_ns = tape.clock.correction_ns

    def steps(self, tape: Tape) -> None:
        """Watch when the system clock was set, and by how much."""
        for one in tape.rounds:
            step_ns = one.correction_ns - self._correction_ns
            if step_ns:
                place = f"{clock(one.now_ns + one.correction_ns)} (by {step_ns / 1e9:+.3f} s)"
                self.findings.add(_SYSTEM, STEP, place)
                self._correction_ns = one.correction_ns

    def measurement(self, one: Measurement) -> None:
        """Watch a driver's output from its bytes."""
        self.measurements[one.device] += 1
        if isinstance(one, Detections):
            check = self._checks.setdefault(one.device, SourceCheck(one.device, self.findings))
            ids = one.source_id[one.source_id >= 0].tolist()
            content = (
                (one.position_m.tobytes(), one.box_px.tobytes(), np.array(ids).tobytes()) if len(one.kind) else None
            )
            check.frame(clock(one.receipt_ns), one.stamp_ns, one.receipt_ns, ids, content)

    def counters(self, player: Player, one: Round) -> None:
        """Watch the input that drivers with bytes in a round did not use."""
        for read in one.reads:
            if (device := player.devices.get(read.device)) is None:
                continue
            now, before = device.health(one.now_ns).counters, self._counted.get(read.device, {})
            for reason, number in now.items():
                if number > before.get(reason, 0):
                    self.findings.add(
                        read.device, COUNTED + reason, clock(read.receipt_ns), number - before.get(reason, 0)
                    )
            self._counted[read.device] = now
