"""How faults are made on a stage: devices' own bytes, signals, files, control groups; each is undone at its end."""

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
from rsu.station import latch_file

_WELL_S = 3.0  # until a controller that is well again has said so
_GROUPS = Path("/sys/fs/cgroup")  # control groups, version 1
_GROUP = "rsu-drill"
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def emulated(*devices: str, fault: str) -> Make:
    """Return what gives emulated devices a fault that they make themselves, in their real bytes (`sim/emulator.py`)."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        for name in devices:
            stage.fault(name, fault)
        try:
            yield
        finally:
            for name in devices:
                stage.fault(name, None)

    return make


def released(fault: Make) -> Make:
    """Return what makes a fault that latches the signals off, and releases the latch when the controller is well."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        with fault(stage):
            yield
        stage.wait(_WELL_S)
        latch_file.release(stage.run)

    return make


def unplugged(*names: str) -> Make:
    """Return what kills processes of the bench (an emulated device, the broker) and starts them again."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        for name in names:
            stage.bench.kill(name)
        try:
            yield
        finally:
            for name in names:
                stage.bench.start(name)

    return make


def signalled(name: str, number: signal.Signals) -> Make:
    """Return what sends a signal to a process of the daemon; the supervisor has to see to it."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        pid = stage.said().processes[name].pid
        assert pid is not None
        os.kill(pid, number)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    return make


def replaced(file: str, content: bytes) -> Make:
    """Return what puts other octets into a file of the run folder, and the old ones back."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        path = stage.run / file
        before = path.read_bytes()
        path.write_bytes(content)
        try:
            yield
        finally:
            path.write_bytes(before)

    return make


def damaged(*files: str) -> Make:
    """Return what writes nonsense into the middle of files of the run folder, for good, and ends who has them open."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        for file in files:
            with (stage.run / file).open("r+b") as opened:
                size = opened.seek(0, os.SEEK_END)
                opened.seek(0)
                opened.write(b"nonsense" * (size // 8))
        with signalled("uplink", signal.SIGKILL)(stage):
            yield

    return make


def clock(offset: str) -> Make:
    """Return what sets the daemon's system clock off by so much (libfaketime's words, as in "-60" seconds)."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        path = stage.run / "clock"
        path.write_text(offset + "\n", encoding="ascii")
        try:
            yield
        finally:
            path.write_text("+0\n", encoding="ascii")

    return make


def fake_clock(run: Path) -> dict[str, str]:
    """Return the environment in which a process reads the time off `RUN/clock`; its monotonic clock stays.

    UnmadeError: libfaketime is not installed.
    """
    if not FAKETIME.exists():
        raise UnmadeError("takes libfaketime: apt-get install faketime")
    (run / "clock").write_text("+0\n", encoding="ascii")
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(run / "clock"),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def daemon_pids(stage: Stage) -> list[int]:
    """Return the processes of the daemon, the supervisor first."""
    supervisor = psutil.Process(stage.bench.pids["daemon"])
    return [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]


def slow_sync(seconds: float) -> Make:
    """Return what makes every fsync of the daemon's services last so long, as a worn eMMC does."""

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
    """Return what leaves the whole daemon such a share of one core; a station in real time becomes an ordinary one."""

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
    """Return what has a process take so much more memory, all at once, as a library that leaks would in time."""

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


def full_disk(stage: Stage) -> contextlib.AbstractContextManager[None]:
    """Fill the daemon's data folder, which stands on a small file system of its own (`small_disk`)."""

    @contextmanager
    def make() -> Iterator[None]:
        filler = stage.data() / "filler"
        with filler.open("wb") as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        try:
            yield
        finally:
            filler.unlink(missing_ok=True)

    return make()


def no_inodes(stage: Stage) -> contextlib.AbstractContextManager[None]:
    """Use up the inodes of the daemon's data folder (`small_disk`)."""

    @contextmanager
    def make() -> Iterator[None]:
        folder = stage.data() / "fillers"
        folder.mkdir()
        with contextlib.suppress(OSError):
            for number in range(1_000_000):
                (folder / str(number)).touch()
        try:
            yield
        finally:
            shutil.rmtree(folder)

    return make()


def read_only(stage: Stage) -> contextlib.AbstractContextManager[None]:
    """Make the data folder read-only, as a failing disk is, and end the processes that still have files open in it."""

    @contextmanager
    def make() -> Iterator[None]:
        data = str(stage.data())
        subprocess.run(["mount", "--bind", data, data], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", data], check=True)
        for name in ("uplink", "recorder"):
            pid = stage.said().processes[name].pid
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", data], check=True)

    return make()


def release(data: Path) -> None:
    """Take a file system of its own (`small_disk`) away again, whoever left it there."""
    while data.is_mount():
        subprocess.run(["umount", "-l", str(data)], check=True)


def small_disk(configs: Path, size: str = "size=640m,nr_inodes=2000,mode=0750") -> None:
    """Give the data folder a small file system of its own. UnmadeError: that takes root."""
    data = configs.parent / "data"
    data.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(data)], check=False).returncode:
        raise UnmadeError("mounting a file system takes root")
