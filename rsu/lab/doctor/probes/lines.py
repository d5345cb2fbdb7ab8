"""Serial lines: there, open to the daemon's user, under a name that lasts, and no two devices on one."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.probe import Measured, Probe, ProbeGroup, bad, figure, fine, remedy, warn
from rsu.reasons.box import BoxReason

_GONE = Detail("{path} does not exist", "{path} 不存在")
_DENIED = Detail("{path}: this user may not open it, group {group} may", "{path}：当前用户无权打开，{group} 组有权")


def _there(of: SiteFacts) -> Iterator[Measured]:
    for line in of.lines:
        yield fine(figure(str(line.path)), line.device) if line.exists else bad(_GONE.of(path=line.path), line.device)


def _allowed(of: SiteFacts) -> Iterator[Measured]:
    for line in (line for line in of.lines if line.exists):
        denied = _DENIED.of(path=line.path, group=line.group or "root")
        yield fine(figure(str(line.path)), line.device) if line.allowed else bad(denied, line.device)


def _lasting(of: SiteFacts) -> Iterator[Measured]:
    for line in of.lines:
        yield (fine if line.lasting else warn)(figure(str(line.path)), line.device)


GROUP = ProbeGroup(
    "serial",
    Detail("Serial lines", "串口"),
    (
        Probe(
            "serial-there",
            Detail("serial lines exist", "串口存在"),
            Detail("without its line a device is lost", "串口缺失则设备失联"),
            remedy(BoxReason.DEVICE_LOST),
            Detail("exists", "存在"),
            _there,
        ),
        Probe(
            "serial-allowed",
            Detail("permission to open serial lines", "打开串口的权限"),
            Detail("a line that may not be opened is as good as unplugged", "无权打开的串口等同于未连接"),
            Detail(
                "add the daemon's user to the group: `usermod -aG dialout rsu`, then restart the daemon",
                "将守护程序用户加入该组：`usermod -aG dialout rsu`，然后重启守护程序",
            ),
            Detail("may be read and written", "可读写"),
            _allowed,
        ),
        Probe(
            "serial-names",
            Detail("names of serial lines", "串口名称"),
            Detail(
                "ttyUSB0 and ttyUSB1 change places when a plug is pulled: two radars are then swapped",
                "ttyUSB0 与 ttyUSB1 在重新插拔后会互换，造成两台雷达对调",
            ),
            Detail("use the name under /dev/serial/by-id or by-path", "使用 /dev/serial/by-id 或 by-path 下的名称"),
            Detail("the same after a restart", "重启后不变"),
            _lasting,
        ),
    ),
)
