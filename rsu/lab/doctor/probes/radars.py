"""Radars, lidars, loops: state, rate, and whether they stand as the site file says; all sensors against each other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hw.detail import Detail
from hw.modality import CAMERA, ROWS, Gives
from rsu.lab.doctor.derived import states
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Judgement, Margin, Measured, Probe, ProbeGroup, figure, fine, remedy
from rsu.lab.doctor.sensors import (
    CHANGES,
    FALSE_PLACE,
    FUSION,
    OK,
    RATE,
    SHIFT,
    SLOW,
    STILL,
    TUNE,
    YAW,
    frozen,
    rates,
    registered,
    shifted,
    turned,
)
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason
from rsu.station.views import ASIDE_M, OFFSET_M, TIME_MS, VEHICLES, YAW_DEG

RADARS = tuple(row.name for row in ROWS if row.gives == Gives.ROAD_USERS and row is not CAMERA)
_BIAS_M = Margin(OFFSET_M, 2 * OFFSET_M, "m")
_BIAS_DEG = Margin(YAW_DEG, 2 * YAW_DEG, "deg")
_ASIDE_M = Margin(ASIDE_M, 2 * ASIDE_M, "m")
_BIAS_MS = Margin(TIME_MS, 2 * TIME_MS, "ms")
_SURE = 3.0  # standard deviations
_ASIDE = Detail("{link}: {m:+.2f} m to the right of its lanes", "{link}：偏在车道右侧 {m:+.2f} m")
_BIAS = Detail("warning from {m} m or {deg} deg on, bad from twice as much on", "{m} m 或 {deg} 度起警告，两倍起异常")
_BOTH = Detail("{m:.2f} m, {deg:+.2f} deg", "{m:.2f} m，{deg:+.2f} 度")


def _biased(of: SiteFacts) -> Iterator[Measured]:
    for device in of.devices(Gives.ROAD_USERS):
        if (bias := device.bias) is None:
            continue
        off_m = math.hypot(bias.east_m, bias.north_m)
        text = _BOTH.of(m=off_m, deg=bias.yaw_deg)
        judged = [
            _BIAS_M.judgement(off_m) if off_m > _SURE * bias.offset_sd_m else Judgement.FINE,
            _BIAS_DEG.judgement(abs(bias.yaw_deg)) if abs(bias.yaw_deg) > _SURE * bias.yaw_sd_deg else Judgement.FINE,
        ]
        yield Measured(max(judged, key=list(Judgement).index), text, device.name)


def _beside(of: SiteFacts) -> Iterator[Measured]:
    for device in of.devices(Gives.ROAD_USERS):
        for one in (each for each in device.approaches if each.vehicles >= VEHICLES):
            sure = abs(one.aside_m) > _SURE * one.aside_sd_m
            text = _ASIDE.of(link=one.link, m=one.aside_m)
            yield _ASIDE_M.measured(abs(one.aside_m), device.name, text) if sure else fine(text, device.name)


def _late(of: SiteFacts) -> Iterator[Measured]:
    for device in of.devices(Gives.ROAD_USERS):
        if (bias := device.bias) is not None:
            found = _BIAS_MS.measured(abs(bias.time_ms), device.name, figure(f"{bias.time_ms:+.0f} ms"))
            sure = abs(bias.time_ms) > _SURE * bias.time_sd_ms
            yield found if sure else found._replace(judgement=Judgement.FINE)


GROUP = ProbeGroup(
    "radars",
    Detail("Radars and other sensors", "雷达及其他传感器"),
    (
        Probe(
            "radar-state",
            Detail("state of radars", "雷达状态"),
            Detail(
                "without it speeds are less certain, at night and in fog nothing is seen",
                "失效则速度不确定性增大，夜间与雾中无法感知",
            ),
            remedy(BoxReason.DEVICE_LOST),
            OK,
            states(Gives.ROAD_USERS, names=RADARS),
        ),
        Probe(
            "radar-rate",
            Detail("rate of radars", "雷达频率"),
            SLOW,
            remedy(DeviceReason.SLOW),
            RATE.words,
            rates(RADARS),
        ),
        Probe(
            "radar-freeze",
            Detail("targets stand still", "目标数据冻结"),
            STILL,
            remedy(BoxReason.DEVICE_FROZEN),
            CHANGES,
            frozen(RADARS),
        ),
        Probe(
            "radar-turned",
            Detail("turn of radars against other sensors and lanes", "雷达转角（对照其他传感器与车道）"),
            FALSE_PLACE,
            TUNE,
            YAW.words,
            registered(RADARS, turned),
        ),
        Probe(
            "radar-shifted",
            Detail("shift of radars against other sensors and lanes", "雷达位移（对照其他传感器与车道）"),
            FUSION,
            TUNE,
            SHIFT.words,
            registered(RADARS, shifted),
        ),
        Probe(
            "sensor-bias",
            Detail("sensors against each other, last 20 s", "传感器之间的偏差，最近 20 s"),
            FUSION,
            remedy(DeviceReason.MOVED),
            _BIAS.of(m=f"{OFFSET_M:g}", deg=f"{YAW_DEG:g}"),
            _biased,
        ),
        Probe(
            "beside-lanes",
            Detail("traffic of each approach beside its lanes, by sensor", "各传感器所见各进口车流与车道的横向偏差"),
            FALSE_PLACE,
            TUNE,
            _ASIDE_M.words,
            _beside,
        ),
        Probe(
            "sensor-time",
            Detail("times of a sensor against the others", "传感器时间与其他传感器之差"),
            Detail(
                "a sensor that is late shows moving road users behind their place",
                "滞后的传感器使运动目标落后于真实位置",
            ),
            Detail("set the device's clock, or latency_ms in the site file", "校正设备时钟，或站点文件中的 latency_ms"),
            _BIAS_MS.words,
            _late,
        ),
    ),
)
