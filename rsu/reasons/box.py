"""Texts of faults of the box itself: devices, processes, folders, site file, recorder, uplink."""

from __future__ import annotations

from rsu.reasons.words import Reason, Words


class BoxReason(Reason):
    """Faults of the box."""

    # devices
    DEVICE_LOST = Words(
        "device-lost",
        "a {device} is lost",
        "check its power, cable, address and port",
        "{device}失联",
        "检查电源、线缆、地址和端口",
    )
    DEVICE_STARTING = Words(
        "device-starting",
        "a {device} has sent no data yet",
        "wait 10 s; if it stays so, proceed as for a lost device",
        "{device}尚无数据",
        "稍候；若持续则按失联处理",
    )
    DEVICE_FAULT = Words(
        "device-fault",
        "a {device} reports a fault of its own",
        "read the detail beside it; compare its settings in the site file with the device",
        "{device}报告异常",
        "查看说明；核对站点文件中的设置与设备是否一致",
    )
    DEVICE_NOT_UNDERSTOOD = Words(
        "device-not-understood",
        "a {device} sends data, but its driver cannot read them",
        "compare kind, address, port, baud rate in the site file with the device; `rsu status` shows its last octets",
        "{device}有数据，但驱动无法解析",
        "核对站点文件中的类型、地址、端口和波特率；用 `rsu status` 查看其原始数据",
    )
    DEVICE_FROZEN = Words(
        "device-frozen",
        "a {device} repeats the same content under new numbers and times",
        "restart the device; look at its picture or its targets with its maker's tool",
        "{device}反复发送相同内容",
        "重启设备；用厂家工具查看其画面或目标",
    )
    DEVICE_BLIND = Words(
        "device-blind",
        "a {device} works but detects nothing",
        "read the detail beside it; clean the lens, look for an obstruction or glare",
        "{device}工作正常，但检测不到任何目标",
        "按提示处理；清洁镜头，检查遮挡或强光",
    )
    DEVICE_DEGRADED = Words(
        "device-degraded",
        "a {device} delivers less than half of its expected rate, or much of its data is refused",
        "read the detail beside it; check cable, load and the rate in the site file (rate_hz)",
        "{device}数据率不足标称值的一半，或大量数据被拒",
        "查看说明；检查线缆、负载以及站点文件中的频率 (rate_hz)",
    )
    CLOCK = Words("clock", "a clock cannot be trusted", "read the detail beside it", "时钟不可信", "按提示处理")
    # processes
    PROCESS_DOWN = Words(
        "process-down",
        "a process of the daemon has ended and is started again",
        "nothing if it keeps running; otherwise send its last output and the log to the maker",
        "守护程序的一个进程已结束，正在重启",
        "若不再发生则无需处理；否则将其最后输出和日志发给厂家",
    )
    PROCESS_UNDYING = Words(
        "process-undying",
        "a process was killed but has not exited: a disk or device hangs",
        "look for I/O errors in the kernel log (dmesg); replace the disk or unplug the device, then reboot",
        "进程被强制结束后仍未退出：磁盘或设备挂起",
        "在内核日志 (dmesg) 中查找 I/O 错误；更换磁盘或拔下设备后重启",
    )
    OVER_BUDGET = Words(
        "over-budget",
        "a process uses more memory or processor time than its budget",
        "memory: it is restarted automatically; processor: use fewer devices or a faster box",
        "进程超出预算",
        "内存超限会自动重启；处理器超限须减少设备或更换更快的设备",
    )
    PROCESS_SILENT = Words(
        "process-silent",
        "a process sends no reports",
        "it is restarted automatically; see the log",
        "进程无任何报告",
        "会自动重启；查看日志",
    )
    ROOT_SILENT = Words(
        "root-silent",
        "the root process does not respond: processes that end are not restarted",
        "restart the daemon",
        "根进程无响应：进程结束后无人重启",
        "重启守护程序",
    )
    # folders and disk
    FOLDER_READ_ONLY = Words(
        "folder-read-only",
        "a folder cannot be written: recordings and records for the platform are not kept",
        "look for disk errors in the kernel log (dmesg); mount it for writing again",
        "目录不可写：录制和上报数据无法保存",
        "在内核日志 (dmesg) 中查找磁盘错误；重新以可写方式挂载",
    )
    FOLDER_TAKEN = Words(
        "folder-taken",
        "another daemon uses a folder of this one",
        "stop one of the two",
        "目录已被另一个守护程序占用",
        "停止其中之一",
    )
    FOLDER_UNUSABLE = Words(
        "folder-unusable", "a folder cannot be used", "see the reason beside it", "目录不可用", "查看其后的原因"
    )
    DISK_HANGS = Words(
        "disk-hangs",
        "a disk does not respond",
        "look for I/O errors in the kernel log (dmesg); replace the disk, then reboot",
        "磁盘无响应",
        "在内核日志 (dmesg) 中查找 I/O 错误；更换磁盘后重启",
    )
    # site file
    SITE_CHANGED = Words(
        "site-changed",
        "the site file, or a file that it names, was changed on disk and is not in use yet",
        "run `rsu check`, then `systemctl reload rsu` (SIGHUP)",
        "站点文件或其引用的文件已改动，尚未启用",
        "先执行 `rsu check`，再执行 `systemctl reload rsu` (SIGHUP)",
    )
    SITE_UNFIT = Words(
        "site-unfit",
        "the site file on disk has errors and is not in use; the last valid one is in use",
        "correct it, run `rsu check`, then `systemctl reload rsu` (SIGHUP)",
        "磁盘上的站点文件有错误，未启用；正在使用上一份正确的文件",
        "改正后执行 `rsu check`，再执行 `systemctl reload rsu` (SIGHUP)",
    )
    SITE_FAILED = Words(
        "site-failed",
        "the station cannot run with the site file on disk; the previous one is in use",
        "undo the change and send the file to the maker",
        "站点文件启用后站点进程无法工作；正在使用上一份",
        "撤销改动，并将文件发给厂家",
    )
    # recorder and uplink
    RECORDER_PAUSED = Words(
        "recorder-paused",
        "nothing is recorded",
        "make room on the disk or lower the limits under recording.disk; look for disk errors (dmesg)",
        "录制已暂停",
        "清理磁盘或调低 recording.disk 的限值；查找磁盘错误 (dmesg)",
    )
    UPLINK = Words(
        "uplink",
        "records for the platform are delayed or refused",
        "read the detail beside it",
        "上报平台的记录延迟或被拒",
        "按提示处理",
    )
