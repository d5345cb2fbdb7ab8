"""The web process: bus topics in, the page out. A service: when it stops, nothing on air is missing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import uvicorn

from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher, Subscriber, decoded
from rsu.site.config import Config
from rsu.site.web import WebSettings
from rsu.web import chronicle, doctor, listeners, raw, recordings, stories
from rsu.web.access import Access
from rsu.web.app import application
from rsu.web.board import TOPICS as BOARD_TOPICS
from rsu.web.board import Board
from rsu.web.history import BoxHistory
from rsu.web.last_minute import TOPICS as PAST_TOPICS
from rsu.web.last_minute import LastMinute
from rsu.web.listeners import WebListener
from rsu.web.outlook import foretell
from rsu.web.shown_site import ShownSite

REPORTS = "report"
PROGRESS_PERIOD_S = 0.5
STOP_PERIOD_S = 0.1


def run(config: Config, run: Path, data: Path, stop: threading.Event) -> None:
    """Serve a site's page until `stop`. OSError: the port is taken."""
    serve(config.site.page, ShownSite.of(config, data), run, stop)


def serve(settings: WebSettings, subject: ShownSite, run: Path, stop: threading.Event) -> None:
    """Serve the page until `stop` is set; `run` is the folder with the bus sockets. OSError: the port is taken."""
    access = Access(settings, subject.data)
    access.begin()
    with listeners.opened(settings, access.folder) as found:
        asyncio.run(_serve(found, subject, run, access, stop))


async def _serve(
    found: Sequence[WebListener], subject: ShownSite, run: Path, access: Access, stop: threading.Event
) -> None:
    board, past, history = Board(subject.name, subject.lane_map), LastMinute(), BoxHistory(subject.data)
    further = [
        *stories.routes(past, subject.air, subject.sensors),
        *chronicle.routes(history),
        *raw.routes(run, subject.drivers),
        *recordings.routes(subject.recordings),
        *doctor.routes(run, subject.data),
    ]
    servers = listeners.servers(application(board, run, access, further), found)
    async with asyncio.TaskGroup() as group:
        chores = [group.create_task(_follow(board, past, history, run)), group.create_task(_report(run))]
        chores += [group.create_task(_obey(stop, board, servers)), group.create_task(chronicle.keep(history, board))]
        chores.append(group.create_task(foretell(board, past, subject.hold_s)))
        await listeners.serve(servers, found)
        for chore in chores:
            chore.cancel()


async def _follow(board: Board, past: LastMinute, history: BoxHistory, run: Path) -> None:
    """Put the newest record of each topic on the board as they come, and all that stories need into the past."""
    subscriber = Subscriber(run, sorted({*BOARD_TOPICS, *PAST_TOPICS, REPORTS}))
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
                if topic == REPORTS:
                    chronicle.take(history, decoded(topic, payload))
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
