"""Looks that cameras and radars share: rate, freeze, and whether they stand as the site file says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hw import video
from hw.detail import Detail
from hw.modality import Gives
from perception.registration.verdict import TOLERANCE_DEG, TOLERANCE_M, Registration
from rsu.bus.snapshot import DeviceView
from rsu.lab.doctor.derived import Look
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.probe import Judgement, Margin, Measured, bad, figure, fine, remedy
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason
from rsu.site.config import modalities

RATE = Margin(80, 50, "%", least=True)
YAW = Margin(TOLERANCE_DEG, 1, "deg")
SHIFT = Margin(TOLERANCE_M, 0.5, "m")

SILENT = ("starting", "not-understood", "lost")  # states of devices
_FEW = Detail(
    "too few road users were seen by two sensors in the newest recording", "最近的录制中两个传感器共同看到的目标过少"
)
_TURN = Detail("turned by {deg:+.2f} deg (1 sigma {sd:.2f})", "转角偏差 {deg:+.2f} 度（1 sigma {sd:.2f}）")
_MOVED = Detail(
    "{m:.2f} m off: {east:+.2f} m east, {north:+.2f} m north", "偏差 {m:.2f} m：东 {east:+.2f} m，北 {north:+.2f} m"
)
_FRESH = Detail("it changes", "在变化")
_HZ = Detail("{hz:.1f} Hz, interval {longer:.0f} % longer than expected", "{hz:.1f} Hz，间隔比标称长 {longer:.0f} %")
OK = Detail("ok", "正常")
CHANGES = Detail("content changes", "内容在变化")
TUNE = remedy(DeviceReason.MOVED)
FALSE_PLACE = Detail(
    "road users appear beside their place: at 60 m one degree is one metre, a third of a lane",
    "目标位置偏移：60 m 处 1 度相当于 1 m，即车道宽的三分之一",
)
FUSION = Detail(
    "one road user seen by two sensors becomes two where they disagree",
    "传感器不一致时，同一目标会被当作两个",
)
SLOW = Detail("road users are found later, and their speeds are less certain", "目标发现更晚，速度更不确定")
STILL = Detail("road users that stand still in the data move on the road", "数据中静止的目标实际在移动")


def of_kind(of: SiteFacts, names: tuple[str, ...]) -> Iterator[DeviceView]:
    """Yield the sensors of some modalities."""
    yield from (device for device in of.devices(Gives.ROAD_USERS) if device.modality.name in names)


def heard(of: SiteFacts, names: tuple[str, ...]) -> Iterator[DeviceView]:
    """Yield the sensors of some modalities whose data come and are understood."""
    yield from (device for device in of_kind(of, names) if device.state not in SILENT)


def says(device: DeviceView, state: int) -> bool:
    """Tell whether a camera is in a state of `hw.video.STATES`."""
    return (device.error or "").startswith(video.STATES[state].en)


def rates(names: tuple[str, ...]) -> Look:
    """Return a look at the rates of sensors of some modalities."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        for device in of_kind(of, names):
            longer = device.vitals.slower_share
            if longer is None and device.state in ("ok", "degraded"):
                yield fine(figure(f"{device.rate_hz:.1f} Hz"), device.name)
            elif longer is not None:
                yield RATE.measured(
                    100.0 / (1.0 + longer), device.name, _HZ.of(hz=device.rate_hz, longer=100.0 * longer)
                )

    return look


def frozen(names: tuple[str, ...]) -> Look:
    """Return a look at the contents of sensors that stand still."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        for device in heard(of, names):
            words = BoxReason.DEVICE_FROZEN.words.of(device.modality)
            still = device.state == "frozen" or says(device, video.FROZEN)
            yield bad(Detail(words.text, words.text_zh), device.name) if still else fine(_FRESH, device.name)

    return look


def registered(names: tuple[str, ...], judge: Callable[[Registration], Measured]) -> Look:
    """Return a look at sensors against each other and the lanes, in the newest recording."""

    def look(of: SiteFacts) -> Iterator[Measured]:
        wanted = {name for name, modality in modalities(of.config.site).items() if modality.name in names}
        found = [each for each in of.recent.registrations if each.device in wanted]
        known = [each for each in found if each.verdict != "unknown"]
        if found and not known:
            raise NotApplicableError(_FEW)
        for each in known:
            made = judge(each)
            yield made if each.verdict == "moved" else made._replace(judgement=Judgement.FINE)

    return look


def turned(one: Registration) -> Measured:
    """Return by how much a sensor is turned to the right of its mount."""
    text = _TURN.of(deg=-one.yaw_deg, sd=one.yaw_sd_deg)
    return YAW.measured(abs(one.yaw_deg), one.device, text)


def shifted(one: Registration) -> Measured:
    """Return by how much the site file has a sensor off its true place."""
    text = _MOVED.of(m=one.offset_m, east=-one.east_m, north=-one.north_m)
    return SHIFT.measured(one.offset_m, one.device, text)
