"""The film of `make bench-real` as the daemon's camera process sees it: at its own pace, the newest picture only.

Reader, mailbox, detector, datagram and driver are the product's. A machine that is too slow passes over pictures, which
count as pictures without detections; `passed_over` says how many.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import cv2
import msgspec

from hw.video import Video, VideoInboxSettings
from perception.objects import Detections
from perception.video.lanes import Lanes
from perception.video.settings import MotionSettings
from rsu.site.video import OnnxSettings, SourceSettings, VideoSettings
from rsu.video.camera import CameraPipeline
from rsu.video.source import Mailbox, Shot, SourceReader
from tests.bench.real_eyes import Seen
from tests.bench.real_film import SIZE, RealFilm, stamp_ns

PATIENCE_S = 5.0  # without a picture, the film has ended for good


class Numbered(Mailbox):
    """A mailbox that knows the number of each picture, from 0, showings one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.number: dict[int, int] = {}  # by stamp, ns

    def put(self, shot: Shot) -> None:
        """Leave a picture."""
        self.number[shot.stamp_ns] = len(self.number)
        super().put(shot)


class Played(NamedTuple):
    """A film as it was seen live."""

    seen: Seen
    passed_over: int  # pictures of the last showing


def played(film: RealFilm, onnx: OnnxSettings | None, motion: MotionSettings | None) -> Played:
    """Play a film, twice where the road is learned, and return the detections of the last showing."""
    capture = cv2.VideoCapture(str(film.path))
    rate_hz, length = capture.get(cv2.CAP_PROP_FPS), round(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    source = SourceSettings.model_validate({"file": film.path.resolve(), "rate_hz": rate_hz})
    settings = VideoSettings(source=source, image_px=SIZE, onnx=onnx, motion=motion)
    camera, driver = CameraPipeline(settings, film.sensor, Lanes([])), Video("video", VideoInboxSettings(inbox="video"))
    mailbox, began = Numbered(), time.process_time()
    reader = SourceReader(source, mailbox)
    reader.start()
    last = 0 if motion is None else 1
    showing, found = 0, dict[int, Detections]()
    while (shot := mailbox.take(PATIENCE_S)) is not None:
        now, number = divmod(mailbox.number[shot.stamp_ns], length)
        if now > last:
            break
        if now > showing:
            showing, found, began = now, {}, time.process_time()
        for told in driver.received("pictures", camera.datagram(camera.view(shot, None)), shot.stamp_ns):
            if isinstance(told, Detections):
                at_ns = stamp_ns(length + number)
                found[number] = msgspec.structs.replace(told, stamp_ns=at_ns, receipt_ns=at_ns)
    reader.stop()
    return Played(Seen(found, (time.process_time() - began) * 1e3 / length), length - len(found))
