"""`python -m sim.replay PLAYS.json --run DIR`: devices of a recording stand in for the hardware.

PLAYS.json is a list of `Play`. Each device's ports are opened as the hardware would have them (ptys in the run folder,
listening TCP sockets, UDP sockets), and its recorded bytes go out at the recorded pace, with the times in them shifted
to now (`sim/restamp.py`). All devices of a recording keep step.
"""

from __future__ import annotations

import argparse
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
from mcap.exceptions import McapError
from mcap.reader import make_reader

from hw.endpoint import Endpoint, split_address
from hw.radar.ti_cli import PROMPT
from sim.openings import LocalSocket, Opening, Pty, TcpServer, UdpSocket
from sim.ports import DevicePort, open_port
from sim.restamp import SECOND_NS, Restamp, restamper

_RAW = "/raw/"  # topics of a recording: /raw/DEVICE/PORT
_CONSOLE = ("ti-mmwave", "cli")  # answered here: recorded answers would come at other moments than their questions
_LEAD_NS = 500_000_000  # for hosts to open the ports
_LOOK_NS = 20_000_000


class Play(msgspec.Struct, frozen=True):
    """One device that is played."""

    recording: str
    device: str  # in the recording
    kind: str  # of driver
    ports: dict[str, dict[str, object]]  # port -> `hw.endpoint.Endpoint`, as the host has it
    loop: bool = False


def opening(endpoint: Endpoint) -> Opening:
    """Return the device's side of a host's endpoint."""
    if endpoint.serial:
        return Pty(endpoint.serial.path, endpoint.serial.baud)
    if endpoint.tcp:
        return TcpServer(split_address(endpoint.tcp))
    if endpoint.local:
        return LocalSocket(endpoint.local)
    if endpoint.can:
        raise OSError(f"{endpoint.can}: no CAN bus can be played; give the device a tcp link in the site file")
    assert endpoint.udp
    return UdpSocket(split_address(endpoint.udp.peer), split_address(endpoint.udp.listen))


class OpenPorts:
    """The open ports of all devices, by the topic that feeds them."""

    def __init__(self, plays: list[Play], folder: Path, stack: ExitStack) -> None:
        self.ports: dict[tuple[str, str], DevicePort] = {}
        self._consoles: set[tuple[str, str]] = set()
        self._kinds = {(play.recording, play.device): play.kind for play in plays}
        self._text: dict[tuple[str, str], bytes] = {}
        self._restamps: dict[tuple[str, str], Restamp] = {}
        for play in plays:
            for name, place in play.ports.items():
                key = play.recording, f"{_RAW}{play.device}/{name}"
                port = open_port(opening(Endpoint.model_validate(place)), folder)
                self.ports[key] = stack.enter_context(closing(port))
                if (play.kind, name) == _CONSOLE:
                    self._consoles.add(key)

    def shift(self, recording: str, shift_ns: int) -> None:
        """Set the offset that is added to the times in a recording's bytes from now on."""
        for key in self.ports:
            if key[0] == recording:
                self._restamps[key] = restamper(self._kinds[recording, key[1].split("/")[2]], shift_ns)

    def say(self, key: tuple[str, str], data: bytes) -> None:
        """Let a device say something."""
        if key not in self.ports or (key in self._consoles and not self._is_shared(key, data)):
            return
        if later := self._restamps[key](data):
            self.ports[key].write(later)

    def _is_shared(self, key: tuple[str, str], data: bytes) -> bool:
        """Return whether bytes of a console are frames, of a radar that has no port of its own for them."""
        recording, topic = key
        return (recording, topic.replace("/cli", "/data")) not in self.ports and PROMPT.encode() not in data

    def listen(self, wait_ns: int) -> None:
        """Take octets of hosts, for so long at most; answer on consoles."""
        poller = select.poll()
        owners = {descriptor: key for key, port in self.ports.items() for descriptor in port.descriptors()}
        for descriptor in owners:
            poller.register(descriptor, select.POLLIN)
        for descriptor, _ in poller.poll(wait_ns / 1e6):
            key = owners[descriptor]
            for data in self.ports[key].read(descriptor):
                if key in self._consoles:
                    self._answer(key, data)

    def _answer(self, key: tuple[str, str], data: bytes) -> None:
        *lines, self._text[key] = (self._text.get(key, b"") + data).split(b"\n")
        for line in lines:
            done = b"Done\r\n" if line.strip() else b""
            self.ports[key].write(line + b"\r\n" + done + PROMPT.encode())


def entries(path: str, topics: set[str]) -> Iterator[tuple[int, str, bytes]]:
    """Yield (receipt ns, topic, bytes) of a recording in the order of receipt."""
    with Path(path).open("rb") as file:
        for _, channel, message in make_reader(file).iter_messages(topics=sorted(topics)):
            yield message.log_time, channel.topic, message.data


def play(stage: OpenPorts, recording: str) -> Iterator[int]:
    """Play a recording once; yield when the next bytes are due (ns UTC), to be asked again then."""
    topics = {topic for name, topic in stage.ports if name == recording}
    shift_ns: int | None = None
    for log_ns, topic, data in entries(recording, topics):
        if shift_ns is None:
            shift_ns = -((log_ns - time.time_ns() - _LEAD_NS) // SECOND_NS) * SECOND_NS
            stage.shift(recording, shift_ns)
        yield log_ns + shift_ns
        stage.say((recording, topic), data)
    if shift_ns is None:
        raise OSError(f"{recording}: nothing of {', '.join(sorted(topics))} in it")


def run(plays: list[Play], folder: Path, stop: threading.Event) -> None:
    """Play until `stop` or the end of all that is not looped. OSError: a port or a recording cannot be opened."""
    loops = {each.recording: each.loop for each in plays}
    with ExitStack() as stack:
        stage = OpenPorts(plays, folder, stack)
        running = {name: play(stage, name) for name in loops}
        due = dict.fromkeys(running, 0)
        while running and not stop.is_set():
            now_ns = time.time_ns()
            for name in [name for name in running if due[name] <= now_ns]:
                following = next(running[name], None)
                if following is not None:
                    due[name] = following
                elif loops[name]:
                    running[name] = play(stage, name)
                else:
                    del running[name]
            wait_ns = min((due[name] for name in running), default=now_ns) - time.time_ns()
            if wait_ns > 0:
                stage.listen(min(wait_ns, _LOOK_NS))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m sim.replay", description="Play recorded devices as hardware.")
    parser.add_argument("plays", type=Path, help="what to play, JSON")
    parser.add_argument("--run", type=Path, required=True, help="run folder: the serial ports' names")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())  # an exception could be lost where Python runs callbacks
    try:
        run(msgspec.json.decode(options.plays.read_bytes(), type=list[Play]), options.run, stop)
    except (OSError, McapError) as error:
        print(f"cannot play: {error or type(error).__name__}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
