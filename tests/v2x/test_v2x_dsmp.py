"""DSMP framing, AIDs and priorities: octets beside meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import v2x
from v2x import dsmp
from v2x.aids import KINDS, SERVICES


@pytest.mark.parametrize(
    ("aid", "payload", "octets"),
    [
        (111, b"\xaa", "0400 6f 0001 aa"),
        (127, b"", "0400 7f 0000"),
        (128, b"", "0400 8000 0000"),
        (3618, b"\x10\x20", "0400 8da2 0002 1020"),
        (3623, bytes(300), "0400 8da7 012c" + "00" * 300),
        (16511, b"", "0400 bfff 0000"),
    ],
)
def test_frame(aid: int, payload: bytes, octets: str) -> None:
    data = bytes.fromhex(octets)
    assert dsmp.frame(aid, payload) == data
    assert dsmp.parse(data) == (aid, payload)


@pytest.mark.parametrize(
    "octets",
    [
        "0410 00 8da2 0001 ff",  # no element
        "0410 01 0402aabb 8da2 0001 ff",
        "0410 02 040112 0500 8da2 0001 ff",
        "040f 8da2 0001 ff",  # reserved bits are ignored
    ],
)
def test_extensions_are_skipped(octets: str) -> None:
    assert dsmp.parse(bytes.fromhex(octets)) == (3618, b"\xff")


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("", "cut off"),
        ("04", "cut off"),
        ("0400 8d", "cut off"),
        ("0400 6f 00", "cut off"),
        ("0410", "cut off"),
        ("0410 03 0402aa", "cut off"),
        ("0000 6f 0000", "protocol type 0"),
        ("0420 6f 0000", "version 1"),
        ("0400 c000 0000", "reserved octet c0"),
        ("0400 6f 0002 aa", "1 octets of payload, the header says 2"),
        ("0400 6f 0001 aabb", "2 octets of payload, the header says 1"),
        ("0400 6f 0574" + "00" * 1396, "1401 octets, the limit is 1400"),
    ],
)
def test_refused(octets: str, reason: str) -> None:
    with pytest.raises(v2x.DecodeError, match=reason):
        dsmp.parse(bytes.fromhex(octets))


def test_limit_counts_the_header_too() -> None:
    assert len(dsmp.frame(3618, bytes(1394))) == 1400
    with pytest.raises(v2x.EncodeError, match="1401 octets, the limit is 1400"):
        dsmp.frame(3618, bytes(1395))
    large = dsmp.frame(3618, bytes(1994), limit=2000)
    assert dsmp.parse(large, limit=2000) == (3618, bytes(1994))


@pytest.mark.parametrize("aid", [-1, 16512])
def test_aid_out_of_range(aid: int) -> None:
    with pytest.raises(v2x.EncodeError, match="aid: expected"):
        dsmp.frame(aid, b"")


@given(st.integers(0, dsmp.MAX_AID), st.binary(max_size=100))
def test_any_frame_survives(aid: int, payload: bytes) -> None:
    assert dsmp.parse(dsmp.frame(aid, payload)) == (aid, payload)


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda tail: b"\x04\x10" + tail))
def test_any_octets_parse_or_raise_decode_error(data: bytes) -> None:
    try:
        aid, payload = dsmp.parse(data)
    except v2x.DecodeError:
        return
    assert data.endswith(payload)
    assert 0 <= aid <= dsmp.MAX_AID


@pytest.mark.parametrize(
    ("priority", "pppp"),
    [(255, 1), (224, 1), (223, 2), (208, 2), (176, 3), (112, 5), (48, 7), (31, 8), (16, 8), (0, 8)],
)
def test_pppp(priority: int, pppp: int) -> None:
    assert dsmp.pppp(priority) == pppp


@pytest.mark.parametrize(
    ("kind", "aid", "priority", "destination"),
    [("map", 3618, 16, 6), ("spat", 3619, 176, 7), ("rsi-dynamic", 3622, 112, 10), ("rsm", 3623, 208, 11)],
)
def test_services(kind: v2x.Kind, aid: int, priority: int, destination: int) -> None:
    assert SERVICES[kind] == (aid, priority, destination)
    assert KINDS[aid] == kind


def rsi(*event_types: int, signs: int = 0) -> v2x.RoadSideInformation:
    return v2x.RoadSideInformation(
        msg_cnt=0,
        id=bytes(8),
        position=v2x.Position(latitude_deg=31.0, longitude_deg=121.0),
        events=tuple(v2x.Event(rte_id=0, event_type=number, source="detection") for number in event_types),
        signs=tuple(v2x.Sign(rts_id=number, sign_type=85) for number in range(signs)),
    )


NODE = v2x.NodeReferenceId(id=1)
PHASE = v2x.Phase(phase_id=1, states=(v2x.PhaseState(light="red"),))
STATE = v2x.IntersectionState(intersection_id=NODE, status=(), phases=(PHASE,))


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (rsi(903), "rsi-dynamic"),
        (rsi(305, 401), "rsi-dynamic"),
        (rsi(305), "rsi-semi-static"),
        (rsi(signs=1), "rsi-static"),
        (v2x.MapData(msg_cnt=0, nodes=(v2x.Node(id=NODE, position=None),)), "map"),
        (v2x.SignalPhaseAndTiming(msg_cnt=0, intersections=(STATE,)), "spat"),
        (v2x.TestMessage(msg_cnt=0, data=b"1"), "test"),
    ],
)
def test_kind_of(message: v2x.Message, kind: str) -> None:
    assert v2x.kind_of(message) == kind
