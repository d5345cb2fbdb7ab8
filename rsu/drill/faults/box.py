"""F34 to F42: the box itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hw.detail import Detail
from rsu.drill.acts import damaged, replaced, signalled
from rsu.drill.burdens import leaking, slow_sync, throttled
from rsu.drill.disks import full_disk, no_inodes, read_only, small_disk
from rsu.drill.fault import Fault, device, either, nothing, process, recorder, uplink
from rsu.drill.stage import Stage

_ON_AIR = Detail("named; broadcasting goes on", "告警；播发不受影响")


def _no_opencv(run: Path) -> dict[str, str]:
    """Have the import of OpenCV fail in every process: the parts that need it fall out, no others."""
    folder = run / "broken"
    (folder / "cv2").mkdir(parents=True)
    (folder / "cv2" / "__init__.py").write_text('raise ImportError("libGL.so.1: cannot open")\n', encoding="ascii")
    return {"PYTHONPATH": str(folder)}


@contextmanager
def half_written(stage: Stage) -> Iterator[None]:
    """Leave half a site file, then kill the station: it must come back from the copy that the daemon runs on."""
    broken = replaced("configs/demo.yaml", b"version: 1\nsite:\n  name: de")
    with broken(stage), signalled("station", signal.SIGKILL)(stage):
        yield


ROWS = [
    Fault(
        "F34", "the disk is full", "磁盘写满", _ON_AIR,
        full_disk, either(recorder("paused"), uplink("disk", "full")), notice_s=20.0, hold_s=25.0, recover_s=60.0,
        prepare=small_disk,
    ),
    Fault(
        "F34b", "the disk is read-only", "磁盘只读", _ON_AIR,
        read_only, either(recorder(), uplink("read", "disk", "open"), process("uplink")), notice_s=20.0, hold_s=25.0,
        recover_s=60.0, prepare=small_disk,
    ),
    Fault(
        "F34c", "every fsync takes 2 s", "每次 fsync 耗时 2 秒",
        Detail("broadcasting goes on; no record is lost", "播发不受影响；记录不丢失"),
        slow_sync(2.0), nothing, hold_s=20.0, recover_s=60.0, prepare=small_disk,
    ),
    Fault(
        "F35", "no inodes are left", "inode 耗尽", _ON_AIR,
        no_inodes, either(recorder(), uplink(), nothing), notice_s=90.0, hold_s=20.0, recover_s=60.0,
        prepare=small_disk,
    ),
    Fault(
        "F36", "a process leaks 700 MiB of memory", "进程内存泄漏 700 MiB",
        Detail(
            "over its budget: ended and started again; broadcasting goes on", "超出预算：结束并重启；播发不受影响"
        ),
        leaking("web", 700), process("web", "memory"), notice_s=15.0, recover_s=30.0,
    ),
    Fault(
        "F37", "the processor is throttled to 30 %", "处理器降频至 30%",
        Detail(
            "SPAT stays at 10 Hz; a process that falls behind is named; no false frame",
            "SPAT 保持 10 Hz；滞后的进程告警；无错误帧",
        ),
        throttled(0.3), either(process("video.video-north"), device("video-north"), nothing), hold_s=20.0,
        recover_s=30.0,
    ),
    Fault(
        "F38", "kill -9 of the station", "station 进程被强制终止",
        Detail("SPAT back within 3.5 s", "SPAT 3.5 s 内恢复"),
        signalled("station", signal.SIGKILL), process("station", "signal 9"), notice_s=3.5, hold_s=5.0,
        gap_s=3.5,
    ),
    Fault(
        "F39", "spool and state are damaged", "缓存与状态文件损坏",
        Detail("the damaged files set aside and named; new ones begun", "损坏文件另存并告警；新建文件"),
        damaged("data/uplink.sqlite"), either(uplink(), process("uplink")), notice_s=30.0,
        recover_s=60.0,
    ),
    Fault(
        "F40", "the site file is half-written while the daemon runs", "运行中站点文件写了一半",
        Detail(
            "the daemon runs on from its own copy of the site file, restarted processes too",
            "守护程序使用自己的站点文件副本继续运行，重启的进程亦然",
        ),
        half_written, process("station", "signal 9"), gap_s=3.5, hold_s=10.0, recover_s=15.0,
    ),
    Fault(
        "F41", "a process stands still", "进程死锁", Detail("started again within 15 s", "15 s 内重启"),
        signalled("station", signal.SIGSTOP), process("station", "no progress"), notice_s=15.0, hold_s=15.0,
        gap_s=15.0, recover_s=15.0,
    ),
    Fault(
        "F42", "a library cannot be imported", "依赖库无法加载",
        Detail("the process that needs it is degraded; broadcasting goes on", "依赖该库的进程降级；播发不受影响"),
        None, process("video.video-north"), notice_s=60.0, hold_s=20.0, environment=_no_opencv,
    ),
]  # fmt: skip
