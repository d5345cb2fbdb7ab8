"""Reports and plans of a signal controller by GA/T 1743, and the site that they are for."""

from __future__ import annotations

from hw.signal.contents import JunctionPlace
from hw.signal.framing import encode_frame
from hw.signal.messages import (
    Address,
    Kind,
    Message,
    Object,
    Operation,
    encode,
)
from hw.utc import NS
from perception.objects import Lamp
from sim.gat1743 import encode_lamp_colours

T0 = 1795392000 * NS
PLACE = JunctionPlace(22.5431, 114.0579)
CONTROLLER = Address(440304, Kind.SIGNAL_CONTROLLER, 7)
US = Address(440304, Kind.ROADSIDE_UNIT, 0xFFFF)


def report(stamp_ns: int, lamp: Lamp, operation: Operation = Operation.REPORT) -> bytes:
    content = encode_lamp_colours(PLACE, [lamp])
    return encode_frame(encode(Message(CONTROLLER, US, stamp_ns, operation, Object.LAMP_COLOURS, content)))


RED = Lamp(1, 0, 2, "red", 30.0)
