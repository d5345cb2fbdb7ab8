"""How faults are made on a stage: devices' own bytes, signals, files; each is undone at its end."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from rsu.drill.fault import Make
from rsu.drill.stage import Stage
from rsu.station import latch_file

_WELL_S = 3.0  # until a controller that is well again has said so


def emulated(*devices: str, fault: str) -> Make:
    """Return the act that gives emulated devices a fault of their own, in their real bytes (`sim/emulator.py`)."""

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
    """Return the act of a fault that latches the signals off, and releases the latch when the controller is well."""

    @contextmanager
    def make(stage: Stage) -> Iterator[None]:
        with fault(stage):
            yield
        stage.wait(_WELL_S)
        latch_file.release(stage.run)

    return make


def unplugged(*names: str) -> Make:
    """Return the act that kills processes of the bench (an emulated device, the broker) and starts them again."""

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
    """Return the act that sends a signal to a process of the daemon; the supervisor has to see to it."""

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
    """Return the act that puts other octets into a file of the run folder, and the old ones back."""

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
    """Return the act that writes nonsense into files of the run folder for good, and ends processes that use them."""

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
