"""The box: disks, memory, processor, temperature, network."""

from __future__ import annotations

from collections.abc import Iterator

from hw.detail import Detail
from rsu.lab.doctor.facts import NotApplicableError, SiteFacts
from rsu.lab.doctor.probe import Judgement, Margin, Measured, Probe, ProbeGroup, bad, fine, remedy
from rsu.reasons.box import BoxReason

_DISK = Margin(10, 3, "%", least=True)
_INODES = Margin(10, 3, "%", least=True)
_MEMORY = Margin(15, 5, "%", least=True)
_SWAP = Margin(20, 60, "%")
_LOAD = Margin(80, 120, "%")
_HOT = Margin(80, 95, "deg C")
_ERRORS = Margin(0.01, 0.5, "%")
_OPEN = Margin(20, 5, "%", least=True)

_WRITABLE = Detail("may be written", "可写")
_READ_ONLY = Detail("mounted read-only", "以只读方式挂载")
_NO_SENSOR = Detail("the kernel knows no temperature", "内核未提供温度")
_OTHER_USER = Detail("not told to this user: run rsu doctor as root", "无权读取：请以 root 运行 rsu doctor")
_ERRORS_OF = Detail("{errors} of {packets} packets", "{packets} 个包中 {errors} 个")


def _disk(of: SiteFacts) -> Iterator[Measured]:
    for disk in of.box.disks:
        yield _DISK.measured(disk.free_percent, str(disk.folder))


def _inodes(of: SiteFacts) -> Iterator[Measured]:
    for disk in of.box.disks:
        yield _INODES.measured(disk.free_inodes_percent, str(disk.folder))


def _writable(of: SiteFacts) -> Iterator[Measured]:
    for disk in of.box.disks:
        yield (bad(_READ_ONLY, str(disk.folder)) if disk.read_only else fine(_WRITABLE, str(disk.folder)))


def _memory(of: SiteFacts) -> Iterator[Measured]:
    yield _MEMORY.measured(of.box.memory_free_percent)


def _swap(of: SiteFacts) -> Iterator[Measured]:
    yield _SWAP.measured(of.box.swap_used_percent)


def _load(of: SiteFacts) -> Iterator[Measured]:
    yield _LOAD.measured(of.box.load_percent)


def _temperature(of: SiteFacts) -> Iterator[Measured]:
    if not of.box.temperatures_c:
        raise NotApplicableError(_NO_SENSOR)
    for name, celsius in of.box.temperatures_c.items():
        yield _HOT.measured(celsius, name)


def _network(of: SiteFacts) -> Iterator[Measured]:
    for each in of.box.interfaces:
        text = _ERRORS_OF.of(errors=each.errors, packets=each.packets)
        yield _ERRORS.measured(100.0 * each.errors / max(1, each.packets), each.name, text)


def _open_files(of: SiteFacts) -> Iterator[Measured]:
    for each in of.processes.processes:
        free = of.box.open_files_free_percent.get(each.name)
        yield Measured(Judgement.NONE, _OTHER_USER, each.name) if free is None else _OPEN.measured(free, each.name)


_KEPT = Detail(
    "recordings and records for the platform are given up when the disk is full", "磁盘满时会放弃录制与上报数据"
)
_ROOM = Detail("lower recording.disk.max_gib, or remove other files", "调低 recording.disk.max_gib，或清理其他文件")
_FREE = Detail("end other programs on this box, or use fewer devices", "结束本机上的其他程序，或减少设备")
_LATE = Detail("messages leave late when the box has no time for them", "处理能力不足时消息迟发")

GROUP = ProbeGroup(
    "box",
    Detail("Box", "设备主机"),
    (
        Probe("disk-free", Detail("free disk", "磁盘剩余空间"), _KEPT, _ROOM, _DISK.words, _disk),
        Probe(
            "disk-inodes",
            Detail("free inodes", "剩余 inode"),
            _KEPT,
            Detail("remove small files", "清理小文件"),
            _INODES.words,
            _inodes,
        ),
        Probe(
            "disk-writable",
            Detail("folders may be written", "目录可写"),
            Detail("a failing disk is mounted read-only by the kernel", "磁盘出错时内核会以只读方式挂载"),
            remedy(BoxReason.FOLDER_READ_ONLY),
            _WRITABLE,
            _writable,
        ),
        Probe(
            "memory",
            Detail("free memory", "可用内存"),
            Detail("the kernel ends processes when memory runs out", "内存耗尽时内核会结束进程"),
            _FREE,
            _MEMORY.words,
            _memory,
        ),
        Probe(
            "swap",
            Detail("swap in use", "已用交换空间"),
            Detail("a process that was swapped out answers too late", "被换出的进程响应过迟"),
            _FREE,
            _SWAP.words,
            _swap,
        ),
        Probe(
            "processor",
            Detail("load of all cores, last minute", "全部核心的负载，最近一分钟"),
            _LATE,
            _FREE,
            _LOAD.words,
            _load,
        ),
        Probe(
            "temperature",
            Detail("temperature", "温度"),
            Detail("a hot processor slows down, then switches off", "处理器过热会降频，继而关机"),
            Detail("clean fans and filters; shade the cabinet", "清洁风扇与滤网；为机柜遮阳"),
            _HOT.words,
            _temperature,
        ),
        Probe(
            "network-errors",
            Detail("damaged and dropped packets", "损坏与丢弃的网络包"),
            Detail("data of devices are missing, records are delayed", "设备数据缺失，上报延迟"),
            Detail(
                "replace cable or switch; compare speed and duplex on both sides (ethtool)",
                "更换线缆或交换机；核对两端速率与双工（ethtool）",
            ),
            _ERRORS.words,
            _network,
        ),
        Probe(
            "open-files",
            Detail("open files that are left, by process of the daemon", "守护程序各进程剩余可打开文件数"),
            Detail("a process without them can open no device and no file again", "耗尽后该进程无法再打开设备或文件"),
            Detail(
                "raise LimitNOFILE of the service; if the number grows without end, send `lsof -p PID` to the maker",
                "调高服务的 LimitNOFILE；若数量持续增长，将 `lsof -p PID` 的输出发给厂家",
            ),
            _OPEN.words,
            _open_files,
        ),
    ),
)
