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
from rsu.bus.sockets import Publisher, Subscriber
from rsu.site.config import Config
from rsu.site.web import WebSettings
from rsu.web.app import application
from rsu.web.board import TOPICS, Board
from rsu.web.limits import HEAD_OCTETS, Door
from rsu.web.patch import Document

PROGRESS_PERIOD_S = 0.5
STOP_PERIOD_S = 0.1
SHUTDOWN_S = 1


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Serve a site's page until `stop`. OSError: the port is taken."""
    site = config.site
    serve(site.page, site.site.name, config.lane_map.model_dump(mode="json"), run, stop)


def serve(settings: WebSettings, site_name: str, lane_map: Document, run: Path, stop: threading.Event) -> None:
    """Serve the page until `stop` is set; `run` is the folder with the bus sockets. OSError: the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.create_server((settings.host, settings.port), family=family) as listener:
        asyncio.run(_serve(listener, Board(site_name, lane_map), run, stop))


async def _serve(listener: socket.socket, board: Board, run: Path, stop: threading.Event) -> None:
    config = uvicorn.Config(
        application(board, run),
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
        chores = [group.create_task(_follow(board, run)), group.create_task(_report(run))]
        chores.append(group.create_task(_obey(stop, board, server)))
        await server.serve(sockets=[listener])
        for chore in chores:
            chore.cancel()


async def _follow(board: Board, run: Path) -> None:
    """Put the newest record of each topic on the board as they come."""
    subscriber = Subscriber(run, TOPICS)
    readable = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(subscriber.fileno(), readable.set)
    try:
        while True:
            readable.clear()
            for topic, record in dict(subscriber.records()).items():
                board.put(topic, record, time.monotonic_ns())
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
