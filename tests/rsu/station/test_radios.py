"""Several radios, each with its message types: which sends which, the effect of a loss, and a frame heard twice."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hw.device import Device, DeviceHealth, build
from hw.link import NS_PER_MS
from hw.radio.protocol import parse_transmit
from hw.watch import State
from rsu.messages.channel import ChannelShare
from rsu.site import config
from rsu.site.channel import ChannelSettings
from rsu.site.config import Config
from rsu.station.broadcast import Outgoing
from rsu.station.checks.devices import RadioConditions
from rsu.station.heart import Heart
from tests.hw.air import piece
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.station.test_channel import NOW, state
from tests.rsu.station.vehicles.air import receiver
from tests.rsu.station.vehicles.heard import honest
from tests.sim.test_emul_signal import free_ports

TWO = """radio:
  - {device: radio, messages: [bsm, map, rsm, spat, rsi]}
  - {device: text, messages: [spat, map]}
"""


@pytest.fixture
def site(tmp_path: Path) -> Config:
    """Return the demo's site with a second radio, for SPAT and MAP."""
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    text = text.replace("radio: radio\n", TWO)
    here, there = free_ports(2)
    link = f'{{udp: {{listen: "{here}", peer: "{there}"}}}}'
    text = text.replace("devices:\n", f"devices:\n  text: {{kind: rsu41, driver: {{link: {link}}}}}\n", 1)
    for name in ("demo-lanes.json", "ti-traffic-68xx.cfg"):
        (tmp_path / name).write_bytes((CONFIGS / name).read_bytes())
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    return config.load(tmp_path / "site.yaml")


@pytest.fixture
def devices(site: Config, tmp_path: Path) -> Iterator[dict[str, Device]]:
    """Yield the two radios of the site, their sockets open."""
    made = {
        name: build(name, site.site.devices[name].kind, site.drivers[name], tmp_path, time.time_ns)
        for name in site.site.radios
    }
    for one in made.values():
        one.tick(20 * NS_PER_MS)
    yield made
    for one in made.values():
        one.close()


def peer(device: Device) -> socket.socket:
    """Return the socket of the radio that a device sends to."""
    place = device.links["link"].endpoint.udp
    assert place is not None
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    host, port = place.peer.split(":")
    made.bind((host, int(port)))
    return made


def datagrams(one: socket.socket) -> list[bytes]:
    """Return the datagrams that came, greetings left out."""
    found = []
    while select.select([one], [], [], 0.02)[0]:
        found.append(one.recv(65536))
    return [each for each in found if each[:4] != b"PC\x01\x01"]


def test_each_radio_sends_its_message_types_in_its_own_form(site: Config, devices: dict[str, Device]) -> None:
    with peer(devices["radio"]) as agent, peer(devices["text"]) as text:
        heart = Heart(site, bytes(16), devices)
        for message in (piece(b"\x30s"), piece(b"\x20r", "rsm", 3623, 208), piece(b"\x10m", "map", 3618, 16)):
            heart._send(Outgoing(*message, None))
        framed = [parse_transmit(each) for each in datagrams(agent)]
        bare = [each.decode().split("Payload=")[1].strip() for each in datagrams(text)]
    assert [each.aid for each in framed] == [3619, 3623, 3618]
    assert bare == ["3073", "106D"]


@pytest.mark.parametrize(
    ("kind", "states", "reasons"),
    [
        ("spat", {}, []),
        ("spat", {"text": "lost"}, ["one-radio-lost"]),
        ("spat", {"radio": "not-understood"}, ["one-radio-lost"]),
        ("spat", {"radio": "lost", "text": "starting"}, ["radio-lost"]),
        ("rsm", {"text": "lost"}, []),
        ("rsm", {"radio": "lost"}, ["radio-lost"]),
    ],
)
def test_a_message_is_silent_where_all_its_radios_are_lost(
    site: Config, kind: str, states: dict[str, State], reasons: list[str]
) -> None:
    assert [*RadioConditions(site.site.radio).conditions(kind, health(states))] == reasons


def test_a_message_that_no_radio_sends_is_switched_off_and_a_fault_of_one_is_told(site: Config) -> None:
    only = RadioConditions(site.site.radio[1:])
    assert [*only.conditions("rsm", health({}))] == ["switched-off"]
    faulty = [msgspec.structs.replace(each, error="no sync") for each in health({})]
    assert [*only.conditions("map", faulty)] == ["radio-fault"]


def health(states: dict[str, State]) -> list[DeviceHealth]:
    return [
        DeviceHealth(
            name=name, kind="rsu41", state=states.get(name, "ok"), last_receipt_ns=None, rate_hz=0.0, counters={},
            error=None,
        )
        for name in ("radio", "text")
    ]  # fmt: skip


def test_the_busiest_channel_counts() -> None:
    channel = ChannelShare(ChannelSettings())
    channel.update(state(0.9, device="radio"))
    channel.update(state(0.1, NOW + 2_000_000_000, "other"))
    channel.update(state(None, NOW, "third"))
    assert [channel.busy(NOW + s * 1_000_000_000) for s in (2, 4, 6)] == [0.9, 0.1, None]


def test_a_frame_that_two_radios_received_is_no_repeat_of_its_sender() -> None:
    made, used = receiver(), 0
    for one in honest(10.0):
        made.add(one)
        made.add(msgspec.structs.replace(one, device="other", receipt_ns=one.receipt_ns + 2_000_000))
        used += len(made.reports(0, on_time=True))
    assert used == 100 and made.counters == {"air: received by another radio too": 100}
