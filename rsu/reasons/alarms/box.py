"""Alarms of the box: clock, processes, folders, site file, recorder, uplink."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.alarm import Alarm, Level
from rsu.reasons.box import BoxReason

_NONE = Detail("none", "无")
_DAEMON = Detail("defect of this software, memory, disk", "软件缺陷、内存或磁盘")
_ALL = Detail("of the station: all messages silent; of others: none", "站点进程：全部消息静默；其他进程：无")
_REPORTS = Detail("the process reports again", "进程恢复报告")
_WRITES = Detail("the folder can be used", "目录恢复可用")
_SITE = Detail("a site file without errors is in use", "启用无错误的站点文件")
_DISK = Detail("defective or full disk", "磁盘损坏或已满")

ROWS: dict[BoxReason, Alarm] = {
    BoxReason.CLOCK: Alarm(
        Level.MAJOR,
        Detail("chrony does not run, GNSS and system clock differ", "chrony 未运行，GNSS 与系统时钟不一致"),
        Detail("the clocks agree", "各时钟一致"),
        Detail(
            "with `time-uncertain-...` or `no-time`: as these", "同时出现 `time-uncertain-...` 或 `no-time` 时与其相同"
        ),
    ),
    BoxReason.PROCESS_DOWN: Alarm(Level.MAJOR, _DAEMON, Detail("the process runs", "进程恢复运行"), _ALL),
    BoxReason.PROCESS_UNDYING: Alarm(
        Level.CRITICAL,
        Detail("a disk or device driver hangs in the kernel", "磁盘或设备驱动在内核中挂起"),
        Detail("the process is gone", "进程已退出"),
        _ALL,
    ),
    BoxReason.OVER_BUDGET: Alarm(
        Level.WARNING,
        Detail("too many devices or pictures for this box", "设备或图像过多，超出本机能力"),
        Detail("below the budget", "回到预算之内"),
        _NONE,
    ),
    BoxReason.PROCESS_SILENT: Alarm(Level.MAJOR, _DAEMON, _REPORTS, _ALL),
    BoxReason.ROOT_SILENT: Alarm(Level.CRITICAL, _DAEMON, _REPORTS, _NONE),
    BoxReason.FOLDER_READ_ONLY: Alarm(Level.CRITICAL, _DISK, _WRITES, _NONE),
    BoxReason.FOLDER_TAKEN: Alarm(
        Level.MAJOR, Detail("the daemon was started twice", "守护程序被启动两次"), _WRITES, _NONE
    ),
    BoxReason.FOLDER_UNUSABLE: Alarm(Level.MAJOR, _DISK, _WRITES, _NONE),
    BoxReason.DISK_HANGS: Alarm(
        Level.CRITICAL,
        Detail("defective disk or its cable", "磁盘或其连接损坏"),
        Detail("the disk responds", "磁盘恢复响应"),
        _NONE,
    ),
    BoxReason.SITE_CHANGED: Alarm(
        Level.WARNING, Detail("edited and not taken into use", "已编辑但未启用"), _SITE, _NONE
    ),
    BoxReason.SITE_UNFIT: Alarm(Level.MINOR, Detail("a mistake in the edited file", "编辑后的文件有误"), _SITE, _NONE),
    BoxReason.SITE_FAILED: Alarm(
        Level.MAJOR,
        Detail("the file is valid, but this software fails on it", "文件有效，但软件以其运行失败"),
        _SITE,
        _NONE,
    ),
    BoxReason.RECORDER_PAUSED: Alarm(Level.MINOR, _DISK, Detail("recording goes on", "录制恢复"), _NONE),
    BoxReason.UPLINK: Alarm(
        Level.MINOR,
        Detail("network, broker, platform or certificate", "网络、消息服务器、平台或证书"),
        Detail("the platform acknowledges records again", "平台恢复确认记录"),
        Detail("none: records are kept and sent later", "无：记录已保存，稍后发送"),
    ),
}
