"""Common parts of the bench's platforms: counts of messages, the command line, and the end."""

from __future__ import annotations

import argparse
import json
import signal
import ssl
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sim.openv2x_standard import HeardTopic

_EXAMPLES = 5


class Counts:
    """Messages that a platform has received and refused. Pure."""

    def __init__(self) -> None:
        self._received: Counter[str] = Counter()
        self._refusals: Counter[str] = Counter()
        self._examples: list[str] = []
        self._boxes: set[str] = set()

    def take(self, topic: str, heard: HeardTopic) -> None:
        """Count one message."""
        self._received[heard.kind or "unknown"] += 1
        for fault in heard.faults:
            self._refusals[f"{heard.kind} {fault.reason}"] += 1
        if heard.faults:
            self._examples = [*self._examples, f"{topic}: {heard.faults[0]}"][:_EXAMPLES]
        else:
            self._boxes.add(heard.esn)

    def summary(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "received": dict(self._received),
            "refused": sum(self._refusals.values()),
            "refusals": dict(self._refusals),
            "examples": self._examples,
            "boxes": sorted(self._boxes),
        }

    def print(self, as_json: bool) -> None:
        """Print the counts, as one JSON object or line by line."""
        summary = self.summary()
        print(json.dumps(summary) if as_json else "\n".join(f"{name}: {value}" for name, value in summary.items()))


def wanted(command: str, names: Iterable[str], arguments: list[str] | None) -> argparse.Namespace:
    """Return name, address, port and json of the command line."""
    parser = argparse.ArgumentParser(prog=f"python -m {command}")
    parser.add_argument("name", choices=sorted(names))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--tls", type=Path, help="folder with ca.pem, server.pem, server.key: TLS with certificates")
    parser.add_argument("--json", action="store_true", help="print the counts as one JSON object at the end")
    return parser.parse_args(arguments)


def context(tls: Path) -> ssl.SSLContext:
    """Return the server's side of TLS: it proves itself, and wants the box's certificate."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(tls / "ca.pem"))
    made.load_cert_chain(tls / "server.pem", tls / "server.key")
    made.verify_mode = ssl.CERT_REQUIRED
    return made


def until_told() -> Iterator[None]:
    """Yield until SIGTERM or SIGINT has come."""
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: stop.append(number))
    while not stop:
        yield
