"""`python -m sim.emulate BENCH.yaml NAME --run DIR`: run one emulated device of the bench until it is told to stop.

Listens to the bench world on `ipc://DIR/world.ipc`, asks the emulator at its capture times, and lets the bytes go on
the device's real ports when they are due, as fast as the real line would carry them. Needs nothing but those ports, so
a killed device is back as soon as it is started again.

    echo hung > DIR/NAME.fault      the device has a fault from now on (`sim/emulator.py`); without the file it is well
"""

from __future__ import annotations

import argparse
import heapq
import os
import signal
import sys
import threading
import time
from collections import deque
from contextlib import ExitStack, closing
from importlib import import_module
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TextIO, cast

import zmq
from pydantic import ValidationError
from ruamel.yaml.error import YAMLError

from hw.bytelog import LogEntry, to_line
from sim.bench import Bench, load
from sim.emulator import EVERY_FAULT, MUTE, Emulator, FaultFile, Write
from sim.frames import SOCKET, TOPIC, WorldFrame, at, decode
from sim.ports import DevicePort, open_port

EMULATORS = {
    "camera": "sim.camera:EmulatedCamera",
    "camera-onvif": "sim.onvif:EmulatedOnvifCamera",
    "video": "sim.video.camera:VideoCamera",
    "ti-mmwave": "sim.radar:EmulatedTiRadar",
    "ars408": "sim.can_radar:EmulatedCanRadar",
    "radar-c0": "sim.c0_radar:EmulatedC0Radar",
    "acc7320": "sim.acc_radar:EmulatedAccRadar",
    "radar-json": "sim.json_devices:EmulatedJsonRadar",
    "radar-video": "sim.json_devices:EmulatedRadarVideo",
    "camera-mapped": "sim.json_devices:EmulatedMappedCamera",
    "ops243": "sim.doppler:EmulatedDoppler",
    "ss125": "sim.sidefire:EmulatedSidefire",
    "gnss": "sim.gnss:EmulatedGnss",
    "gat1743": "sim.signal:SignalController",
    "tscbm": "sim.tscbm:TscbmController",
    "gb20999": "sim.gb20999:Gb20999Controller",
    "pwd": "sim.weather:EmulatedDetector",
    "wxt": "sim.weather:EmulatedTransmitter",
    "radio-agent": "sim.radio:Radio",
    "rsu41": "sim.rsu41:ForwardingRadio",
}
PIECE_NS = 8_000_000  # bytes of a slow line go out in pieces of this duration
LONGEST_WAIT_NS = 50_000_000  # and how soon a fault is noticed
INVALID_CONFIG, ALREADY_RUNNING = 3, 6


class Runner:
    """Drives one emulator: frames and host bytes in, captures at their times, bytes out when due."""

    def __init__(self, emulator: Emulator, ports: dict[str, DevicePort], log: TextIO | None = None) -> None:
        self._emulator = emulator
        self._ports = ports
        self._log = log
        self._frames: deque[WorldFrame] = deque(maxlen=8)
        self._captured_ns = 0
        self._pending: list[tuple[int, int, str, bytes]] = []  # heap: (due, order, port, bytes)
        self._order = 0
        self._busy_until_ns: dict[str, float] = dict.fromkeys(ports, 0.0)

    def suffer(self, fault: str | None) -> None:
        """Have a fault from now on; None: be healthy."""
        self._emulator.fault = fault
        if fault == MUTE:
            self._pending.clear()

    def add_frame(self, frame: WorldFrame) -> None:
        """Take the next frame of the world."""
        self._frames.append(frame)

    def step(self, now_ns: int) -> int:
        """Do the work that is due; return the time until the next work (ns)."""
        due_ns = self._capture(now_ns)
        while self._pending and self._pending[0][0] <= now_ns:
            _, _, port, data = heapq.heappop(self._pending)
            self._ports[port].write(data)
            if self._log:
                self._log.write(to_line(LogEntry(now_ns, port, data)))
        if self._pending:
            due_ns = min(due_ns, self._pending[0][0])
        return min(max(due_ns - now_ns, 0), LONGEST_WAIT_NS)

    def descriptors(self) -> dict[int, str]:
        """Return the files to poll for reading, each with its port."""
        return {descriptor: name for name, port in self._ports.items() for descriptor in port.descriptors()}

    def read(self, port: str, descriptor: int, now_ns: int) -> None:
        """Let the emulator answer the host's octets."""
        for data in self._ports[port].read(descriptor):
            if self._emulator.fault != MUTE:
                arrived_ns = getattr(self._ports[port], "arrived_ns", None) or now_ns
                self._schedule(self._emulator.received(port, data, arrived_ns), now_ns)

    def _capture(self, now_ns: int) -> int:
        """Capture once if it is time for it, never two in a row to catch up; return the time of the next capture."""
        period_ns, phase_ns = self._emulator.period_ns, self._emulator.phase_ns
        number = (now_ns - phase_ns) // period_ns
        stamp_ns = number * period_ns + phase_ns
        if self._emulator.fault != MUTE and stamp_ns > self._captured_ns and (frame := self._world(stamp_ns)):
            self._captured_ns = stamp_ns
            self._schedule(self._emulator.capture(number, frame), stamp_ns)
        return stamp_ns + period_ns

    def _world(self, stamp_ns: int) -> WorldFrame | None:
        for before, after in pairwise(self._frames):
            if before.stamp_ns <= stamp_ns < after.stamp_ns:
                return at(before, after, stamp_ns)
        return None

    def _schedule(self, writes: list[Write], base_ns: int) -> None:
        for port, data, delay_ns in writes:
            byte_ns = self._ports[port].byte_ns
            piece = max(1, int(PIECE_NS / byte_ns) if byte_ns else len(data))
            time_ns = max(base_ns + delay_ns, self._busy_until_ns[port])
            for start in range(0, len(data), piece):
                part = data[start : start + piece]
                time_ns += len(part) * byte_ns
                self._order += 1
                heapq.heappush(self._pending, (round(time_ns), self._order, port, part))
            self._busy_until_ns[port] = time_ns


def make_emulator(bench: Bench, name: str) -> Emulator:
    """Import and make the emulator of one device of the bench."""
    spec = bench.emulators[name]
    module, class_name = EMULATORS[spec.kind].split(":")
    return cast(Emulator, getattr(import_module(module), class_name)(name, spec, bench))


def run(runner: Runner, world: zmq.Socket[bytes], faults: FaultFile, stop: threading.Event) -> None:
    """Serve the device until it is told to stop."""
    while not stop.is_set():
        try:
            runner.suffer(faults.read())
        except ValueError as error:
            print(error, file=sys.stderr)
        wait_ns = runner.step(time.time_ns())
        poller = zmq.Poller()
        poller.register(world, zmq.POLLIN)
        ports = runner.descriptors()
        for descriptor in ports:
            poller.register(descriptor, zmq.POLLIN)
        for source, _ in poller.poll(ceil(wait_ns / 1e6)):
            if isinstance(source, int):
                runner.read(ports[source], source, time.time_ns())
            else:
                runner.add_frame(decode(world.recv_multipart()[1]))


def serve(bench: Bench, name: str, folder: Path, log: TextIO | None, stop: threading.Event) -> None:
    """Open the device's ports and the world, and run until `stop`; raises OSError when a port cannot be opened."""
    os.nice(bench.emulators[name].nice)
    emulator = make_emulator(bench, name)
    with ExitStack() as stack:
        ports: dict[str, DevicePort] = {}
        for port, opening in bench.emulators[name].ports().items():
            ports[port] = stack.enter_context(closing(open_port(opening, folder)))
        world = stack.enter_context(stack.enter_context(zmq.Context()).socket(zmq.SUB))
        world.setsockopt(zmq.LINGER, 0)
        world.subscribe(TOPIC)
        world.connect(f"ipc://{folder}/{SOCKET}")
        faults = FaultFile(folder / f"{name}.fault", EVERY_FAULT | dict(emulator.FAULTS))
        run(Runner(emulator, ports, log), world, faults, stop)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m sim.emulate", description="Run one emulated device of the bench.")
    parser.add_argument("bench", type=Path, help="bench file")
    parser.add_argument("name", help="device, by its name in the bench file")
    parser.add_argument("--run", type=Path, required=True, help="run folder: world.ipc and the serial ports' names")
    parser.add_argument("--log", type=argparse.FileType("w"), help="write the device's bytes to this file")
    options = parser.parse_args(arguments)
    try:
        bench = load(options.bench)
    except (OSError, YAMLError, ValidationError) as error:
        print(f"{options.bench}: {error}", file=sys.stderr)
        return INVALID_CONFIG
    if options.name not in bench.emulators:
        parser.error(f"no {options.name} in {options.bench}, but {', '.join(bench.emulators)}")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())  # an exception could be lost where Python runs callbacks
    try:
        serve(bench, options.name, options.run, options.log, stop)
    except OSError as error:
        print(f"{options.name}: {error}", file=sys.stderr)
        return ALREADY_RUNNING
    return 0


if __name__ == "__main__":
    sys.exit(main())
