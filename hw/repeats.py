"""Scans that come twice, with the same time and the same content, of devices that do not number their messages."""

from __future__ import annotations

import numpy as np

from hw.detail import Detail
from perception.objects import Detections, Measurement, PointCloud

COUNTER = "repeated-scan"
WORDS = Detail("scans that came twice with the same time: used once", "相同时刻的扫描重复到达：只使用一次")

Scan = Detections | PointCloud


class Repeats:
    """Remembers the newest scans of one device."""

    def __init__(self) -> None:
        self._newest: dict[type[Measurement], Scan] = {}

    def has(self, one: Measurement) -> bool:
        """Tell whether a measurement is the newest scan of its kind once more; take it for the newest."""
        if not isinstance(one, Detections | PointCloud):
            return False
        before, self._newest[type(one)] = self._newest.get(type(one)), one
        return before is not None and before.stamp_ns == one.stamp_ns and _equal(before, one)


def _equal(before: Scan, one: Scan) -> bool:
    pairs = ((getattr(before, name), getattr(one, name)) for name in one.__struct_fields__)
    return all(np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs if isinstance(a, np.ndarray))
