"""How the disk of the data folder fails: full, without inodes, read-only; on a small one of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rsu.drill.fault import UnmadeError
from rsu.drill.stage import Stage


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
    """Take a file system of its own (`small_disk`) away again, also one that an earlier run left."""
    while data.is_mount():
        subprocess.run(["umount", "-l", str(data)], check=True)


def small_disk(configs: Path, size: str = "size=640m,nr_inodes=2000,mode=0750") -> None:
    """Give the data folder a small file system of its own. UnmadeError: that takes root."""
    data = configs.parent / "data"
    data.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(data)], check=False).returncode:
        raise UnmadeError("mounting a file system takes root")
