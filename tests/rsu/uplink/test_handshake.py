"""One try to connect to a broker: its limits, or why not; and the doctor's word on one that takes 8 kB."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.largest import dialect
from rsu.site.config import Config, load
from rsu.uplink.handshake import Handshake, shake
from tests.rsu.lab.doctor.patients import BOX, CLOCK, examined
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.uplink.test_uplink_mosquitto import Mosquitto, mosquitto, needs_mosquitto

__all__ = ["mosquitto"]  # a fixture


def at(port: int) -> Config:
    """Return the demo site with its platform at a port."""
    config = load(CONFIGS / "demo.yaml")
    uplink = config.site.uplink
    assert uplink.platform is not None
    platform = uplink.platform.model_copy(update={"host": "127.0.0.1", "port": port})
    return config._replace(
        site=config.site.model_copy(update={"uplink": uplink.model_copy(update={"platform": platform})})
    )


def shaken(config: Config) -> Handshake:
    platform = config.site.uplink.platform
    assert platform is not None
    return shake(platform, "R1", dialect(config), 2.0)


@needs_mosquitto
def test_a_broker_that_takes_8_kb(mosquitto: Mosquitto) -> None:
    mosquitto.start("allow_anonymous true", "max_packet_size 8192")
    config = at(mosquitto.port)
    found = shaken(config)
    assert found.cause is None and found.limits.max_packet == 8192 and found.tls is None
    rows = examined(SiteFacts(0, BOX, CLOCK, [], valid=config, broker=found))
    assert rows["broker-connects"].judgement.code == rows["mqtt-version"].judgement.code == "fine"
    (value,) = rows["packet-size"].measured
    assert value.judgement.code == "warn" and value.value.en.startswith(
        "8192 octets; the largest record, 100 road users"
    )
    assert "max_packet_size" in rows["packet-size"].probe.do.en and "max_packet_size" in rows["packet-size"].probe.do.zh


@needs_mosquitto
def test_a_broker_that_refuses(mosquitto: Mosquitto, tmp_path: Path) -> None:
    mosquitto.start("allow_anonymous false")
    found = shaken(at(mosquitto.port))
    assert found.cause is not None and "authorise" in found.cause.cause.en and found.took_ms is not None


def test_a_port_without_a_broker() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = shaken(at(free.getsockname()[1]))
    assert found.cause is not None and "nothing listens" in found.cause.cause.en


@pytest.mark.parametrize("packet", [1 << 20, None])
def test_a_broker_with_room_is_fine(packet: int | None) -> None:
    config = at(1)
    answer = Handshake(None, took_ms=3.0)
    answer = answer._replace(limits=answer.limits._replace(max_packet=packet))
    rows = examined(SiteFacts(0, BOX, CLOCK, [], valid=config, broker=answer))
    assert rows["packet-size"].judgement.code == "fine"
