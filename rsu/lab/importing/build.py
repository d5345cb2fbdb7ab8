"""A recording of ours, made of frames of others: device bytes, and the station's output.

Under a virtual clock the bytes go through the real drivers into the real station, and each tick becomes one of the
recording, which replays from then on like any other. The radio counts as working; so do the devices that the file has
data of; the others of the site are lost.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import NamedTuple

import msgspec

from hw.detail import Detail
from hw.tape import LinkState, Read, Round
from rsu.bus.tape import WHOLE, Tape
from rsu.core import progress
from rsu.lab.importing import bag_files, candump, captures, labels, octets, ros, text
from rsu.lab.importing.findings import Findings, ImportFinding, SourceCheck
from rsu.lab.importing.frames import DeviceBytes, FixAt, ForeignError, Frame, Points, ScanObjects, SensorView
from rsu.lab.importing.mapping import Mapping
from rsu.lab.importing.report import IMPORTED
from rsu.messages.scene import TICK_NS
from rsu.recording.writer import RecordingWriter
from rsu.replay.player import Player
from rsu.site import content
from rsu.site.config import Config

_ROUND_NS = 20_000_000
_FIX_NS = 200_000_000
_AFTER_NS = 500_000_000  # how long the recording goes on behind the last frame
_LONGEST_NS = 600_000_000_000  # without a frame; beyond it the times are to be doubted
_FIX_ACCURACY_M = 1.0

_NO_FRAME = Detail(
    "{source}: no frame in it",
    "{source}：其中没有任何帧",
)
_NO_DEVICE = Detail(
    'the site file has no device "{device}", but {there}',
    '站点文件中没有设备 "{device}"，只有 {there}',
)
_TOPIC = Detail(
    "{source}: not a rosbag, but {device} has a topic",
    "{source}：不是 rosbag，但 {device} 给出了 topic",
)
_TIME_JUMPS = Detail(
    "{place}: its time is {hours:.1f} h after the frame before; say pace_ms",
    "{place}：时间比前一帧晚 {hours:.1f} h；请给出 pace_ms",
)


class Imported(NamedTuple):
    """The result of an import."""

    path: Path
    frames: dict[str, int]  # device -> frames
    ticks: int
    findings: list[ImportFinding]


def run(source: Path, mapping: Mapping, config: Config, target: Path) -> Imported:
    """Import a file. ForeignError: it is not as the mapping says; OSError: it cannot be read or written."""
    findings = Findings()
    frames = list(_frames(source, mapping, config, findings))
    if not frames:
        raise ForeignError(_NO_FRAME.of(source=source))
    reads = _received(frames, mapping, config, findings)
    reads += _fixes(frames, reads, mapping, config)
    reads.sort(key=lambda read: read.receipt_ns)
    about = {"site": config.path.name, "imported": source.name, "version": version("rsu-edge")}
    begin_ns = reads[0].receipt_ns // TICK_NS * TICK_NS
    writer = RecordingWriter(target, about, content.collect(config), begin_ns)
    writer.note(IMPORTED, {"json": msgspec.json.encode(findings.list()).decode()})
    ticks = 0
    for tape in _tapes(reads, config):
        writer.add(tape)
        ticks += 1
    writer.close()
    return Imported(target, dict(Counter(frame.device for frame in frames)), ticks, findings.list())


def _frames(source: Path, mapping: Mapping, config: Config, findings: Findings) -> Iterator[Frame]:
    views = [_view(config, stream.device) for stream in mapping.streams]
    if bag_files.is_bag(source):
        yield from ros.frames(source, mapping.streams, views)
        return
    for stream, view in zip(mapping.streams, views, strict=True):
        if stream.topic is not None:
            raise ForeignError(_TOPIC.of(source=source, device=stream.device))
        if stream.format == "bytes":
            yield from captures.frames(source, stream, config)
        elif stream.format == "candump":
            yield from candump.frames(source, stream, config)
        elif stream.format is not None:
            yield from labels.frames(source, stream)
        else:
            yield from text.frames(source, stream, view, findings)


def _view(config: Config, device: str) -> SensorView:
    reference = config.site.site.reference.reference()
    mounts = {sensor.device: sensor.mount for sensor in config.site.sensors}
    if device not in config.site.devices:
        raise ForeignError(_NO_DEVICE.of(device=device, there=", ".join(config.site.devices)))
    return SensorView(reference, mounts.get(device))


def _received(frames: list[Frame], mapping: Mapping, config: Config, findings: Findings) -> list[Read]:
    """Return the frames as bytes with their times of receipt; look for faults in them."""
    encoder = octets.Encoder(config)
    checks = {frame.device: SourceCheck(frame.device, findings) for frame in frames}
    reads = []
    for frame, receipt_ns in zip(frames, _receipts(frames, mapping), strict=True):
        port, data = encoder.encode(frame)
        reads.append(Read(frame.device, port, receipt_ns, data))
        if isinstance(frame, ScanObjects):
            ids = [seen.id for seen in frame.seen if seen.id is not None]
            content = hashlib.blake2b(msgspec.json.encode(frame.seen), digest_size=16).digest() if frame.seen else None
            checks[frame.device].frame(frame.place, frame.stamp_ns, receipt_ns, ids, content)
        elif isinstance(frame, Points) and len(frame.points_m) > octets.MAX_POINTS:
            findings.add(frame.device, "too-many-points", frame.place, len(frame.points_m) - octets.MAX_POINTS)
    return reads


def _receipts(frames: list[Frame], mapping: Mapping) -> Iterator[int]:
    """Yield when each frame was received; a device's receipts never go back."""
    counts: Counter[str] = Counter()
    newest: dict[str, int] = {}
    for frame in frames:
        if mapping.pace_ms is not None:
            said_ns = frames[0].stamp_ns + round(counts[frame.device] * mapping.pace_ms * 1e6)
        else:
            said_ns = frame.receipt_ns or frame.stamp_ns + round(mapping.latency_ms * 1e6)
        before_ns = newest.get(frame.device, said_ns)
        if said_ns - before_ns > _LONGEST_NS:
            hours = (said_ns - before_ns) / 3600e9
            raise ForeignError(_TIME_JUMPS.of(place=frame.place, hours=hours))
        counts[frame.device] += 1
        newest[frame.device] = max(said_ns, before_ns)
        yield newest[frame.device]


def _fixes(frames: list[Frame], reads: list[Read], mapping: Mapping, config: Config) -> list[Read]:
    """Return the messages of a GNSS receiver at the reference point, where the file has none."""
    name = next((name for name, device in config.site.devices.items() if device.kind == "gnss"), None)
    said = any(isinstance(frame, FixAt | DeviceBytes) and frame.device == name for frame in frames)
    if name is None or not mapping.assume_fix or said:
        return []
    place = config.site.site.reference.reference()
    times = range(min(r.receipt_ns for r in reads) // _FIX_NS * _FIX_NS, max(r.receipt_ns for r in reads), _FIX_NS)
    at = (place.latitude_deg, place.longitude_deg, place.elevation_m, _FIX_ACCURACY_M)
    return [Read(name, "link", now, octets.fix(FixAt(name, "", now, now, *at))) for now in times]


def _tapes(reads: list[Read], config: Config) -> Iterator[Tape]:
    seed = hashlib.sha256(b"".join(read.data for read in reads)).digest()[:16]
    player = Player(config, seed)
    links = list(_links(config, {read.device for read in reads}))
    begin_ns, end_ns = reads[0].receipt_ns // TICK_NS * TICK_NS, reads[-1].receipt_ns + _AFTER_NS
    left = iter(reads)
    coming = next(left, None)
    rounds: list[Round] = []
    ticks = count()
    for now_ns in range(begin_ns, end_ns, _ROUND_NS):
        batch = []
        while coming is not None and coming.receipt_ns <= now_ns:
            batch.append(coming)
            coming = next(left, None)
        rounds.append(Round(now_ns, links if now_ns == begin_ns else [], batch))
        player.serve(rounds[-1])
        progress.tell("importing", now_ns - begin_ns, end_ns - begin_ns)
        if now_ns % TICK_NS == 0:
            seq = next(ticks)
            told = links if seq % WHOLE == 0 else []
            yield Tape(seed, seq, rounds, told, player.advance(now_ns, told))
            rounds = []
    progress.tell("importing", end_ns, end_ns)


def _links(config: Config, speaking: Iterable[str]) -> Iterator[LinkState]:
    for name, settings in config.drivers.items():
        there = name in speaking or name in config.site.radios
        error = None if there else "not in the imported file"
        for port in settings.ports():
            yield LinkState(name, port, int(there), there, there, error, {})
