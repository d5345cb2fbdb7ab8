"""Messages of GA/T 1049.1 and the traffic data of GA/T 1049.2, as XML. Pure.

A message: Version, Token, From, To, Type (REQUEST, RESPONSE, PUSH, ERROR), Seq (14 digits of time, 6 of a count), Body
with operations. Times are Beijing time, as the police's systems have it.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from perception.results import LaneFlow, TrafficPeriod
from rsu.site.box import Box
from rsu.uplink.flows import passenger_car_units, saturation_percent, spacing_m

VERSION = "2.0"
SYSTEM, CENTRE = "UTCS", "TICP"  # of the sender and of the receiver: names of GA/T 1049.1
END = b"</Message>"
_BEIJING = timezone(timedelta(hours=8))
_COUNTS = 1_000_000


def message(kind: str, operation: str, content: Element, now_ns: int, count: int, token: str = "") -> bytes:
    """Return a message with one operation. `count`: of the messages of a connection."""
    root = Element("Message")
    SubElement(root, "Version").text = VERSION
    SubElement(root, "Token").text = token
    for name, system in (("From", SYSTEM), ("To", CENTRE)):
        address = SubElement(SubElement(root, name), "Address")
        for part, text in (("Sys", system), ("SubSys", ""), ("Instance", "")):
            SubElement(address, part).text = text
    SubElement(root, "Type").text = kind
    SubElement(root, "Seq").text = f"{_beijing(now_ns):%Y%m%d%H%M%S}{count % _COUNTS:06}"
    operations = SubElement(root, "Body")
    SubElement(operations, "Operation", order="1", name=operation).append(content)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def login(user: str, password: str) -> Element:
    """Return the content of a login."""
    content = Element("SDO_User")
    SubElement(content, "UserName").text = user
    SubElement(content, "Pwd").text = password
    return content


def traffic(box: Box, period: TrafficPeriod) -> Element | None:
    """Return CrossTrafficData of one period; None: it says nothing of any lane."""
    numbers = {lane: number for number, lane in enumerate(box.identity.maneuvers, 1)}
    flows = [flow for flow in period.lanes if (flow.link, flow.lane) in numbers]
    if not flows:
        return None
    content = Element("CrossTrafficData")
    SubElement(content, "CrossID").text = box.identity.cross_id
    SubElement(content, "EndTime").text = f"{_beijing(period.end_ns):%Y-%m-%d %H:%M:%S}"
    SubElement(content, "Interval").text = str(max(1, round((period.end_ns - period.start_ns) / 1e9)))
    rows = SubElement(content, "DataList")
    for flow in flows:
        row = SubElement(rows, "Data")
        for name, value in _lane(numbers[flow.link, flow.lane], flow).items():
            if value is not None:
                SubElement(row, name).text = str(value)
    return content


def _lane(number: int, flow: LaneFlow) -> dict[str, int | float | None]:
    """Return the quantities of a lane in the standard's units: vehicles and pcu an hour, m, s, km/h, %, vehicles/km."""
    hours = (flow.end_ns - flow.start_ns) / 3.6e12
    saturation = saturation_percent(flow)
    return {
        "LaneNo": number,
        "Volume": round(flow.volume / hours),
        "AvgVehLen": _tenths(flow.mean_length_m),
        "Pcu": round(passenger_car_units(flow.volume_by_kind) / hours),
        "HeadDistance": _tenths(spacing_m(flow)),
        "HeadTime": _tenths(flow.headway_s),
        "Speed": _tenths(None if flow.mean_speed_mps is None else 3.6 * flow.mean_speed_mps),
        "Saturation": None if saturation is None else min(100.0, round(saturation, 1)),
        "Density": None if flow.density_per_m is None else round(1000.0 * flow.density_per_m),
        "QueueLength": _tenths(flow.queue_length_m),
        "Occupancy": min(100, round(100.0 * flow.occupancy)),
    }


def _tenths(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _beijing(stamp_ns: int) -> datetime:
    return datetime.fromtimestamp(stamp_ns // 1_000_000_000, _BEIJING)
