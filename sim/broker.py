"""The bench's MQTT broker: a real Mosquitto, configured in the run folder.

    python -m sim.broker --run DIR --port N [--persistence] [--tls DIR]
    echo gone > DIR/broker.fault        a fault of FAULTS holds while the file is there

Listens on loopback only. `--tls DIR` holds ca.pem, server.pem and server.key; clients must then show a certificate
signed by that authority. Mosquitto ends with this process, however that ends. Exit code 4: not installed.
"""

from __future__ import annotations

import argparse
import ctypes
import getpass
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

from sim.emulator import FaultFile

_NOT_REACHABLE = 4
_SBIN = "/usr/sbin:/usr/local/sbin"  # where distributions put it, often outside a user's PATH
_LOOK_S = 0.1  # at the fault file
_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None).prctl  # looked up here: not between fork and exec
_SMALL_PACKET = 2000  # octets
GONE, HALF_OPEN, ACL, SMALL_PACKETS = "gone", "half-open", "acl", "small-packets"
FAULTS = {
    GONE: "does not run",
    HALF_OPEN: "hangs with its connections open",
    ACL: "lets nobody publish events and participants",
    SMALL_PACKETS: f"takes no packet over {_SMALL_PACKET} octets",
}
_ALLOWED = """topic read rscu/#
topic write rscu/+/+/up/ack
topic write rscu/+/lamp/up
topic write rscu/+/traffic/up
topic write rscu/+/basic-status/up
topic write rscu/+/run-status/up
"""


def executable() -> str | None:
    """Return the path of mosquitto; None: not installed."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path=_SBIN)


def configuration(
    run: Path,
    port: int,
    persistence: bool = False,
    tls: Path | None = None,
    address: str = "127.0.0.1",
    fault: str | None = None,
) -> str:
    """Return the text of mosquitto.conf; the faults `acl` and `small-packets` are settings."""
    lines = [
        f"listener {port} {address}",
        "allow_anonymous true",
        f"user {getpass.getuser()}",
        "log_dest stderr",
        "log_type warning",
        "log_type error",
    ]
    if persistence:
        lines += ["autosave_on_changes true", "autosave_interval 1"]  # messages that it has taken outlive its kill
        lines += ["persistence true", f"persistence_location {run}/", "persistence_file broker.db"]
    if tls is not None:
        lines += [f"cafile {tls / 'ca.pem'}", f"certfile {tls / 'server.pem'}", f"keyfile {tls / 'server.key'}"]
        lines += ["require_certificate true"]
    lines += [f"acl_file {run / 'mosquitto.acl'}"] if fault == ACL else []
    lines += [f"max_packet_size {_SMALL_PACKET}"] if fault == SMALL_PACKETS else []
    return "\n".join(lines) + "\n"


def _die_with_us() -> None:
    _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Broker:
    """The running Mosquitto, or none while it is gone."""

    def __init__(self, path: str, options: argparse.Namespace) -> None:
        """Write the files that it needs; it is started by `suffer`."""
        self._path = path
        self._options = options
        self._run: Path = options.run.resolve()
        self._child: subprocess.Popen[bytes] | None = None
        self._fault: str | None = None
        (self._run / "mosquitto.acl").write_text(_ALLOWED)

    def suffer(self, fault: str | None) -> None:
        """Have a fault from now on; None: be healthy. The first call starts it."""
        if self._child is not None and fault == self._fault:
            return
        if self._child is not None and {fault, self._fault} == {None, HALF_OPEN}:
            self._child.send_signal(signal.SIGSTOP if fault == HALF_OPEN else signal.SIGCONT)
        else:
            self.stop()
            if fault != GONE:
                self._start(fault)
            if fault == HALF_OPEN and self._child is not None:
                self._child.send_signal(signal.SIGSTOP)
        self._fault = fault

    def _start(self, fault: str | None) -> None:
        options, file = self._options, self._run / "mosquitto.conf"
        text = configuration(self._run, options.port, options.persistence, options.tls, options.address, fault)
        file.write_text(text)
        self._child = subprocess.Popen([self._path, "-c", str(file)], preexec_fn=_die_with_us)

    def exit_code(self) -> int | None:
        """Return how it ended; None: it runs, or is gone on purpose."""
        return None if self._child is None else self._child.poll()

    def stop(self) -> None:
        """End it as a power cut would."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None


def serve(broker: Broker, faults: FaultFile, stop: threading.Event) -> int:
    """Run until `stop`, or until Mosquitto ends by itself; return its exit code."""
    try:
        while not stop.is_set():
            try:
                broker.suffer(faults.read())
            except ValueError as error:
                print(error, file=sys.stderr)
            if (code := broker.exit_code()) is not None:
                return code
            stop.wait(_LOOK_S)
    finally:
        broker.stop()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run Mosquitto until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m sim.broker", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="folder for mosquitto.conf")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", default="127.0.0.1", help="to listen on (default: %(default)s)")
    parser.add_argument("--persistence", action="store_true", help="keep queued messages over a restart")
    parser.add_argument("--tls", type=Path, help="folder with ca.pem, server.pem, server.key")
    options = parser.parse_args(arguments)
    path = executable()
    if path is None:
        print("mosquitto is not installed (Debian, Ubuntu: apt install mosquitto)", file=sys.stderr)
        return _NOT_REACHABLE
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    options.run.mkdir(parents=True, exist_ok=True)
    return serve(Broker(path, options), FaultFile(options.run / "broker.fault", FAULTS), stop)


if __name__ == "__main__":
    sys.exit(main())
