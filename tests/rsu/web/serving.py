"""The web process, or its application alone, on a free port in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from rsu.site.web import WebSettings
from rsu.web.access import Access
from rsu.web.process import serve
from tests.rsu.web.crossing import subject


def access(folder: Path, **settings: object) -> Access:
    """Return the users of a page in a folder; none, unless a test makes some."""
    return Access(WebSettings.model_validate(settings), folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """Serve the records on the bus in a folder."""
    with running(lambda stop: serve(WebSettings(port=port), subject("Test crossing", folder), folder, stop), port):
        yield


@contextlib.contextmanager
def running(page: Callable[[threading.Event], None], port: int) -> Iterator[None]:
    """Run a page until the end."""
    stop = threading.Event()
    thread = threading.Thread(target=page, args=(stop,), daemon=True)
    thread.start()
    try:
        wait_for(port)
        yield
    finally:
        stop.set()
        thread.join(3)
        assert not thread.is_alive(), "the page did not stop"


@contextlib.contextmanager
def hosting(application: Starlette, port: int, **options: Any) -> Iterator[None]:
    """Serve an application whose board the test fills by hand."""
    server = uvicorn.Server(uvicorn.Config(application, port=port, lifespan="off", log_config=None, **options))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        wait_for(port)
        yield
    finally:
        server.should_exit = True
        thread.join(5)


def wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise TimeoutError("the page did not start")
