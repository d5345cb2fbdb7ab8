"""How the machine is made slow or narrow for the daemon: control groups, delayed system calls, memory that leaks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

from rsu.drill.fault import Make, UnmadeError
from rsu.drill.stage import Stage

_GROUPS = Path("/sys/fs/cgroup")  # control groups, version 1
_GROUP = "rsu-drill"


def daemon_pids(stage: Stage) -> list[int]:
    """Return the processes of the daemon, the supervisor first."""
    supervisor = psutil.Process(stage.bench.pids["daemon"])
    return [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]


def slow_sync(seconds: float) -> Make:
    """Return the burden that makes every fsync of the daemon's services last so long, as a worn eMMC does."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        pids = [view.pid for name, view in stage.said().processes.items() if view.pid and name != "web"]
        inject = f"fsync,fdatasync:delay_exit={seconds:g}s"
        if shutil.which("strace") is None:
            raise UnmadeError("takes strace: apt-get install strace")
        command = ["strace", "-f", "-q", "-o", os.devnull, "-e", "trace=fsync,fdatasync", "-e", f"inject={inject}"]
        child = subprocess.Popen([*command, *(word for pid in pids for word in ("-p", str(pid)))])
        try:
            yield
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(10)

    return make


@contextmanager
def group(kind: str, pids: list[int], limits: Mapping[str, str]) -> Iterator[Path]:
    """Put processes into a control group with limits, and back."""
    folder = _GROUPS / kind / _GROUP
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UnmadeError(f"no control group can be made in {folder.parent}: {error.strerror}") from error
    for name, value in limits.items():
        (folder / name).write_text(value, encoding="ascii")
    for pid in pids:
        with contextlib.suppress(OSError):
            (folder / "cgroup.procs").write_text(str(pid), encoding="ascii")
    try:
        yield folder
    finally:
        for left in (folder / "cgroup.procs").read_text(encoding="ascii").split():
            with contextlib.suppress(OSError):
                (_GROUPS / kind / "cgroup.procs").write_text(left, encoding="ascii")
        _remove(folder)


def _remove(folder: Path) -> None:
    for _ in range(50):
        try:
            folder.rmdir()
        except OSError:
            time.sleep(0.1)
        else:
            return


def throttled(share: float) -> Make:
    """Return the burden that leaves the daemon a share of one core; a real-time station becomes an ordinary one."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        pids = daemon_pids(stage)
        real = [pid for pid in pids if os.sched_getscheduler(pid) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR]
        for pid in real:
            os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0))
        quota = {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": str(round(share * 100_000))}
        with group("cpu", pids, quota):
            yield
        for pid in real:
            with contextlib.suppress(ProcessLookupError):
                os.sched_setscheduler(pid, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(5))

    return make


def leaking(name: str, mib: int) -> Make:
    """Return the burden of a process that takes so much more memory at once, as a leaking library would in time."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        pid = stage.said().processes[name].pid
        assert pid is not None
        if shutil.which("gdb") is None:
            raise UnmadeError("takes gdb: apt-get install gdb")
        take = f"call (void *) ((void *(*)(unsigned long)) malloc)({mib << 20}ul)"
        fill = f"call (void *) ((void *(*)(void *, int, unsigned long)) memset)($1, 1, {mib << 20}ul)"
        command = ["gdb", "-q", "-batch", "-p", str(pid), "-ex", take, "-ex", fill]
        subprocess.run(command, capture_output=True, timeout=60, check=False)
        yield

    return make
