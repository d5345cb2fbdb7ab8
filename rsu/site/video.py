"""A video camera's part of the site file: the source of its pictures and the detector of road users."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from hw.detail import Detail
from perception.objects import RoadUser
from perception.sensor import Settings
from perception.video.settings import MotionSettings

Point = tuple[float, float]

_NO_STREAM = Detail(
    'expected rtsp://ADDRESS/... or http://ADDRESS/..., got "{got}"',
    '应为 rtsp://地址/... 或 http://地址/...，实为 "{got}"',
)
_NO_FILE = Detail('there is no file "{path}"', '没有文件 "{path}"')
_ONE_OF = Detail("expected exactly one of stream, device, file", "stream、device、file 应恰有其一")
_FEW_POINTS = Detail("region_px: expected three points or more", "region_px：应有三个或更多点")


def _stream(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("rtsp", "rtsps", "http", "https") or not parts.hostname:
        raise ValueError(_NO_STREAM.of(got=text))
    return text


def _beside_site(path: Path, info: ValidationInfo) -> Path:
    context = info.context or {}
    folder = Path(context.get("folder", "."))
    if context.get("recorded"):
        return folder / path  # a replay has the detections, and needs neither pictures nor a model
    if not (folder / path).is_file():
        raise ValueError(_NO_FILE.of(path=path))
    return folder / path


File = Annotated[Path, AfterValidator(_beside_site)]  # relative paths: from the site file's folder


class SourceSettings(Settings):
    """Where pictures come from: exactly one of the three."""

    stream: Annotated[str, AfterValidator(_stream)] | None = None  # RTSP or MJPEG over HTTP
    device: str | None = Field(None, pattern=r"^/dev/")  # V4L2
    file: File | None = None  # played in a loop, at its own pace
    latency_ms: float = Field(120.0, ge=0, le=5000)  # of streams: from exposure to receipt
    rate_hz: float = Field(5.0, gt=0, le=60)  # at most so many pictures a second are looked at

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(way is not None for way in (self.stream, self.device, self.file)) != 1:
            raise ValueError(_ONE_OF)
        return self


RoadUserName = Literal["car", "truck", "bus", "motorcycle", "bicycle", "pedestrian"]
# those of COCO's class numbers that are road users
COCO: dict[int, RoadUserName] = {0: "pedestrian", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 7: "truck"}


class OnnxSettings(Settings):
    """A network of the YOLO family, as exported to ONNX."""

    model: File = Field(description="ONNX file, from the site file's folder")
    runtime: Literal["onnxruntime", "openvino"] = Field("onnxruntime", description="library that runs it")
    threads: int = Field(1, ge=1, le=16, description="of the runtime")
    least_confidence: float = Field(0.5, gt=0, lt=1, description="below it a detection is dropped")
    overlap: float = Field(0.5, gt=0, lt=1)  # IoU above which two boxes of a class are one road user
    classes: dict[int, RoadUserName] = Field(COCO, min_length=1)  # the model's numbers; those of COCO where not given

    def kinds(self) -> dict[int, RoadUser]:
        """Return the road user of each class of the model."""
        return {number: RoadUser[name.upper()] for number, name in self.classes.items()}


class VideoSettings(Settings):
    """One video camera."""

    source: SourceSettings
    image_px: tuple[Annotated[int, Field(ge=64, le=8192)], Annotated[int, Field(ge=64, le=8192)]] = Field(
        description="width and height of the picture that the camera's model in `sensors` is for"
    )
    stretched: bool = Field(False, description="the stream is the whole picture of image_px, squeezed to another shape")
    follow_view: bool = Field(False, description="move pictures back where the view was turned by little, up to 5 %")
    region_px: list[Point] = Field([], description="polygon to which the road is narrowed, px; empty: the whole view")
    motion: MotionSettings | None = None  # where neither it nor `onnx` is given, too; with `onnx`: both together
    onnx: OnnxSettings | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.region_px and len(self.region_px) < 3:
            raise ValueError(_FEW_POINTS)
        return self
