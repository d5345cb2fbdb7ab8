"""The likely origin of octets that a driver cannot read, in words for the engineer beside the pole."""

from __future__ import annotations

import re

from hw.detail import Detail
from hw.endpoint import Endpoint

LOOKED_AT = 512  # octets
PRINTABLE = 0.9  # share of a text's octets
_TEXT = re.compile(rb"[\t\n\r\x20-\x7e]")


_HTTP = Detail("looks like HTTP: the port is that of a web server", "HTTP：该端口为网页服务端口")

# first octets of known protocols and their names; the first row that fits counts
BEGINNINGS: dict[bytes, Detail] = {
    rb"\s*(HTTP/\d|GET /|POST /|<!doctype html|<html)": _HTTP,
    rb"(Server|Date|Content-Type|Content-Length|Connection|Cache-Control): ": _HTTP,
    rb"RTSP/\d": Detail(
        "looks like RTSP: the port is that of a video stream, for a device of kind video",
        "RTSP：该端口为视频流端口，应配置为 video 类设备",
    ),
    rb"SSH-\d": Detail("looks like SSH: the port is that of a login", "SSH：该端口为远程登录端口"),
    rb"[\x14-\x17]\x03[\x00-\x04]": Detail(
        "looks like TLS: the port wants an encrypted connection", "TLS：该端口要求加密连接"
    ),
    rb"\xff[\xfb-\xfe]": Detail(
        "looks like Telnet: set the serial server to raw TCP", "Telnet：须将串口服务器设为原始 TCP 模式"
    ),
    rb".{0,200}(login|password): ?$": Detail(
        "asks for a login: the port is that of a console", "登录提示：该端口为控制台端口"
    ),
    rb"\xff\xd8\xff": Detail(
        "looks like JPEG pictures, for a device of kind video", "JPEG 图像：应配置为 video 类设备"
    ),
    rb"\s*<(\?xml|\w+[ :>])": Detail(
        "looks like XML (ONVIF or another maker's events)", "XML（ONVIF 或其他厂家的事件格式）"
    ),
    rb".{0,8}\$G[A-Z]{4},": Detail("looks like NMEA: a GNSS receiver", "NMEA：GNSS 接收机"),
    rb"\$[A-Z]{5},": Detail("looks like NMEA sentences", "NMEA 语句"),
    rb"\xb5\x62[\x01-\x2f]": Detail("looks like UBX: a GNSS receiver of u-blox", "UBX：u-blox 的 GNSS 接收机"),
    rb".{0,40}\x02\x01\x04\x03\x06\x05\x08\x07": Detail(
        "looks like frames of a TI mmWave radar", "TI 毫米波雷达的数据帧"
    ),
    rb".{0,40}mmwDemo:/>": Detail("looks like the command port of a TI mmWave radar", "TI 毫米波雷达的命令口"),
    rb"\xc0[^\xc0]{10,}\xc0": Detail(
        "looks like frames between C0: a signal controller of GA/T 1743, or a track radar",
        "以 C0 定界的帧：GA/T 1743 信号机，或轨迹雷达",
    ),
    rb"PC\x01[\x01-\x04]": Detail("looks like the agent of a radio", "射频单元代理程序的报文"),
    rb"\s*[{\[]": Detail("looks like JSON", "JSON"),
    rb"(\x00+|\xff+)$": Detail(
        "nothing but one level of the line: no device, or its wires are swapped", "线路电平恒定：未接设备，或收发线接反"
    ),
}
_COMPILED = [(re.compile(pattern, re.IGNORECASE | re.DOTALL), hint.en) for pattern, hint in BEGINNINGS.items()]

# by the reason under which a driver counts them
DAMAGED = {
    "checksum": Detail(
        "frames whose checksum is wrong: octets are lost or changed on the way", "帧校验错误：传输中有字节丢失或改变"
    ),
    "torn": Detail("frames whose end does not come: octets are lost on the way", "帧不完整：传输中有字节丢失"),
    "length": Detail(
        "frames of a length that cannot be: octets are lost or changed on the way",
        "帧长度不合理：传输中有字节丢失或改变",
    ),
}
OTHER_TEXT = Detail("text of another kind", "其他格式的文本")
OTHER_BINARY = Detail("binary data of another protocol", "其他协议的二进制数据")
NO_ORDER = Detail(
    "octets without order: another baud rate than {} or another parity, or another device",
    "字节杂乱无序：波特率并非 {}、校验方式不符，或为其他设备",
)
DETAILS = (*BEGINNINGS.values(), *DAMAGED.values(), OTHER_TEXT, OTHER_BINARY, NO_ORDER)


def damaged(reason: str) -> str | None:
    """Return the likely cause of frames that a driver counts under a reason; None: it is no sign of damage."""
    return DAMAGED[reason].en if reason in DAMAGED else None


def recognised(data: bytes) -> str | None:
    """Return the protocol that octets seem to be by their beginning; None: no known one."""
    return next((words for pattern, words in _COMPILED if pattern.match(data[:LOOKED_AT])), None)


def unknown(data: bytes, place: Endpoint) -> str:
    """Return the likely cause why octets from `place`, of no known beginning, cannot be read."""
    data = data[:LOOKED_AT]
    if data and len(_TEXT.findall(data)) >= PRINTABLE * len(data):
        return OTHER_TEXT.en
    if place.serial:
        return NO_ORDER.say(place.serial.baud)
    return OTHER_BINARY.en
