"""Admission of measurements: late, early or known ones are refused, and rounds come in the order of time."""

from typing import Any

from perception.objects import Measurement, RoadUser, VehicleReport
from perception.sensing.window import ArrivalWindow


def measurement(stamp_ms, device="camera", receipt_ms=None):
    receipt_ms = stamp_ms if receipt_ms is None else receipt_ms
    return Measurement(device=device, stamp_ns=stamp_ms * 1_000_000, receipt_ns=receipt_ms * 1_000_000)


def test_the_window_refuses_what_is_late_early_or_known():
    window = ArrivalWindow(500_000_000, 60_000_000)
    assert window.add(measurement(10_000)) is None
    assert window.add(measurement(10_000)) == "duplicate"
    assert window.add(measurement(10_000, "radar")) is None
    assert window.add(measurement(9_600)) is None  # late, but not too late
    assert window.add(measurement(9_600)) == "duplicate"
    assert window.add(measurement(9_400)) == "late"
    assert window.add(measurement(20_000, receipt_ms=10_100)) == "future"
    assert window.add(measurement(10_100)) is None  # the one from the future changed nothing


def test_the_window_forgets_what_it_need_not_know():
    window = ArrivalWindow(500_000_000, 60_000_000)
    for tick in range(10_000):
        assert window.add(measurement(tick * 10)) is None
    assert len(window._admitted) < 60


def rounds(window):
    return [[(each.device, each.stamp_ns // 1_000_000) for each in together] for together in window.rounds()]


def test_rounds_come_in_the_order_of_time_and_have_each_device_once():
    window = ArrivalWindow(500_000_000, 60_000_000)
    for stamp_ms, device in ((1040, "a"), (1000, "b"), (1010, "a"), (1350, "b"), (1090, "c")):
        assert window.add(measurement(stamp_ms, device, receipt_ms=1400)) is None
    assert len(window) == 5
    assert rounds(window) == [[("b", 1000), ("a", 1010)], [("a", 1040), ("c", 1090)], [("b", 1350)]]
    assert rounds(window) == []


def told(stamp_ms, vehicle=b"12345678"):
    place: dict[str, Any] = {"latitude_deg": 0.0, "longitude_deg": 0.0, "position_95_m": None}
    motion: dict[str, Any] = {"speed_mps": None, "heading_deg": None}
    size: dict[str, Any] = {"length_m": None, "width_m": None, "height_m": None, "kind": RoadUser.CAR}
    stamps: dict[str, Any] = {"stamp_ns": stamp_ms * 1_000_000, "receipt_ns": stamp_ms * 1_000_000}
    return VehicleReport(device="radio", id=vehicle, **place, **motion, **size, **stamps)


def test_of_a_vehicles_reports_the_newest_is_used():
    window = ArrivalWindow(500_000_000, 60_000_000)
    for stamp_ms in (1000, 1100):
        window.add(told(stamp_ms))
    assert rounds(window) == [[("radio", 1100)]]


def test_what_vehicles_say_makes_no_round_and_changes_none():
    """However many speak, and however late: the scans come in the rounds in which they would come without."""
    window = ArrivalWindow(500_000_000, 60_000_000)
    for scan in (measurement(1000, "a"), measurement(1040, "b"), measurement(1100, "a")):
        window.add(scan)
    for number, stamp_ms in enumerate((700, 1020, 1050, 1140)):
        window.add(told(stamp_ms, bytes([number] * 8)))
    assert rounds(window) == [
        [("a", 1000), ("b", 1040), ("radio", 700), ("radio", 1020)],
        [("a", 1100), ("radio", 1050), ("radio", 1140)],
    ]
