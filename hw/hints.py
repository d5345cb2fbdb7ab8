"""What bytes that a driver does not understand look like, in words for whoever stands beside the pole."""

from __future__ import annotations

import re

from hw.endpoint import Endpoint

LOOKED_AT = 512  # octets
PRINTABLE = 0.9  # share of a text's octets
_TEXT = re.compile(rb"[\t\n\r\x20-\x7e]")

# the first that fits the beginning of the bytes
_BEGINNINGS: list[tuple[re.Pattern[bytes], str]] = [
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), words)
    for pattern, words in (
        (rb"\s*(HTTP/\d|GET /|POST /|<!doctype html|<html)", "looks like HTTP: the port is that of a web server"),
        (rb"(Server|Date|Content-Type|Content-Length|Connection|Cache-Control): ", "looks like HTTP: the port is that "
         "of a web server"),
        (rb"RTSP/\d", "looks like RTSP: the port is that of a video stream, for a device of kind video"),
        (rb"SSH-\d", "looks like SSH: the port is that of a login"),
        (rb"[\x14-\x17]\x03[\x00-\x04]", "looks like TLS: the port wants an encrypted connection"),
        (rb"\xff[\xfb-\xfe]", "looks like Telnet: set the serial server to raw TCP"),
        (rb".{0,200}(login|password): ?$", "asks for a login: the port is that of a console"),
        (rb"\xff\xd8\xff", "looks like JPEG pictures, for a device of kind video"),
        (rb"\s*<(\?xml|\w+[ :>])", "looks like XML (ONVIF or another maker's events)"),
        (rb".{0,8}\$G[A-Z]{4},", "looks like NMEA: a GNSS receiver"),
        (rb"\$[A-Z]{5},", "looks like NMEA sentences"),
        (rb"\xb5\x62[\x01-\x2f]", "looks like UBX: a GNSS receiver of u-blox"),
        (rb".{0,40}\x02\x01\x04\x03\x06\x05\x08\x07", "looks like frames of a TI mmWave radar"),
        (rb".{0,40}mmwDemo:/>", "looks like the command port of a TI mmWave radar"),
        (rb"\xc0[^\xc0]{10,}\xc0", "looks like frames between C0: a signal controller of GA/T 1743"),
        (rb"PC\x01[\x01-\x04]", "looks like the agent of a radio"),
        (rb"\s*[{\[]", "looks like JSON"),
        (rb"(\x00+|\xff+)$", "nothing but one level of the line: no device, or its wires are swapped"),
    )
]  # fmt: skip


# by the reason under which a driver counts them
DAMAGED = {
    "checksum": "frames whose checksum is wrong: octets are lost or changed on the way",
    "torn": "frames whose end does not come: octets are lost on the way",
    "length": "frames of a length that cannot be: octets are lost or changed on the way",
}


def recognised(data: bytes) -> str | None:
    """Return what bytes look like by the way they begin."""
    return next((words for pattern, words in _BEGINNINGS if pattern.match(data[:LOOKED_AT])), None)


def unknown(data: bytes, place: Endpoint) -> str:
    """Return the likely cause why bytes that came from a place, and are not recognised, are not understood."""
    data = data[:LOOKED_AT]
    if data and len(_TEXT.findall(data)) >= PRINTABLE * len(data):
        return "text of another kind"
    if place.serial:
        return f"octets without order: another baud rate than {place.serial.baud} or another parity, or another device"
    return "binary data of another protocol"
