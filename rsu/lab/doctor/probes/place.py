"""Place: GNSS against the surveyed reference point, datum and height, the receiver's calendar."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import numpy as np

from hw.detail import Detail
from hw.modality import Gives
from perception.geo import Reference, looks_like_bd09, looks_like_gcj02, to_site
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.probe import Margin, Measured, Probe, ProbeGroup, bad, figure, fine, remedy
from rsu.reasons import details, doubts
from rsu.reasons.devices import DeviceReason
from rsu.reasons.place import PlaceReason

_HEIGHT = Margin(8, 20, "m")
_ACCURACY = Margin(2, 5, "m")
_SATELLITES = Margin(8, 5, least=True)
_JITTER = Margin(50, 200, "ms")

_NO_FIX = Detail("no GNSS solution in the newest recording", "最近的录制中没有 GNSS 定位")
_IS_SYSTEM = Detail(
    "the reference point has {system} coordinates: {off:.0f} m off", "基准点为 {system} 坐标：偏差 {off:.0f} m"
)
_HIGHER = Detail("antenna {:+.1f} m above the reference point", "天线高于基准点 {:+.1f} m")
_WEEK_FITS = Detail("dates agree", "日期一致")
_DATUM = Detail(
    "all positions on air are off as far as the reference point: hundreds of metres by GCJ-02",
    "播发的全部位置与基准点偏差相同：GCJ-02 时可达数百米",
)


def _position(of: SiteFacts) -> Iterator[Measured]:
    if (error_m := of.snapshot.position_error_m) is None:
        raise NotApplicableError(_NO_FIX)
    tolerance_m = of.config.site.position.tolerance_m
    yield Margin(tolerance_m / 2, tolerance_m, "m").measured(error_m)


def _datum(of: SiteFacts) -> Iterator[Measured]:
    point, station = of.config.site.site.reference, of.newest.snapshot
    reasons = {reason for message in station.messages for reason in message.reasons} if station else set()
    true = _mean(of)
    tests = {"GCJ-02": looks_like_gcj02, "BD-09": looks_like_bd09}
    found = [name for name, test in tests.items() if true and test(point.latitude_deg, point.longitude_deg, true)]
    if PlaceReason.SITE_IN_GCJ02 in reasons or found:
        off_m = station.position_error_m if station else None
        if off_m is None and true:
            off_m = float(np.hypot(*to_site(true.latitude_deg, true.longitude_deg, point.reference())))
        yield bad(_IS_SYSTEM.of(system=next(iter(found), "GCJ-02"), off=off_m or 0.0))
    elif true is None and (station is None or station.position_error_m is None):
        raise NotApplicableError(_NO_FIX)
    else:
        yield fine(figure(point.coordinates))


def _mean(of: SiteFacts) -> Reference | None:
    """Return the place by the GNSS solutions of the newest recording."""
    fixes = of.last_minutes.fixes if of.last_minutes else ()
    places = [(f.latitude_deg, f.longitude_deg) for f in fixes if f.latitude_deg is not None]
    if not places:
        return None
    latitude, longitude = (
        median(float(each) for each in axis if each is not None) for axis in zip(*places, strict=True)
    )
    return Reference(latitude, longitude, 0.0)


def _height(of: SiteFacts) -> Iterator[Measured]:
    if (height_m := of.recent.height_m) is None:
        raise NotApplicableError(_NO_FIX)
    above_m = height_m - of.config.site.site.reference.elevation_m
    yield _HEIGHT.measured(abs(above_m), text=_HIGHER.of(above_m))


def _accuracy(of: SiteFacts) -> Iterator[Measured]:
    found = [fix.horizontal_accuracy_m for fix in of.recent.fixes if fix.horizontal_accuracy_m is not None]
    if not found:
        raise NotApplicableError(_NO_FIX)
    yield _ACCURACY.measured(median(found))


def _satellites(of: SiteFacts) -> Iterator[Measured]:
    found = [fix.satellites for fix in of.recent.fixes if fix.satellites is not None]
    if not found:
        raise NotApplicableError(_NO_FIX)
    yield _SATELLITES.measured(median(found))


def _week(of: SiteFacts) -> Iterator[Measured]:
    clock = of.snapshot.clock
    if clock is None or (clock.holdover_s is None and not clock.doubts):
        raise NotApplicableError(_NO_FIX)
    said = [text for text in clock.doubts if any(row.says(text) for row in (doubts.WEEKS_OFF, doubts.CLOCK_UNSET))]
    yield from (bad(Detail(text, details.said(text, "zh"))) for text in said)
    if not said:
        yield fine(_WEEK_FITS)


def _jitter(of: SiteFacts) -> Iterator[Measured]:
    for device in of.devices(Gives.POSITION):
        if (jitter_ms := device.vitals.jitter_ms) is not None:
            yield _JITTER.measured(jitter_ms, device.name)


_SEEN = Detail("below it GNSS knows neither place nor time well", "低于该值时 GNSS 的位置与时间均不可靠")
GROUP = ProbeGroup(
    "place",
    Detail("Place and GNSS", "位置与 GNSS"),
    (
        Probe(
            "position",
            Detail("GNSS from the surveyed antenna", "GNSS 与天线测量点的距离"),
            Detail(
                "beyond the tolerance all messages stop: the box may be at another crossing",
                "超出容差时全部消息停发：设备可能位于其他路口",
            ),
            remedy(PlaceReason.POSITION_MISMATCH),
            Detail(
                "warning from half of position.tolerance_m on, bad from all of it",
                "position.tolerance_m 的一半起警告，达到即异常",
            ),
            _position,
        ),
        Probe(
            "datum",
            Detail("coordinate system of the reference point", "基准点坐标系"),
            _DATUM,
            Detail(
                "survey the reference point in WGS-84 or CGCS2000; coordinates of map applications are GCJ-02 or BD-09",
                "按 WGS-84 或 CGCS2000 测量基准点；地图应用的坐标为 GCJ-02 或 BD-09",
            ),
            Detail("WGS-84 or CGCS2000", "WGS-84 或 CGCS2000"),
            _datum,
        ),
        Probe(
            "height",
            Detail("height of the GNSS antenna against the reference point", "GNSS 天线相对基准点的高度"),
            Detail(
                "heights on air are above the ellipsoid; heights above sea level differ by up to 60 m in China",
                "播发的高程为大地高；与海拔高在中国最多相差约 60 m",
            ),
            Detail(
                "give site.reference.elevation_m above the ellipsoid, as GNSS survey tells it",
                "site.reference.elevation_m 应填写大地高（GNSS 测量值）",
            ),
            _HEIGHT.words,
            _height,
        ),
        Probe(
            "gnss-accuracy",
            Detail("accuracy that GNSS states, 1 sigma", "GNSS 自报精度，1 sigma"),
            Detail(
                "a poor solution tells neither a wrong reference point nor a wrong clock",
                "定位差时无法发现错误的基准点或时钟",
            ),
            remedy(PlaceReason.NO_POSITION),
            _ACCURACY.words,
            _accuracy,
        ),
        Probe(
            "satellites",
            Detail("satellites used", "参与定位的卫星数"),
            _SEEN,
            remedy(PlaceReason.NO_POSITION),
            _SATELLITES.words,
            _satellites,
        ),
        Probe(
            "gps-week",
            Detail("date by GNSS against the system clock", "GNSS 日期与系统时钟"),
            Detail(
                "old receivers count 1024 weeks and then begin again: 20 years off",
                "旧接收机每 1024 周重新计数：相差约 20 年",
            ),
            Detail(
                "update the receiver's firmware or replace it; set the clock, check its battery",
                "升级接收机固件或更换接收机；校时并检查时钟电池",
            ),
            Detail("same week", "同一周"),
            _week,
        ),
        Probe(
            "gnss-jitter",
            Detail("jitter of GNSS solutions on arrival", "GNSS 定位到达抖动"),
            Detail("a solution that arrives late makes the system clock seem ahead", "迟到的定位使系统时钟显得超前"),
            remedy(DeviceReason.UNEVEN),
            _JITTER.words,
            _jitter,
        ),
    ),
)
