"""Files, captures and answers that others made. Each function makes a parser, see `targets`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.fuzz.folders import ROOT
from tests.fuzz.parser import NOW_NS, Parser


def sources() -> Parser:
    """The inputs of `rsu msg explain`: hex, JSON lines, logs, captures."""
    import io

    from rsu.cli.msg.source import read, unwrap

    return lambda data: [unwrap(found.data) for found in read("-", io.BytesIO(data))]


def capture() -> Parser:
    from rsu.cli.msg.pcap import CaptureError, datagrams

    def parse(data: bytes) -> None:
        try:
            for found in datagrams(data):
                assert len(found.payload) < 65536
        except CaptureError:
            return

    return parse


def site(name: str) -> Parser:
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


def foreign_map(name: str, suffix: str) -> Parser:
    """Another's map: refused with one sentence, or a lane map can be made of it that reads back."""
    from perception.geo import Reference
    from rsu.lab.maps import airing, importing
    from rsu.lab.maps.build import WantedJunction
    from rsu.lab.maps.errors import MapError
    from rsu.lab.maps.placing import Stated

    path = Path(tempfile.mkdtemp(prefix="fuzz-")) / f"map{suffix}"
    stated = Stated(origin=Reference(22.5, 114.0))

    def parse(data: bytes) -> None:
        path.write_bytes(data)
        try:
            made = importing.lane_map(path, name, stated, WantedJunction(), None)
        except MapError as error:
            assert str(error)
            return
        assert made.text and airing.octets(made.built.lane_map)

    return parse


def recording() -> Parser:
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


def foreign(suffix: str) -> Parser:
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


def labels(layout: str) -> Parser:
    """Boxes of road users in the text of a benchmark, read into frames whose times go on."""
    from rsu.lab.importing import labels
    from rsu.lab.importing.frames import ForeignError
    from rsu.lab.importing.mapping import StreamSettings

    stream = {"device": "d", "format": layout, "begin": "2026-11-23T08:00:00Z", "rate_hz": 10}
    settings = StreamSettings.model_validate(stream)
    path = Path(tempfile.mkdtemp(prefix="fuzz-")) / "input.txt"

    def parse(data: bytes) -> None:
        path.write_bytes(data)
        try:
            stamps = [frame.stamp_ns for frame in labels.frames(path, settings)]
        except ForeignError as error:
            assert str(error)
            return
        assert stamps == sorted(set(stamps))

    return parse


def acknowledgement() -> Parser:
    """The platform's answers: they may free nothing but records that were sent."""
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
