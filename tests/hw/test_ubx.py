"""Bytes beside their meaning: UBX, NMEA and RTCM3 frames, and broken-down UTC."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw import nmea, rtcm, ubx, utc
from hw.nmea import Gga, Gst, Rmc
from hw.ubx import NavPvt
from hw.utc import NS, Utc
from sim.gnss_octets import angle

FIRST = NavPvt(  # of a u-blox M8030 on 2020-10-23
    itow=473613000,
    year=2020,
    month=10,
    day=23,
    hour=11,
    minute=33,
    second=15,
    valid=0x37,
    time_accuracy=17,
    nano=52792,
    fix_type=3,
    flags=1,
    satellites=15,
    longitude=-22402964,
    latitude=534506691,
    height=75699,
    height_msl=27215,
    horizontal_accuracy=6298,
    vertical_accuracy=8101,
)
FIRST_HEAD = bytes.fromhex(
    "b5620107 5c00 c8c23a1c e407 0a170b210f 37 11000000 38ce0000 03 01 00 0f"
    "6c28aafe c3ecdb1f b3270100 4f6a0000 9a180000 a51f0000"
)


def test_nav_pvt_is_laid_out_as_documented() -> None:
    frame = ubx.encode_nav_pvt(FIRST)
    assert len(frame) == 100
    assert frame[: len(FIRST_HEAD)].hex(" ") == FIRST_HEAD.hex(" ")
    assert ubx.measure(frame) == 100
    assert ubx.parse_nav_pvt(frame) == FIRST
    assert FIRST.stamp_ns() == 1603452795 * NS + 52792


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [
        ("b5", 0),
        ("b5 00", "noise"),
        ("b5 62 01 07 5c", 0),
        ("b5 62 05 01 02 00 06 01 0f 38", 10),  # ACK-ACK of CFG-MSG
        ("b5 62 05 01 02 00 06 01 0f 39", "checksum"),
        ("b5 62 05 01 02 00 06 01 0f", 0),
        ("b5 62 01 07 ff ff", "length"),
    ],
)
def test_ubx_frames_are_measured(frame: str, verdict: int | str) -> None:
    assert ubx.measure(bytes.fromhex(frame)) == verdict


def test_other_messages_and_lengths_are_no_nav_pvt() -> None:
    assert ubx.parse_nav_pvt(ubx.encode((0x01, 0x03), bytes(92))) is None
    assert ubx.parse_nav_pvt(ubx.encode(ubx.NAV_PVT, bytes(88))) is None


@pytest.mark.parametrize(
    ("fields", "stamp"),
    [
        ((1970, 1, 1, 0, 0, 0, 0), 0),
        ((2026, 12, 31, 23, 59, 59, 999_999_999), 1798761600 * NS - 1),
        ((2026, 12, 31, 23, 59, 60, 0), 1798761599 * NS),  # a leap second is second 59 once more
        ((2027, 1, 1, 0, 0, 0, -250_000), 1798761600 * NS - 250_000),
        ((2028, 2, 29, 12, 0, 0, 0), 1835438400 * NS),
    ],
)
def test_utc_to_ns(fields: tuple[int, ...], stamp: int) -> None:
    assert utc.to_ns(Utc(*fields)) == stamp


@pytest.mark.parametrize("fields", [(2026, 2, 29, 0, 0, 0, 0), (2026, 13, 1, 0, 0, 0, 0), (2026, 1, 1, 24, 0, 0, 0)])
def test_times_that_do_not_exist_are_refused(fields: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        utc.to_ns(Utc(*fields))


@given(st.integers(0, 4_102_444_800 * NS))
def test_utc_round_trip(stamp_ns: int) -> None:
    assert utc.to_ns(utc.from_ns(stamp_ns)) == stamp_ns


@pytest.mark.parametrize(
    ("sentence", "meaning"),
    [
        (
            "$INGGA,103607.00,5327.03942,N,00214.42462,W,1,06,5.88,56.0,M,48.5,M,,*6A",
            Gga(38167 * NS, 53.450657, -2.24041033, 1, 6, 5.88, 56.0, 48.5),
        ),
        (
            "$GNRMC,084159.00,A,3203.94995,N,03446.42914,E,0.000,,080222,,,D,V*1F",
            Rmc(31319 * NS, True, 32.06583250, 34.77381900, 0.0, 1644278400 * NS, "D"),
        ),
        ("$GPGST,172814.0,0.006,0.023,0.020,273.6,0.023,0.020,0.031*6A", Gst(62894 * NS, 0.023, 0.020)),
        ("$GNRMC,,V,,,,,,,,,,N*4D", Rmc(None, False, None, None, None, None, "N")),
        ("$GNGLL,3203.94995,N,03446.42914,E,084158.00,A,D*77", None),
        ("$PUBX,04,103607.00,060321,556567.00,2147,18,-384839,-53.623,16*2C", None),
    ],
)
def test_sentences_are_parsed(sentence: str, meaning: nmea.Sentence | None) -> None:
    frame = sentence.encode() + b"\r\n"
    assert nmea.measure(frame) == len(frame)
    parsed = nmea.parse(frame)
    if meaning is None:
        assert parsed is None
        return
    assert type(parsed) is type(meaning)
    for name, got, wanted in zip(meaning._fields, parsed, meaning, strict=True):
        assert got == (pytest.approx(wanted, abs=5e-8) if isinstance(wanted, float) else wanted), name


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (b"$GNGLL,3203.94995,N", 0),
        (b"$GNGLL*65\r", 0),
        (b"$GNGLL,1*48\r\n", "checksum"),
        (b"$GNGLL,32$GNGLL", "torn"),
        (b"$GNGLL,\x80", "torn"),
        (b"$GNGLL,32\n", "checksum"),
        (b"$" + b"A" * 1024, "length"),
    ],
)
def test_sentences_are_measured(text: bytes, verdict: int | str) -> None:
    assert nmea.measure(text) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "GNGGA,246000.00,,,,,0,,,,,,,,",
        "GNGGA,-10000.00,,,,,0,,,,,,,,",
        "GNGGA,000000.00,9100.0,N,00000.0,E,1,,,,,,,,",
        "GNGGA,000000.00,2260.0,N,00000.0,E,1,,,,,,,,",
        "GNGGA,000000.00,2232.0,,00000.0,E,1,,,,,,,,",
        "GNGGA,000000.00,2232.0,N,00000.0,E,1,,,nan,M,,M,,",
        "GNRMC,000000.00,A,,,,,,,310226,,,A",
        "GNRMC,000000.00,A,,,,,,,2026,,,A",
    ],
)
def test_nonsense_in_a_good_sentence_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        nmea.parse(nmea.encode(text))


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 8_639_999))
def test_nmea_round_trip(latitude: float, longitude: float, hundredths: int) -> None:
    of_day_ns = hundredths * 10_000_000
    seconds = hundredths // 100
    time = f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}.{hundredths % 100:02d}"
    place = f"{angle(latitude, 'NS', 2)},{angle(longitude, 'EW', 3)}"
    gga = nmea.parse(nmea.encode(f"GNGGA,{time},{place},4,12,0.80,20.1,M,-3.1,M,,"))
    rmc = nmea.parse(nmea.encode(f"GNRMC,{time},A,{place},9.719,,231126,,,R"))  # 5 m/s in knots
    assert isinstance(gga, Gga)
    assert isinstance(rmc, Rmc)
    assert (gga.of_day_ns, gga.quality, gga.satellites, gga.altitude_m, gga.separation_m) == (
        of_day_ns,
        4,
        12,
        20.1,
        -3.1,
    )
    assert (gga.latitude_deg, gga.longitude_deg) == pytest.approx((latitude, longitude), abs=1e-7)
    assert (rmc.of_day_ns, rmc.midnight_ns, rmc.active, rmc.mode) == (of_day_ns, 1795392000 * NS, True, "R")
    assert rmc.speed_mps == pytest.approx(5.0, abs=1e-3)


def test_crc24q() -> None:
    assert rtcm.crc24q(b"123456789") == 0xCDE703
    frame = b"\xd3\x00\x03\x3e\xd0c"  # message 1005
    frame += rtcm.crc24q(frame).to_bytes(3, "big")
    assert rtcm.measure(frame) == 9
    assert rtcm.measure(frame[:-1]) == 0
    assert rtcm.measure(frame[:-1] + bytes([frame[-1] ^ 1])) == "checksum"
    assert rtcm.measure(b"\xd3\xff\x03") == "noise"
    assert rtcm.measure(b"\xd3\x00\x03\x00\x10") == "noise"  # no message 1
