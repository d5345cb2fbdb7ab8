"""Radios that take text by immediate forward: every line of it, settings, sizes, and a real socket."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st

from hw.radio.rsu41 import Rsu41, Rsu41Settings
from sim import agent
from sim.rsu41 import ForwardTextError, on_air
from tests.hw import replay
from tests.hw.air import AirPiece, piece
from tests.hw.fed import UDP, Fed
from tests.sim.rig import Rig
from tests.sim.test_emul_signal import free_ports
from v2x import dsmp

TEXT = """Version=0.7
Type=SPAT
PSID=0x8DA3
Priority=5
TxMode=CONT
TxChannel=183
TxInterval=0
DeliveryStart=
DeliveryStop=
Signature=False
Encryption=False
Payload=30ABCDEF
"""
SPAT = bytes.fromhex("30abcdef")


def driver(**more: object) -> Rsu41:
    return Rsu41("radio", Rsu41Settings.model_validate({**replay.SETTINGS["rsu41"], **more}))


def text(message: AirPiece, **more: object) -> str:
    ((port, data),) = driver(**more).transmit(message)
    assert port == "link"
    return data.decode("ascii")


def test_every_line_of_the_text() -> None:
    assert text(piece(SPAT)) == TEXT


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ({"psid": "number"}, "PSID=0xE23"),
        ({"payload": "dsm"}, "Payload=04008DA3000430ABCDEF"),
        ({"channel": 172}, "TxChannel=172"),
        ({"mode": "ALT"}, "TxMode=ALT"),
        ({"sign": True}, "Signature=True"),
    ],
)
def test_what_the_specification_leaves_to_the_radio_is_a_setting(setting: dict[str, object], line: str) -> None:
    assert line in text(piece(SPAT), **setting).splitlines()


@pytest.mark.parametrize(
    ("kind", "aid", "psid"),
    [("bsm", 111, "0x6F"), ("x", 127, "0x7F"), ("x", 128, "0x8000"), ("x", 16511, "0xBFFF"), ("map", 3618, "0x8DA2")],
)
def test_the_aid_is_written_as_on_air(kind: str, aid: int, psid: str) -> None:
    assert text(piece(SPAT, kind, aid)).splitlines()[1:3] == [f"Type={kind.upper()}", f"PSID={psid}"]


@pytest.mark.parametrize("size", [0, 1401])
def test_sizes_that_the_radio_does_not_take_are_counted(size: int) -> None:
    one = driver()
    assert one.transmit(piece(bytes(size))) == []
    assert one.counters == {"size": 1}


def test_what_the_radio_receives_is_counted_and_not_used() -> None:
    one = driver()
    assert one.received("link", b"\x02\x64\xc0", 1) == []
    fed = Fed("rsu41", UDP)
    fed.hear(b"\x02\x64\xc0")
    assert [each.reason for each in fed.health().refused] == ["unused"] and fed.health().state == "ok"
    assert one.counters == {"unused": 1} and one.due(1) == [] and one.opened("link", 1) == []


@given(st.binary(min_size=1, max_size=1390), st.integers(0, 16511), st.integers(0, 255))
def test_the_emulated_radio_reads_what_the_driver_writes(rest: bytes, aid: int, priority: int) -> None:
    payload = bytes([0x30]) + rest
    sent = agent.request(on_air(text(piece(payload, "spat", aid, priority)).encode()))
    assert sent == (aid, priority // 32 * 32, dsmp.frame(aid, payload))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Version=0.7", "Version=0.6"), ("Type=SPAT", "Type=MAP"), ("Type=SPAT", "Type=TIM"),
        ("PSID=0x8DA3", "PSID=0xE23"), ("Priority=5", "Priority=8"), ("TxMode=CONT", "TxMode=ON"),
        ("TxChannel=183", "TxChannel=171"),
        ("TxInterval=0", "TxInterval=100"), ("Signature=False", "Signature=0"), ("Payload=30ABCDEF", "Payload=30A"),
        ("Payload=30ABCDEF", "Payload="), ("Priority=5\n", ""), ("Payload=30ABCDEF\n", "Payload=30ABCDEF"),
    ],
)  # fmt: skip
def test_the_emulated_radio_sends_nothing_else(line: str, wrong: str) -> None:
    assert agent.request(on_air(TEXT.encode())).aid == 3619
    with pytest.raises(ForwardTextError):
        on_air(TEXT.replace(line, wrong).encode())


def test_text_through_a_real_socket_is_on_air(tmp_path: Path) -> None:
    device, host = free_ports(2)
    spec: dict[str, object] = {"kind": "rsu41", "listen": device, "host": host, "latency_ms": 3, "phase_ms": 3}
    link = {"udp": {"listen": host, "peer": device, "any_port": True}}
    with (
        Rig(tmp_path, "radio", spec, "rsu41", {"link": link}) as rig,
        zmq.Context() as context,
        context.socket(zmq.SUB) as air,
    ):
        air.setsockopt(zmq.LINGER, 0)
        air.subscribe(b"tx")
        air.connect(f"ipc://{tmp_path}/air.ipc")
        rig.until(lambda _: rig.health() == "ok", within_s=3)
        for _ in range(60):  # until emulator and subscriber are there
            rig.device.transmit(piece(SPAT))
            if air.poll(100):
                break
        _, datagram = msgspec.msgpack.decode(air.recv_multipart(zmq.NOBLOCK)[1], type=tuple[int, bytes])
    assert agent.request(datagram) == (3619, 160, piece(SPAT).frame)
