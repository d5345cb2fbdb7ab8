"""RunningInfo of T/ITS 0117: processor, memory, disk and network of the box as they are now."""

from __future__ import annotations

import os
from pathlib import Path

import psutil


def running(data: Path) -> dict[str, object]:
    """Return the figures; `disk`: of the data folder's file system. Octets, percent."""
    memory, disk, net = psutil.virtual_memory(), psutil.disk_usage(str(data)), psutil.net_io_counters()
    return {
        "cpu": {"load": round(os.getloadavg()[0], 2), "uti": psutil.cpu_percent()},
        "mem": {"total": memory.total, "used": memory.used, "free": memory.available},
        "disk": {"total": disk.total, "used": disk.used, "free": disk.free},
        "net": {
            "rx": net.packets_recv,
            "tx": net.packets_sent,
            "rxByte": net.bytes_recv,
            "txByte": net.bytes_sent,
        },
    }
