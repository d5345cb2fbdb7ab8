"""Octets that are no message of ours are named: other regions' messages, their envelopes, recordings, films."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rsu.cli.msg import app
from rsu.cli.msg.foreign import file_kind, likeness
from tests.rsu.cli.test_msg_walk import bsm
from tests.rsu.station.vehicles.heard import RSM
from v2x import dsmp, encode

RANDOM = random.Random(1)
DAY = Path(__file__).parents[1] / "recording" / "golden" / "day.mcap"


def noise(length: int) -> bytes:
    return RANDOM.randbytes(length)


def j2735(number: int, length: int) -> bytes:
    """A MessageFrame: id, length determinant, content."""
    size = bytes([length]) if length < 128 else struct.pack(">H", 0x8000 | length)
    return struct.pack(">H", number) + size + noise(length)


def packet(kind: int, extended: int, port: int, length: int = 60) -> bytes:
    """A GeoNetworking packet of version 1 with BTP-B."""
    payload = struct.pack(">HH", port, 0) + noise(length)
    common = struct.pack(">BBBBHBB", 0x20, kind, 0, 0, len(payload), 1, 0)
    return bytes([0x11, 0, 0x1A, 1]) + common + noise(extended) + payload


WSM_MAP = bytes.fromhex("0300800280cd038081c9") + j2735(18, 0xC5)  # around it an unsecured envelope


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (j2735(20, 38), "SAE J2735 (North America): BasicSafetyMessage, id 20, 38 octets as its length says"),
        (j2735(18, 300), "SAE J2735 (North America): MapData, id 18, 300 octets as its length says"),
        (j2735(19, 90), "SPAT, id 19"),
        (j2735(31, 200), "TravelerInformation, id 31"),
        (b"\x03\x00\x20\x29" + j2735(20, 38), "IEEE 1609.3) with PSID 20 (p-encoded); in it a message of SAE J2735"),
        (WSM_MAP, "PSID 8002 (p-encoded); in it"),
        (b"\x03\x80\x29" + j2735(20, 38), "in an envelope of IEEE 1609.2; in it a message of SAE J2735"),
        (b"\x03\x81" + noise(200), "signed message (IEEE 1609.2"),
        (packet(0x50, 28, 2001), "GeoNetworking (ETSI, Europe), BTP port 2001 (CAM)"),
        (packet(0x40, 44, 2002), "BTP port 2002 (DENM)"),
        (packet(0x50, 28, 2004, 500), "BTP port 2004 (SPATEM)"),
        (packet(0x50, 28, 4711), "BTP port 4711"),
        (b"\x12\x00\x05\x01\x03\x81" + noise(150), "a secured packet of GeoNetworking"),
        (b"\x02\x02\x00\x00\x10\x92" + noise(40), "ETSI ITS (Europe): CAM, protocol version 2, station 4242"),
        (b"\x01\x01\x00\x00\x10\x92" + noise(40), "DENM, protocol version 1"),
        (dsmp.frame(111, bsm())[:-3], "a DSM with AID 111 (bsm), 3 octets are missing at its end"),
        (dsmp.frame(3618, bsm()) + b"\x00", "a DSM with AID 3618 (map), 1 octets too many at its end"),
    ],
)  # fmt: skip
def test_messages_of_others_are_named(octets: bytes, said: str) -> None:
    text = likeness(octets)
    assert text is not None and said in text
    done = CliRunner().invoke(app, ["explain", octets.hex()])
    assert done.exit_code == 1 and f"octets: looks like {text}" in done.stdout and "field" not in done.stdout
    assert said in CliRunner().invoke(app, ["decode", octets.hex()]).stderr
    row = json.loads(CliRunner().invoke(app, ["explain", "--json", octets.hex()]).stdout)
    assert row["looks_like"] == text and row["hex"] == octets.hex() and row["error"]
    assert said in json.loads(CliRunner().invoke(app, ["decode", "--json", octets.hex()]).stdout)["error"]


def test_a_length_that_does_not_agree_is_no_likeness() -> None:
    assert likeness(j2735(20, 38) + b"\x00") is None
    assert likeness(packet(0x50, 28, 2001)[:-1]) is None
    assert [likeness(octets) for octets in (b"", b"\x00", b"\x04", b"\x03\x00", b"\x11\x00")] == [None] * 5


def test_noise_is_seldom_taken_for_a_message() -> None:
    named = [text for text in (likeness(noise(RANDOM.randint(8, 400))) for _ in range(20000)) if text is not None]
    assert len(named) < 20, named


def test_our_message_without_dsmp_is_ours() -> None:
    for octets, name in ((encode(RSM), "rsmFrame"), (bsm(), "bsmFrame")):
        done = CliRunner().invoke(app, ["explain", octets.hex()])
        assert done.exit_code == 0 and f"message  {name}, {len(octets)} octets" in done.stdout


def test_a_recording_is_named_with_what_reads_it() -> None:
    done = CliRunner().invoke(app, ["explain", str(DAY)])
    assert done.exit_code == 1 and f"{DAY}: a recording (MCAP), no message: rsu rec info" in done.stdout
    (row,) = map(json.loads, CliRunner().invoke(app, ["explain", "--json", str(DAY)]).stdout.splitlines())
    assert row["place"] == str(DAY) and "a recording (MCAP)" in row["error"]


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (b"\x00\x00\x00\x20ftypisom", "a film (MP4)"),
        (b"RIFF\x00\x00\x10\x00AVI LIST", "a film (AVI)"),
        (b"\x1f\x8b\x08\x00", "gunzip -c FILE | rsu msg explain -"),
        (b"#ROSBAG V2.0\n", "rsu rec import"),
    ],
)
def test_other_files_are_named(tmp_path: Path, first: bytes, said: str) -> None:
    assert said in str(file_kind(first))
    (tmp_path / "file").write_bytes(first + bytes(50))
    done = CliRunner().invoke(app, ["explain", str(tmp_path / "file")])
    assert done.exit_code == 1 and f"{tmp_path}/file: a " in done.stdout and said in done.stdout
