"""Rosbags, version 1 and 2: which messages of public types become which of our frames.

    radar_msgs/RadarTracks, vision_msgs/Detection3DArray      objects
    radar_msgs/RadarScan, sensor_msgs/PointCloud2             a radar's reflections; a cloud needs a Doppler field:
                                                              without one, as from a lidar, moving cannot be told from
                                                              standing, and its detector's objects are wanted instead
    sensor_msgs/NavSatFix                                     positions of a receiver

Places in messages are those of the mapping's `frame`: sensor (x forward, y left, as REP 103 has it) or site (x east,
y north). Times are the headers' stamps, receipts those of the bag.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hw.detail import Detail, placed
from perception.objects import Floats
from rsu.core import progress
from rsu.lab.importing import bag_files
from rsu.lab.importing.frames import FixAt, ForeignError, Frame, Points, ScanObjects, SeenUser, SensorView
from rsu.lab.importing.mapping import StreamSettings
from rsu.lab.importing.text import number_of

# layouts of types that bags of old recorders do not carry with them and that are not among the common interfaces
_DEFINITIONS = {
    "radar_msgs/msg/RadarReturn": "float32 range\nfloat32 azimuth\nfloat32 elevation\nfloat32 doppler_velocity\n"
    "float32 amplitude",
    "radar_msgs/msg/RadarScan": "std_msgs/Header header\nradar_msgs/RadarReturn[] returns",
    "radar_msgs/msg/RadarTrack": "unique_identifier_msgs/UUID uuid\ngeometry_msgs/Point position\n"
    "geometry_msgs/Vector3 velocity\ngeometry_msgs/Vector3 acceleration\ngeometry_msgs/Vector3 size\n"
    "uint16 classification\nfloat32[6] position_covariance\nfloat32[6] velocity_covariance\n"
    "float32[6] acceleration_covariance\nfloat32[6] size_covariance",
    "radar_msgs/msg/RadarTracks": "std_msgs/Header header\nradar_msgs/RadarTrack[] tracks",
    "vision_msgs/msg/ObjectHypothesis": "string class_id\nfloat64 score",
    "vision_msgs/msg/ObjectHypothesisWithPose": "vision_msgs/ObjectHypothesis hypothesis\n"
    "geometry_msgs/PoseWithCovariance pose",
    "vision_msgs/msg/BoundingBox3D": "geometry_msgs/Pose center\ngeometry_msgs/Vector3 size",
    "vision_msgs/msg/Detection3D": "std_msgs/Header header\nvision_msgs/ObjectHypothesisWithPose[] results\n"
    "vision_msgs/BoundingBox3D bbox\nstring id",
    "vision_msgs/msg/Detection3DArray": "std_msgs/Header header\nvision_msgs/Detection3D[] detections",
}
_BROKEN = (ArithmeticError, AssertionError, AttributeError, LookupError, ValueError, struct.error)  # of cut bags
_DOPPLER = ("doppler", "doppler_velocity", "velocity", "radial_velocity", "v")
_POINT_TYPES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 8: "f8"}  # sensor_msgs/PointField

Message = Any  # a data class that rosbags makes of the bag's own definitions
Reader = Callable[[Message, str, int, StreamSettings, SensorView], Frame | None]

_FRAME = Detail(
    "{place}: reflections are taken in the frame of their sensor: leave out `frame`",
    "{place}：点云以其传感器坐标系为准：请删去 `frame`",
)
_NO_DOPPLER = Detail(
    "{place}: the cloud has {there}; needed are x, y, z and the radial speed ({doppler}, or the field that the mapping "
    "names: `fields: {{doppler: NAME}}`). A cloud without, as of a lidar, needs a detector: import the "
    "vision_msgs/Detection3DArray that it publishes",
    "{place}：点云含 {there}；需要 x、y、z 和径向速度（{doppler}，或映射写明的字段：`fields: {{doppler: NAME}}`）。"
    "没有径向速度的点云（如激光雷达）须先经检测器：请导入其发布的 vision_msgs/Detection3DArray",
)
_NO_ROSBAGS = Detail(
    "rosbags needs to be installed: pip install rsu-edge[lab]",
    "需要安装 rosbags：pip install rsu-edge[lab]",
)
_CUT_OFF = Detail(
    "{path}: cannot be read on: {kind}: {error}",
    "{path}：无法继续读取：{kind}：{error}",
)
_NO_TOPIC = Detail(
    "{path}: no topic {topic}, but {there}",
    "{path}：没有话题 {topic}，只有 {there}",
)
_OTHER_TYPE = Detail(
    "{path}: {topic} is {kind}; readable are {readable}",
    "{path}：{topic} 的类型为 {kind}；可读取的有 {readable}",
)


def typestore() -> Any:
    """Return the types for bags that say nothing of their own."""
    from rosbags.typesys import Stores, get_types_from_msg, get_typestore

    store = get_typestore(Stores.ROS2_HUMBLE)
    for name, text in _DEFINITIONS.items():
        store.register(get_types_from_msg(text, name))
    return store


def frames(path: Path, streams: Sequence[StreamSettings], views: Sequence[SensorView]) -> Iterator[Frame]:
    """Yield the bag's messages for the streams, in the order of receipt. ForeignError: not as the mapping says."""
    try:
        from rosbags.highlevel import AnyReader, AnyReaderError
    except ImportError as error:
        raise ForeignError(_NO_ROSBAGS) from error
    wanted = {stream.topic: (stream, view) for stream, view in zip(streams, views, strict=True)}
    try:
        with bag_files.laid_out(path) as files, AnyReader(files, default_typestore=typestore()) as bag:
            connections = [each for each in bag.connections if each.topic in wanted]
            _check(path, wanted.keys() - {None}, {each.topic: each.msgtype for each in bag.connections})
            for number, (connection, time_ns, data) in enumerate(bag.messages(connections), 1):
                progress.tell("reading", time_ns - bag.start_time, bag.duration)
                stream, view = wanted[connection.topic]
                message = bag.deserialize(data, connection.msgtype)
                place = f"message {number} of {connection.topic}"
                frame = READERS[connection.msgtype](message, place, time_ns, stream, view)
                if frame is not None:
                    yield frame
            progress.tell("reading", bag.duration, bag.duration)
    except ForeignError as error:
        raise ForeignError(placed(path, error)) from error
    except (AnyReaderError, *_BROKEN) as error:
        raise ForeignError(_CUT_OFF.of(path=path, kind=type(error).__name__, error=error)) from error


def _check(path: Path, topics: set[str | None], types: dict[str, str]) -> None:
    for topic in sorted(str(each) for each in topics):
        if topic not in types:
            raise ForeignError(_NO_TOPIC.of(path=path, topic=topic, there=", ".join(sorted(types))))
        if types[topic] not in READERS:
            raise ForeignError(_OTHER_TYPE.of(path=path, topic=topic, kind=types[topic], readable=", ".join(READERS)))


def _stamp_ns(message: Message) -> int:
    return int(message.header.stamp.sec) * 1_000_000_000 + int(message.header.stamp.nanosec)


def _kind(value: object, stream: StreamSettings) -> str:
    table = stream.fields.kind.map if stream.fields.kind else {}
    return {str(key): kind for key, kind in table.items()}.get(str(value), "unknown")


def _size(size: Message) -> tuple[float, float, float] | None:
    return (size.x, size.y, size.z) if min(size.x, size.y, size.z) > 0 else None


def _tracks(message: Message, place: str, time_ns: int, stream: StreamSettings, view: SensorView) -> Frame:
    seen = [
        SeenUser(
            position=view.place(stream.frame, one.position.x, one.position.y),
            id=int.from_bytes(bytes(one.uuid.uuid[:8])) >> 1,  # the camera protocol has 63 bits
            kind=_kind(one.classification, stream),
            velocity=view.turned(stream.frame, one.velocity.x, one.velocity.y),
            size=_size(one.size),
        )
        for one in message.tracks
    ]
    return ScanObjects(stream.device, place, _stamp_ns(message), time_ns, seen)


def _detections(message: Message, place: str, time_ns: int, stream: StreamSettings, view: SensorView) -> Frame:
    seen = []
    for one in message.detections:
        found = [getattr(result, "hypothesis", result) for result in one.results]  # ROS 1 has none in between
        best = max(found, key=lambda each: each.score, default=None)
        name = str(getattr(one, "id", ""))
        seen.append(
            SeenUser(
                position=view.place(stream.frame, one.bbox.center.position.x, one.bbox.center.position.y),
                id=number_of(name) if name else None,
                kind=_kind(getattr(best, "class_id", getattr(best, "id", None)), stream),
                confidence=best.score if best else None,
                size=_size(one.bbox.size),
            )
        )
    return ScanObjects(stream.device, place, _stamp_ns(message), time_ns, seen)


def _scan(message: Message, place: str, time_ns: int, stream: StreamSettings, view: SensorView) -> Frame:
    _in_sensor_frame(place, stream)
    rows = [(one.range, one.azimuth, one.elevation, one.doppler_velocity) for one in message.returns]
    distance, azimuth, elevation, doppler = np.array(rows, dtype=float).reshape(-1, 4).T
    flat = distance * np.cos(elevation)
    points = np.column_stack([flat * np.cos(azimuth), flat * np.sin(azimuth), distance * np.sin(elevation)])
    return Points(stream.device, place, _stamp_ns(message), time_ns, points, doppler)


def _in_sensor_frame(place: str, stream: StreamSettings) -> None:
    if stream.frame != "sensor":
        raise ForeignError(_FRAME.of(place=place))


def _cloud(message: Message, place: str, time_ns: int, stream: StreamSettings, view: SensorView) -> Frame:
    _in_sensor_frame(place, stream)
    if not message.width * message.height:  # a scan without reflections; some drivers then leave out the fields, too
        return Points(stream.device, place, _stamp_ns(message), time_ns, np.zeros((0, 3)), np.zeros(0))
    fields = {field.name: field for field in message.fields}
    said = stream.fields.doppler
    doppler = next((name for name in ([said.field] if said else _DOPPLER) if name in fields), None)
    if doppler is None or not {"x", "y", "z"} <= fields.keys():
        raise ForeignError(_NO_DOPPLER.of(place=place, there=", ".join(fields), doppler=" / ".join(_DOPPLER)))
    order = ">" if message.is_bigendian else "<"
    names = ["x", "y", "z", doppler]
    layout = np.dtype(
        {
            "names": names,
            "formats": [order + _POINT_TYPES[fields[name].datatype] for name in names],
            "offsets": [fields[name].offset for name in names],
            "itemsize": message.point_step,
        }
    )
    data = np.asarray(message.data, np.uint8).reshape(message.height, -1)[:, : message.width * message.point_step]
    table = np.frombuffer(data.tobytes(), layout)
    columns: Floats = np.column_stack([table[name] for name in names]).astype(float)
    columns = columns[np.isfinite(columns).all(axis=1)]  # directions without an echo
    speed = columns[:, 3] * said.factor + said.offset if said else columns[:, 3]
    return Points(stream.device, place, _stamp_ns(message), time_ns, columns[:, :3], speed)


def _fix(message: Message, place: str, time_ns: int, stream: StreamSettings, view: SensorView) -> Frame | None:
    if message.status.status < 0 or not np.isfinite([message.latitude, message.longitude]).all():
        return None  # the receiver has no fix
    variance = max(float(message.position_covariance[0]), float(message.position_covariance[4]))
    accuracy = math.sqrt(variance) if message.position_covariance_type and variance > 0 else math.nan
    return FixAt(
        device=stream.device,
        place=place,
        stamp_ns=_stamp_ns(message),
        receipt_ns=time_ns,
        latitude_deg=float(message.latitude),
        longitude_deg=float(message.longitude),
        height_m=float(message.altitude),
        accuracy_m=accuracy,
    )


READERS: dict[str, Reader] = {
    "radar_msgs/msg/RadarTracks": _tracks,
    "vision_msgs/msg/Detection3DArray": _detections,
    "radar_msgs/msg/RadarScan": _scan,
    "sensor_msgs/msg/PointCloud2": _cloud,
    "sensor_msgs/msg/NavSatFix": _fix,
}
