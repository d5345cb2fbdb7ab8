"""Cameras: state, rate, picture, and whether they stand as the site file says."""

from __future__ import annotations

from collections.abc import Iterator

from hw import video
from hw.detail import Detail
from hw.modality import CAMERA, Gives
from rsu.bus.snapshot import DeviceView
from rsu.lab.doctor.derived import findings, states
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Judgement, Measured, Probe, ProbeGroup, bad, fine, remedy, warn
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
    heard,
    rates,
    registered,
    says,
    shifted,
    turned,
)
from rsu.reasons import details
from rsu.reasons.box import BoxReason
from rsu.reasons.devices import DeviceReason

CAMERAS = (CAMERA.name,)
_DARK = (video.TOO_DARK, *video.BADLY)
_SEES = Detail("sees", "工作正常")
_STANDS = Detail("as calibrated", "与标定时一致")
_FITS = Detail("as image_px says", "与 image_px 一致")


def _exposure(of: SiteFacts) -> Iterator[Measured]:
    for device in _films(of):
        state = next((video.STATES[one] for one in _DARK if says(device, one)), None)
        blind = device.state == "blind"
        made = bad if blind else warn if state else fine
        yield made(state or (_told(device) if blind else _SEES), device.name)


def _shape(of: SiteFacts) -> Iterator[Measured]:
    films = [
        each for each in findings("devices")(of) if each.judgement is not Judgement.FINE and "image_px" in each.value.en
    ]
    yield from films
    yield from _unless(of, video.OTHER_SHAPE, _FITS)


def _view(of: SiteFacts) -> Iterator[Measured]:
    yield from _unless(of, video.VIEW_MOVED, _STANDS)


def _unless(of: SiteFacts, state: int, well: Detail) -> Iterator[Measured]:
    """Yield whether cameras are in one state of `hw.video.STATES`."""
    for device in _films(of):
        yield bad(_told(device), device.name) if says(device, state) else fine(well, device.name)


def _films(of: SiteFacts) -> Iterator[DeviceView]:
    """Yield the cameras whose pictures this box looks at, where there are pictures: others tell nothing of them."""
    for device in heard(of, CAMERAS):
        if of.config.site.devices[device.name].video is not None and not says(device, video.NO_PICTURE):
            yield device


def _told(device: DeviceView) -> Detail:
    text = device.error or ""
    return Detail(text, details.said(text, "zh"))


GROUP = ProbeGroup(
    "cameras",
    Detail("Cameras", "摄像机"),
    (
        Probe(
            "camera-state",
            Detail("state of cameras", "摄像机状态"),
            Detail("without it its part of the road is not seen", "失效则其视野内的道路无法感知"),
            remedy(BoxReason.DEVICE_LOST),
            OK,
            states(Gives.ROAD_USERS, names=CAMERAS),
        ),
        Probe(
            "camera-rate",
            Detail("rate of cameras", "摄像机频率"),
            SLOW,
            remedy(DeviceReason.SLOW),
            RATE.words,
            rates(CAMERAS),
        ),
        Probe(
            "camera-freeze",
            Detail("picture stands still", "画面冻结"),
            STILL,
            remedy(BoxReason.DEVICE_FROZEN),
            CHANGES,
            frozen(CAMERAS),
        ),
        Probe(
            "camera-exposure",
            Detail("exposure and sight", "曝光与视野"),
            Detail("a camera that is dazzled or in the dark misses road users", "眩目或过暗的摄像机会漏检目标"),
            remedy(BoxReason.DEVICE_BLIND),
            _SEES,
            _exposure,
        ),
        Probe(
            "camera-shape",
            Detail("shape of the stream against image_px", "码流形状与 image_px"),
            Detail(
                "a stream of another shape is cut or squeezed: the calibration fits it nowhere",
                "形状不同的码流经过裁剪或压缩，标定全部失效",
            ),
            video.OTHER_ASPECT,
            Detail("same ratio of width to height", "宽高比一致"),
            _shape,
        ),
        Probe(
            "camera-view",
            Detail("view of the road against the one at calibration", "路面画面与标定时对照"),
            FALSE_PLACE,
            Detail(
                "aim the camera again, or calibrate it: `rsu calibrate camera`",
                "重新对准摄像机，或重新标定：`rsu calibrate camera`",
            ),
            _STANDS,
            _view,
        ),
        Probe(
            "camera-turned",
            Detail("turn of cameras against other sensors and lanes", "摄像机转角（对照其他传感器与车道）"),
            FALSE_PLACE,
            TUNE,
            YAW.words,
            registered(CAMERAS, turned),
        ),
        Probe(
            "camera-shifted",
            Detail("shift of cameras against other sensors and lanes", "摄像机位移（对照其他传感器与车道）"),
            FUSION,
            TUNE,
            SHIFT.words,
            registered(CAMERAS, shifted),
        ),
    ),
)
