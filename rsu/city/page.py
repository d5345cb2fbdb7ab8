"""The page of a city on its port, and parts of a process of which all end together."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

_STOP_S = 1


def listener(host: str, port: int) -> socket.socket:
    """Return the socket of the page. OSError: the port is taken."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def serve(application: ASGIApp, listening: socket.socket, stop: threading.Event) -> None:
    """Answer requests until `stop`."""
    asyncio.run(_serve(application, listening, stop))


async def _serve(application: ASGIApp, listening: socket.socket, stop: threading.Event) -> None:
    config = uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_S,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    while not stop.is_set() and not serving.done():
        await asyncio.sleep(0.1)
    server.should_exit = True
    await serving


def until_end(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a part; when it ends, however that is, all others end."""
    try:
        work(stop)
    finally:
        stop.set()
