"""Recorded devices in place of the hardware: the recording, and the process that plays it (`sim/replay.py`)."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import structlog

from hw.detail import Detail
from hw.endpoint import Port
from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher
from rsu.core.parent import die_with_us
from rsu.recording import reader, standin
from rsu.recording.errors import NotARecordingError
from rsu.recording.tick import RAW
from rsu.site.config import Config

_LOOK_S = 0.5
_log = structlog.get_logger()

_NO_DEVICE = Detail(
    "{recording}: nothing of {devices} in it",
    "{recording}：其中没有 {devices} 的数据",
)


class LivePlay(msgspec.Struct, frozen=True):
    """One device that is played; read by `sim.replay`."""

    recording: str
    device: str  # in the recording
    kind: str  # of driver
    ports: dict[str, dict[str, object]]  # port -> `hw.endpoint.Endpoint`
    loop: bool


def all_of(config: Config, recording: Path, loop: bool) -> list[LivePlay]:
    """Return the site's devices that the recording has bytes of. NotARecordingError: it has none of them."""
    spoken = {entry.topic.removeprefix(RAW).split("/")[0] for entry, _ in reader.messages(recording)}
    names = [name for name in config.site.devices if name in spoken]
    if not names:
        raise NotARecordingError(_NO_DEVICE.of(recording=recording, devices=", ".join(config.site.devices)))
    return [
        LivePlay(
            str(recording.resolve()), name, config.site.devices[name].kind, _ports(config.drivers[name].ports()), loop
        )
        for name in names
    ]


def of_site(config: Config) -> Iterator[LivePlay]:
    """Yield the devices of kind `replay`."""
    for name, device in config.site.devices.items():
        if (each := device.replay) is not None:
            path = config.path.resolve().parent / each.recording
            yield LivePlay(str(path), each.device or name, device.kind, _ports(config.drivers[name].ports()), each.loop)


def _ports(ports: Mapping[str, Port]) -> dict[str, dict[str, object]]:
    return {name: place.endpoint.model_dump(mode="json") for name, place in ports.items()}


def player(plays: list[LivePlay], run: Path) -> subprocess.Popen[bytes]:
    """Start the process that opens the devices' ports in the run folder and plays. OSError: another one does."""
    with standin.claim(run, msgspec.json.encode(plays)) as lock:  # which is the player's until it ends
        return subprocess.Popen(
            [sys.executable, "-m", "sim.replay", lock.name, "--run", str(run)],
            preexec_fn=die_with_us(),
            pass_fds=(lock.fileno(),),
        )


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Play the site's devices of kind `replay` until `stop`. A recording that is not looped stays silent at its end."""
    bus = Publisher(run, "replay")
    process, steps = player(list(of_site(config)), run), 0
    try:
        while not stop.wait(_LOOK_S):
            if process.poll():
                _log.error("replay ended", code=process.returncode)
                return  # the supervisor tries again
            steps += 1
            bus.publish("progress.replay", Progress("replay", time.time_ns(), steps))
    finally:
        process.terminate()
        process.wait()
        bus.close()
