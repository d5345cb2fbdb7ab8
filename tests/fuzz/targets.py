"""The one table of what is fuzzed: every parser of octets that come from outside.

A target is a factory, so that its modules are imported when it is asked for (and instrumented while they are); it
returns the function that takes one input. An input is a failure when anything but the target's own errors escapes,
when what was accepted does not say the same again, or when it takes longer than the limit.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.folders import ROOT
from v2x.profiles import PROFILES, Profile

Parser = Callable[[bytes], object]
NOW_NS = 1_795_391_990_000_000_000
_DATAGRAM, _STREAM, _FILE = 1500, 4096, 4096  # octets


class Target(NamedTuple):
    """One row of the table."""

    make: Callable[[], Parser]
    limit_ms: float  # CPU time for one input
    longest: int  # octets of an input
    corpus: str  # folder of its inputs; targets with inputs of one kind share it


def _uper(profile: Profile) -> Parser:
    """The codec in wire units: what is accepted encodes to the same octets, unless something had to be skipped."""
    from v2x.errors import CodecError
    from v2x.schema import decode_value, encode_value, schema

    def again(value: object) -> bytes | None:
        try:
            return encode_value(value, profile)
        except CodecError:
            return None

    def parse(data: bytes) -> None:
        try:
            value = decode_value(data, profile)
        except CodecError:
            return
        assert again(value) == data or schema(profile).read(data).skipped

    return parse


def _engines(profile: Profile) -> Parser:
    """Both engines: the same value, or the same refusal."""
    from v2x.engine.engines import ENGINES
    from v2x.errors import CodecError
    from v2x.schema import FRAME, Schema, schema

    engines = [schema(profile, name) for name in ENGINES]

    def verdict(engine: Schema, data: bytes) -> object:
        try:
            return engine.decode(data, FRAME)
        except CodecError as error:
            return str(error)

    def parse(data: bytes) -> None:
        first, *others = [verdict(engine, data) for engine in engines]
        assert all(other == first for other in others)

    return parse


def _walk(profile: Profile) -> Parser:
    """The walk over the bits, against the codec: what the codec accepts, the walk reads alike."""
    from v2x.errors import CodecError
    from v2x.schema import decode_value
    from v2x.walk import value_of, walk

    def parse(data: bytes) -> None:
        found = walk(data, profile)
        try:
            value = decode_value(data, profile)
        except CodecError:
            return
        assert found.error is None
        assert found.rest < 8
        assert value_of(found.root) == value

    return parse


def _records(profile: Profile) -> Parser:
    """The whole way to records and back: what was accepted can be sent again, and then stays the same.

    But for what only a later edition knows: it is gone from the record, and may be missing.
    """
    from v2x.errors import CodecError, EncodeError
    from v2x.messages import decode, encode
    from v2x.schema import schema

    def parse(data: bytes) -> None:
        try:
            record = decode(data, profile)
        except CodecError:
            return
        try:
            once = encode(record, profile)
        except EncodeError:
            assert schema(profile).read(data).skipped
            return
        assert encode(decode(once, profile), profile) == once, "changes when it is sent again"

    return parse


def _explain() -> Parser:
    from v2x.explain import explain

    return explain


def _dsmp() -> Parser:
    from v2x import dsmp
    from v2x.errors import DecodeError

    def parse(data: bytes) -> None:
        try:
            dsm = dsmp.parse(data)
        except DecodeError:
            return
        assert dsmp.parse(dsmp.frame(*dsm)) == dsm

    return parse


def _json_values() -> Parser:
    """A line of `rsu msg encode -`."""
    import json

    from v2x.errors import EncodeError
    from v2x.values import from_json

    def parse(data: bytes) -> None:
        try:
            from_json(json.loads(data))
        except (EncodeError, ValueError, RecursionError):  # the last two of json
            return

    return parse


def _sources() -> Parser:
    """What `rsu msg explain` is given: hex, JSON lines, logs, captures."""
    import io

    from rsu.cli.msg.source import read, unwrap

    return lambda data: [unwrap(found.data) for found in read("-", io.BytesIO(data))]


def _capture() -> Parser:
    from rsu.cli.msg.pcap import CaptureError, datagrams

    def parse(data: bytes) -> None:
        try:
            for found in datagrams(data):
                assert len(found.payload) < 65536
        except CaptureError:
            return

    return parse


def _agent_requests() -> Parser:
    """What the agent's side reads."""
    from hw.radio.protocol import AgentError, parse_hello, parse_transmit

    def parse(data: bytes) -> None:
        for each in (parse_hello, parse_transmit):
            try:
                each(data)
            except AgentError:
                continue

    return parse


def _air() -> Parser:
    """Whatever a radio receives, heard twice: it is used or not, and nothing about it raises."""
    from perception.geo import Reference
    from perception.objects import Reception
    from rsu.site.vehicles import VehicleCheckSettings
    from rsu.station.vehicles.receiver import Receiver

    receiver = Receiver(VehicleCheckSettings(), "ydt3709-2020", Reference(22.5431, 114.0579))
    now_ns = NOW_NS

    def parse(data: bytes) -> None:
        nonlocal now_ns
        for aid in (111, 113):
            now_ns += 60_000_000
            receiver.add(
                Reception(
                    device="radio", stamp_ns=now_ns, receipt_ns=now_ns, aid=aid, payload=data, source=len(data) % 7
                )
            )
        for report in receiver.reports(0, on_time=True):
            assert abs(report.latitude - 22.5431) < 0.02
        receiver.claims(now_ns, set())
        assert all(record.frames for record in receiver.misbehaviour(0))

    return parse


def _driver(kind: str, port: str) -> Parser:
    """A driver in two reads, asked what is due between them: it raises nothing, whatever a device says."""
    from tests.hw.replay import make_driver

    def parse(data: bytes) -> None:
        driver = make_driver(kind)
        driver.opened(port, NOW_NS)
        driver.due(NOW_NS)
        cut = len(data) // 2
        driver.received(port, data[:cut], NOW_NS + 1_000_000)
        driver.due(NOW_NS + 2_000_000_000)
        driver.received(port, data[cut:], NOW_NS + 2_001_000_000)

    return parse


def _session(kind: str, port: str) -> Parser:
    """One device for all inputs, as it lives on a site: what it keeps must not grow, and what it shows is short."""
    from tests.hw.fed import MS, Fed
    from tests.hw.replay import SETTINGS

    fed = Fed(kind, SETTINGS[kind])

    def parse(data: bytes) -> None:
        fed.hear(data, port, 10 * MS)
        health = fed.health()
        assert "driver-exception" not in health.counters
        assert all(
            len(each.octets) < 100 and len(each.text) < 250 and each.text.isprintable() for each in health.refused
        )
        assert all(len(each.cause or "") < 1000 for each in health.refused)

    return parse


def _profile() -> Parser:
    """A radar's .cfg file."""
    from hw.errors import ProfileError
    from hw.radar.ti_cli import parse_profile

    def parse(data: bytes) -> None:
        try:
            parse_profile(data.decode("utf-8-sig", "surrogateescape"))
        except ProfileError:
            return

    return parse


def _site(name: str) -> Parser:
    """One of a site's files: it has findings, or drivers and station can be made of it and begin."""
    import shutil

    from hw.registry import driver_class
    from rsu.site import config
    from rsu.station.station import Station

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for each in ("demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"):
        shutil.copy(ROOT / "configs" / each, folder)

    def parse(data: bytes) -> None:
        (folder / name).write_bytes(data)
        findings = config.check(folder / "demo.yaml")
        assert all(each.text and each.line > 0 and each.column > 0 for each in findings)
        if any(each.level == "error" for each in findings):
            return
        site = config.load(folder / "demo.yaml")
        for device, settings in site.drivers.items():
            driver_class(site.site.devices[device].kind)(device, settings)
        Station(site, bytes(16)).advance(NOW_NS, [])

    return parse


def _recording() -> Parser:
    """A recording as it lies on the disk, whole or not."""
    from rsu.recording import reader
    from rsu.recording.errors import RecordingError
    from rsu.recording.verify import integrity

    path = Path(tempfile.mkdtemp(prefix="fuzz-")) / "input.mcap"

    def parse(data: bytes) -> None:
        path.write_bytes(data)
        unsealed = integrity(path)
        try:
            reader.start(path)
            list(reader.ticks(path))
        except RecordingError:
            assert unsealed

    return parse


def _foreign(suffix: str) -> Parser:
    """Other people's detections, read by a mapping."""
    from perception.geo import Reference
    from rsu.lab.importing import text
    from rsu.lab.importing.findings import Findings
    from rsu.lab.importing.frames import ForeignError, SensorView
    from rsu.lab.importing.mapping import StreamSettings

    wanted = {"id": "i", "x": "x", "y": "y", "vx": "v", "vy": "v", "length": "l", "width": "l", "height": "l"}
    times = ({"field": "t"}, {"field": "t", "format": "iso"}, {"field": "t", "format": "%Y-%m-%d %H:%M:%S"})
    stream = {"device": "d", "objects": "o", "frame": "site", "fields": wanted}
    streams = [StreamSettings.model_validate({**stream, "time": time}) for time in times]
    path = Path(tempfile.mkdtemp(prefix="fuzz-")) / f"input{suffix}"
    view = SensorView(Reference(22.5, 114.0), None)

    def parse(data: bytes) -> None:
        path.write_bytes(data)
        for one in streams:
            try:
                list(text.frames(path, one, view, Findings()))
            except ForeignError as error:
                assert str(error)

    return parse


def _acknowledgement() -> Parser:
    """What the platform says, and what it may change: never more than was sent."""
    from rsu.uplink.ledger import Ledger
    from rsu.uplink.record import SpooledRecord
    from rsu.uplink.tits0180 import answers

    def parse(data: bytes) -> None:
        try:
            found = answers.read("event", data)
        except ValueError:
            return
        ledger = Ledger()
        for seq in (1, 2, 5):
            ledger.sent("event", SpooledRecord("b", seq, seq, "event", 2, 0, b"{}"))
        total = ledger.sum(found)
        freed = [(each.boot, each.first, each.last) for each in (*total.held, *(one.numbers for one in total.refused))]
        assert len(freed) == len(set(freed))
        assert set(freed) <= {("b", 1, 1), ("b", 2, 2), ("b", 5, 5)}

    return parse


# driver, port, corpus
_PORTS = [
    ("radio-agent", "link", "radio"),
    ("camera-json", "link", "camera-json"),
    ("gat1743", "link", "gat1743"),
    ("gnss", "link", "gnss"),
    ("ti-mmwave", "data", "ti-data"),
    ("ti-mmwave", "cli", "ti-cli"),
    ("video", "pictures", "video"),
    ("ars408", "link", "ars408"),
]
_ROWS: list[tuple[str, Callable[[], Parser], float, int, str]] = [
    *((f"uper-{one}", partial(_uper, one), 5, 1400, f"uper-{one}") for one in PROFILES),
    *((f"engines-{one}", partial(_engines, one), 20, 1400, f"uper-{one}") for one in PROFILES),
    *((f"walk-{one}", partial(_walk, one), 50, 1400, f"uper-{one}") for one in PROFILES),
    *((f"records-{one}", partial(_records, one), 20, 1400, f"uper-{one}") for one in PROFILES),
    ("explain", _explain, 200, 1400, f"uper-{PROFILES[-1]}"),  # for people; tries every profile
    ("dsmp", _dsmp, 5, 1500, "dsmp"),
    ("json-values", _json_values, 20, _FILE, "json-values"),
    ("sources", _sources, 20, _FILE, "sources"),
    ("pcap", _capture, 20, _FILE, "pcap"),
    ("air", _air, 20, 1500, "dsmp"),
    ("radio-requests", _agent_requests, 20, _DATAGRAM, "radio"),
    *((f"{corpus}-driver", partial(_driver, kind, port), 20, _STREAM, corpus) for kind, port, corpus in _PORTS),
    *((f"{corpus}-session", partial(_session, kind, port), 20, _STREAM, corpus) for kind, port, corpus in _PORTS),
    ("ti-profile", _profile, 20, _FILE, "ti-profile"),
    ("uplink-ack", _acknowledgement, 20, _FILE, "uplink-ack"),
    ("recording", _recording, 100, 8192, "recording"),
    ("foreign-json", partial(_foreign, ".json"), 100, _FILE, "foreign-json"),
    ("foreign-csv", partial(_foreign, ".csv"), 100, _FILE, "foreign-csv"),
    # read once, from the operator's own disk, by a YAML parser that keeps comments: bounded, not fast
    ("site-yaml", partial(_site, "demo.yaml"), 3000, 8192, "site-yaml"),
    ("lane-map", partial(_site, "demo-lanes.json"), 3000, 8192, "lane-map"),
]
TARGETS = {name: Target(*row) for name, *row in _ROWS}
