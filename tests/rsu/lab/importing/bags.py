"""Rosbags 1 and 2 with a message of each type that can be read."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from rosbags import rosbag1, rosbag2
from rosbags.typesys import Stores, get_typestore

from rsu.lab.importing import ros
from tests.rsu.lab.importing.samples import BEGIN_NS, PLACE


def messages(store: Any, k: int) -> dict[str, tuple[str, Any]]:
    """Return a message of each type that can be read: one object 20 + k m ahead and 3 m left."""
    types, stamp_ns = store.types, BEGIN_NS + k * 100_000_000
    time = types["builtin_interfaces/msg/Time"](stamp_ns // 10**9, stamp_ns % 10**9)
    header_type = types["std_msgs/msg/Header"]
    header = header_type(frame_id="sensor", stamp=time, **({"seq": k} if "seq" in header_type.__annotations__ else {}))
    point, vector = types["geometry_msgs/msg/Point"], types["geometry_msgs/msg/Vector3"]
    zero, nothing = vector(0.0, 0.0, 0.0), np.zeros(6, np.float32)
    uuid = types["unique_identifier_msgs/msg/UUID"](np.arange(16, dtype=np.uint8))
    place = point(20.0 + k, 3.0, 0.0)
    track = types["radar_msgs/msg/RadarTrack"](
        uuid, place, vector(10.0, 0.0, 0.0), zero, vector(4.5, 1.8, 1.5), 2, nothing, nothing, nothing, nothing
    )
    pose = types["geometry_msgs/msg/Pose"](place, types["geometry_msgs/msg/Quaternion"](0.0, 0.0, 0.0, 1.0))
    sure = types["geometry_msgs/msg/PoseWithCovariance"](pose, np.zeros(36))
    hypothesis = types["vision_msgs/msg/ObjectHypothesis"]("bus", 0.75)
    result = types["vision_msgs/msg/ObjectHypothesisWithPose"](hypothesis, sure)
    box = types["vision_msgs/msg/BoundingBox3D"](pose, vector(12.0, 2.5, 3.0))
    detection = types["vision_msgs/msg/Detection3D"](header, [result], box, "42")
    echo = types["radar_msgs/msg/RadarReturn"](math.hypot(20 + k, 3), math.atan2(3, 20 + k), 0.0, -4.0, 9.0)
    layout = np.array([(20.0 + k, 3.0, 0.0, -4.0)], np.dtype("<f4,<f4,<f4,<f4"))
    fields = [types["sensor_msgs/msg/PointField"](n, 4 * i, 7, 1) for i, n in enumerate(("x", "y", "z", "doppler"))]
    raw = np.frombuffer(layout.tobytes(), np.uint8)
    cloud = types["sensor_msgs/msg/PointCloud2"](header, 1, 1, fields, False, 16, 16, raw, True)
    fix = types["sensor_msgs/msg/NavSatFix"](
        header, types["sensor_msgs/msg/NavSatStatus"](0, 1), *PLACE, 12.0, np.diag([4.0, 4.0, 9.0]).ravel(), 2
    )
    return {
        "/tracks": ("radar_msgs/msg/RadarTracks", types["radar_msgs/msg/RadarTracks"](header, [track])),
        "/boxes": ("vision_msgs/msg/Detection3DArray", types["vision_msgs/msg/Detection3DArray"](header, [detection])),
        "/scan": ("radar_msgs/msg/RadarScan", types["radar_msgs/msg/RadarScan"](header, [echo])),
        "/cloud": ("sensor_msgs/msg/PointCloud2", cloud),
        "/fix": ("sensor_msgs/msg/NavSatFix", fix),
    }


def write_bag(path: Path, version: int) -> Path:
    store = ros.typestore()
    if version == 1:  # the same definitions, with the header that ROS 1 has
        old = get_typestore(Stores.ROS1_NOETIC)
        store.fielddefs["std_msgs/msg/Header"] = old.fielddefs["std_msgs/msg/Header"]
        store = get_typestore(Stores.EMPTY)
        store.register({**ros.typestore().fielddefs, "std_msgs/msg/Header": old.fielddefs["std_msgs/msg/Header"]})
    with rosbag1.Writer(path) if version == 1 else rosbag2.Writer(path, version=8) as bag:
        connections = {}
        for k in range(5):
            for topic, (kind, message) in messages(store, k).items():
                if topic not in connections:
                    connections[topic] = bag.add_connection(topic, kind, typestore=store)
                encode = store.serialize_ros1 if version == 1 else store.serialize_cdr
                bag.write(connections[topic], BEGIN_NS + k * 100_000_000 + 30_000_000, encode(message, kind))
    return path


BAG = """
streams:
  - {device: camera-east, topic: OBJECTS, frame: sensor, fields: {class: {field: x, map: {bus: bus, 2: car}}}}
  - {device: radar-north, topic: POINTS, frame: sensor}
  - {device: gnss, topic: /fix}
"""
