"""Octets of devices and of the air: drivers, links, profiles. Each function makes a parser, see `targets`."""

from __future__ import annotations

from tests.fuzz.parser import NOW_NS, Parser


def agent_requests() -> Parser:
    """The reader of the agent's side."""
    from hw.radio.protocol import AgentError, parse_hello, parse_transmit

    def parse(data: bytes) -> None:
        for each in (parse_hello, parse_transmit):
            try:
                each(data)
            except AgentError:
                continue

    return parse


def air() -> Parser:
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
            assert abs(report.latitude_deg - 22.5431) < 0.02
        receiver.claims(now_ns, set())
        assert all(record.frames for record in receiver.misbehaviour(0))

    return parse


def driver(kind: str, port: str) -> Parser:
    """A driver in two reads, asked between them for due octets: it raises nothing, whatever a device says."""
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


def session(kind: str, port: str) -> Parser:
    """One device for all inputs, as it lives on a site: its memory must not grow, and its state is short."""
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


def profile() -> Parser:
    """A radar's .cfg file."""
    from hw.errors import ProfileError
    from hw.radar.ti_cli import parse_profile

    def parse(data: bytes) -> None:
        try:
            parse_profile(data.decode("utf-8-sig", "surrogateescape"))
        except ProfileError:
            return

    return parse
