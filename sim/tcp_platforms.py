"""The bench's platforms that are spoken to over TCP: they listen, check every field, answer, count.

python -m sim.tcp_platforms NAME --port N [--address A] [--json]    (NAME: of PLATFORMS)
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from sim.counts import Counts, context, until_told, wanted
from sim.gat1049 import Police
from sim.openv2x_standard import HeardTopic
from sim.rcu2cloud import Cloud

_LOOK_S = 0.1
_SHAKE_S = 5.0  # for the TLS handshake


class Side(Protocol):
    """The platform's side of one connection."""

    def take(self, data: bytes) -> tuple[list[tuple[str, HeardTopic]], bytes]:
        """Take octets; return the messages in them, and the octets of the answers."""


PLATFORMS: dict[str, Callable[[], Side]] = {"rcu2cloud": Cloud, "gat1049": Police}


def _serve(connection: socket.socket, side: Side, counts: Counts) -> bool:
    """Take the octets that have come; False: the connection has ended."""
    try:
        data = connection.recv(1 << 16)
        heard, answers = side.take(data)
        for name, one in heard:
            counts.take(name, one)
        connection.sendall(answers)
    except OSError:
        return False
    return bool(data)


def _secured(connection: socket.socket, tls: Path) -> socket.socket | None:
    """Return the connection with TLS; None, and closed, where the box does not prove itself."""
    try:
        connection.settimeout(_SHAKE_S)
        return context(tls).wrap_socket(connection, server_side=True)
    except OSError:
        connection.close()
        return None


def main(arguments: list[str] | None = None) -> int:
    """Listen until SIGTERM or SIGINT, then print the summary."""
    options = wanted("sim.tcp_platforms", PLATFORMS, arguments)
    counts = Counts()
    with selectors.DefaultSelector() as ready, socket.create_server((options.address, options.port)) as server:
        ready.register(server, selectors.EVENT_READ)
        for _ in until_told():
            for key, _ in ready.select(_LOOK_S):
                if key.data is None:
                    accepted, _ = server.accept()
                    connection = accepted if options.tls is None else _secured(accepted, options.tls)
                    if connection is not None:
                        ready.register(connection, selectors.EVENT_READ, PLATFORMS[options.name]())
                elif not _serve(key.fileobj, key.data, counts):  # type: ignore[arg-type]
                    ready.unregister(key.fileobj)
                    with contextlib.suppress(OSError):
                        key.fileobj.close()  # type: ignore[union-attr]
    counts.print(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
