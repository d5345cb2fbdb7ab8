"""The octets that a GNSS receiver sends, second by second, and the fixes that the driver makes of it."""

from __future__ import annotations

from hw import nmea, ubx
from hw.ubx import NavPvt
from hw.utc import NS
from perception.objects import Measurement
from tests.hw import replay

T0 = 1795392000 * NS


def fixes(data: bytes, receipt_ns: int = T0) -> list[Measurement]:
    return replay.make_driver("gnss").received("link", data, receipt_ns)


def solution(second: int, **changes: int) -> bytes:
    return ubx.encode_nav_pvt(
        NavPvt(
            itow=second * 1000, year=2026, month=11, day=23, hour=0, minute=0, second=second, valid=7,
            time_accuracy=20, nano=0, fix_type=3, flags=1, satellites=12, longitude=1140579000, latitude=225431000,
            height=17000, height_msl=20100, horizontal_accuracy=700, vertical_accuracy=1200,
        )._replace(**changes)
    )  # fmt: skip


def said(*texts: str) -> bytes:
    return b"".join(nmea.encode(text) for text in texts)


def rmc(second: int, status: str = "A", mode: str = "A") -> str:
    return f"GNRMC,0000{second:02d}.00,{status},2232.58600,N,11403.47400,E,0.01,,231126,,,{mode}"


def gga(second: int, quality: int = 1, talker: str = "GN") -> str:
    return f"{talker}GGA,0000{second:02d}.00,2232.58600,N,11403.47400,E,{quality},12,0.8,20.1,M,-3.1,M,,"
