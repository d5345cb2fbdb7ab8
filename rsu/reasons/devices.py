"""Reasons about a device whose data are still used: its vital figures (`hw/vital_rules.py`), its mount."""

from __future__ import annotations

from rsu.reasons.words import Reason, Words


class DeviceReason(Reason):
    """Faults of a device that come before the loss of its data."""

    SLOW = Words(
        "device-slow",
        "a {device} measures much more slowly than expected",
        "compare its measuring rate with rate_hz or the profile in the site file",
        "{device}测量频率明显低于标称值",
        "核对其测量频率与站点文件中的 rate_hz 或配置文件",
    )
    UNEVEN = Words(
        "device-uneven",
        "data of a {device} arrive in bursts or with pauses",
        "check cable, switch and serial server; look for processor load on box and device",
        "{device}数据到达间隔不均匀",
        "检查线缆、交换机和串口服务器；检查本机与设备的处理器负载",
    )
    LATE = Words(
        "device-late",
        "data of a {device} are old when they arrive",
        "shorten its buffers and filters; check its network; compare its clock with this box",
        "{device}数据到达时已陈旧",
        "减小其缓冲与滤波；检查网络；核对其时钟与本机时钟",
    )
    BACKWARD = Words(
        "device-backward",
        "the times of a {device} run backward",
        "set its time server; look for a second device under its address",
        "{device}时间戳倒退",
        "设置其时间服务器；排查是否有另一设备使用其地址",
    )
    CLOCK_AHEAD = Words(
        "device-clock-ahead",
        "the clock of a {device} is ahead; its data are stamped when received",
        "set its time server to the one of this box",
        "{device}时钟偏快；其数据已按接收时刻标注",
        "将其时间服务器设为与本机相同",
    )
    CLOCK_BEHIND = Words(
        "device-clock-behind",
        "the clock of a {device} is behind; its data are stamped when received",
        "set its time server to the one of this box",
        "{device}时钟偏慢；其数据已按接收时刻标注",
        "将其时间服务器设为与本机相同",
    )
    CLOCK_STUCK = Words(
        "device-clock-stuck",
        "the clock of a {device} stands still; its data are stamped when received",
        "restart the device; set its time server",
        "{device}时钟停滞；其数据已按接收时刻标注",
        "重启设备；设置其时间服务器",
    )
    DUPLICATES = Words(
        "device-duplicates",
        "a {device} sends messages twice; each is used once",
        "look for a second path: two network cards, a repeater, two targets of one stream",
        "{device}报文重复；每条只使用一次",
        "排查第二条通路：双网卡、中继器，或同一数据流的两个目的地址",
    )
    REORDERED = Words(
        "device-reordered",
        "messages of a {device} arrive out of order; late ones are not used",
        "look for parallel network paths; connect it to the box directly",
        "{device}报文乱序；迟到者不予采用",
        "排查并行的网络通路；将其直接接入本机",
    )
    GAPS = Words(
        "device-gaps",
        "messages of a {device} are missing",
        "check cable and network for loss; lower its rate or its number of targets",
        "{device}报文缺失",
        "检查线缆与网络丢包；降低其频率或目标数",
    )
    DAMAGED = Words(
        "device-damaged",
        "a part of the messages of a {device} cannot be read",
        "see the refused input in `rsu status`; check cable, earthing and baud rate",
        "{device}部分报文无法解析",
        "在 `rsu status` 中查看被拒数据；检查线缆、接地和波特率",
    )
    LINE_FULL = Words(
        "device-line-full",
        "the serial line of a {device} is nearly full: the next targets will be cut off",
        "raise the baud rate on both sides, or lower the number of targets",
        "{device}串口线路接近满载，后续目标将被截断",
        "在两端提高波特率，或减少目标数",
    )
    MOVED = Words(
        "device-moved",
        "a {device} does not stand as its mount in the site file says",
        "look whether it was moved or turned; correct its mount from its last minutes: "
        "rsu tune --last 10 --site SITE --registration --apply, then rsu reload (manual: Calibrate)",
        "{device}的安装位置与站点文件不符",
        "检查其是否被移动或转动；利用最近的录制修正其安装参数："
        "rsu tune --last 10 --site SITE --registration --apply，再 rsu reload（见手册“标定”页）",
    )
