"""The web process: bus topics in, the page out. A service: when it stops, nothing on air is missing."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from itertools import count
from pathlib import Path

import uvicorn

from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher, Subscriber, decoded
from rsu.site.config import Config
from rsu.site.web import WebSettings
from rsu.web import stories
from rsu.web.app import application
from rsu.web.board import TOPICS as BOARD_TOPICS
from rsu.web.board import Board
from rsu.web.last_minute import TOPICS as PAST_TOPICS
from rsu.web.last_minute import LastMinute
from rsu.web.limits import HEAD_OCTETS, Door
from rsu.web.shown_site import ShownSite

PROGRESS_PERIOD_S = 0.5
STOP_PERIOD_S = 0.1
SHUTDOWN_S = 1


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Serve a site's page until `stop`. OSError: the port is taken."""
    serve(config.site.page, ShownSite.of(config, data), run, stop)


def serve(settings: WebSettings, subject: ShownSite, run: Path, stop: threading.Event) -> None:
    """Serve the page until `stop` is set; `run` is the folder with the bus sockets. OSError: the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family) as listener:
        asyncio.run(_serve(listener, subject, run, stop))


async def _serve(listener: socket.socket, subject: ShownSite, run: Path, stop: threading.Event) -> None:
    board, past = Board(subject.name, subject.lane_map), LastMinute()
    config = uvicorn.Config(
        application(board, run, stories.routes(past, subject.air)),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws_per_message_deflate=False,  # loopback: compressing costs more than it saves
        http=Door,
        h11_max_incomplete_event_size=HEAD_OCTETS,
        ws_max_size=1024,  # a page only acknowledges
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        chores = [group.create_task(_follow(board, past, run)), group.create_task(_report(run))]
        chores.append(group.create_task(_obey(stop, board, server)))
        await server.serve(sockets=[listener])
        for chore in chores:
            chore.cancel()


async def _follow(board: Board, past: LastMinute, run: Path) -> None:
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
                board.put(topic, decoded(topic, newest[topic]), time.monotonic_ns())
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


async def _obey(stop: threading.Event, board: Board, server: uvicorn.Server) -> None:
    while not stop.is_set():
        await asyncio.sleep(STOP_PERIOD_S)
    board.close()
    server.should_exit = True
