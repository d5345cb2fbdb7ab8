"""The web process: bus topics in, the page out. A service: when it stops, nothing on air is missing."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette

from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher, Subscriber, decoded
from rsu.site.config import Config
from rsu.site.web import HttpsSettings, WebSettings
from rsu.web import chronicle, raw, recordings, stories
from rsu.web.access import Access
from rsu.web.app import application
from rsu.web.board import TOPICS as BOARD_TOPICS
from rsu.web.board import Board
from rsu.web.history import BoxHistory
from rsu.web.last_minute import TOPICS as PAST_TOPICS
from rsu.web.last_minute import LastMinute
from rsu.web.limits import HEAD_OCTETS, Door
from rsu.web.shown_site import ShownSite

PROGRESS_PERIOD_S = 0.5
STOP_PERIOD_S = 0.1
SHUTDOWN_S = 1
_log = structlog.get_logger()
_Listener = tuple[socket.socket, dict[str, Any]]  # with the options of its server


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Serve a site's page until `stop`. OSError: the port is taken."""
    serve(config.site.page, ShownSite.of(config, data), run, stop)


def serve(settings: WebSettings, subject: ShownSite, run: Path, stop: threading.Event) -> None:
    """Serve the page until `stop` is set; `run` is the folder with the bus sockets. OSError: the port is taken."""
    access = Access(settings, subject.data)
    access.begin()
    with ExitStack() as stack:
        listeners: list[_Listener] = [(stack.enter_context(_listener(settings.host, settings.port)), {})]
        if settings.https and (outer := _encrypted(settings.https, access, stack)):
            listeners.append(outer)
        asyncio.run(_serve(listeners, subject, run, access, stop))


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _encrypted(
    settings: HttpsSettings, access: Access, stack: ExitStack
) -> tuple[socket.socket, dict[str, Any]] | None:
    """Return the listener for other machines and its options; None: it cannot be, and the loopback page goes on."""
    from rsu.access import certificate  # the library is loaded where it is needed

    try:
        files = certificate.ensure(access.folder, settings.names)
        listener = stack.enter_context(_listener(settings.host, settings.port))
    except OSError as error:
        _log.error("page not reachable from other machines", port=settings.port, why=str(error))
        return None
    _log.info("page for other machines", port=settings.port, fingerprint=files.fingerprint())
    options = {"ssl_certfile": str(files.certificate), "ssl_keyfile": str(files.key)}
    return listener, options | {"ws_per_message_deflate": True}


async def _serve(
    listeners: Sequence[_Listener], subject: ShownSite, run: Path, access: Access, stop: threading.Event
) -> None:
    board, past, history = Board(subject.name, subject.lane_map), LastMinute(), BoxHistory(subject.data)
    further = [
        *stories.routes(past, subject.air),
        *chronicle.routes(history),
        *raw.routes(run, subject.drivers),
        *recordings.routes(subject.recordings),
    ]
    app = application(board, run, access, further)
    servers = [uvicorn.Server(_options(app, own)) for _, own in listeners]
    async with asyncio.TaskGroup() as group:
        chores = [group.create_task(_follow(board, past, history, run)), group.create_task(_report(run))]
        chores += [group.create_task(_obey(stop, board, servers)), group.create_task(chronicle.keep(history, board))]
        serving = zip(servers, listeners, strict=True)
        await asyncio.gather(*(server.serve(sockets=[listener]) for server, (listener, _) in serving))
        for chore in chores:
            chore.cancel()


def _options(app: Starlette, further: dict[str, Any]) -> uvicorn.Config:
    """Return a server's options; `further`: those of one listener."""
    loopback = {"ws_per_message_deflate": False}  # compressing costs more there than it saves
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=Door,
        h11_max_incomplete_event_size=HEAD_OCTETS,
        ws_max_size=1024,  # a page only acknowledges
        timeout_graceful_shutdown=SHUTDOWN_S,
        **(loopback | further),
    )


async def _follow(board: Board, past: LastMinute, history: BoxHistory, run: Path) -> None:
    """Put the newest record of each topic on the board as they come, and all that stories need into the past."""
    subscriber = Subscriber(run, sorted({*BOARD_TOPICS, *PAST_TOPICS}))
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(subscriber.fileno(), readable.set)
    try:
        while True:
            readable.clear()
            newest: dict[str, bytes] = {}
            for topic, payload in subscriber.payloads():
                if topic in PAST_TOPICS:
                    past.put(topic, payload, time.monotonic_ns())
                newest[topic] = payload
            for topic in newest.keys() & set(BOARD_TOPICS):
                record = decoded(topic, newest[topic])
                board.put(topic, record, time.monotonic_ns())
                chronicle.take(history, record)
            await readable.wait()
    finally:
        loop.remove_reader(subscriber.fileno())
        subscriber.close()


async def _report(run: Path) -> None:
    """Publish that the event loop turns, which is all that the page's work needs."""
    publisher = Publisher(run, "web")
    try:
        for step in count(1):
            publisher.publish("progress.web", Progress("web", time.time_ns(), step))
            await asyncio.sleep(PROGRESS_PERIOD_S)
    finally:
        publisher.close()


async def _obey(stop: threading.Event, board: Board, servers: Sequence[uvicorn.Server]) -> None:
    while not stop.is_set():
        await asyncio.sleep(STOP_PERIOD_S)
    board.close()
    for server in servers:
        server.should_exit = True
