"""The one process of an embedded city: broker, ingest, archive at midnight, page."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import uvicorn
from starlette.routing import Route

from hw.detail import Detail
from rsu.city import broker, command_pages, vehicle_pages
from rsu.city.api import application
from rsu.city.archive import TrackArchive
from rsu.city.broker import BrokerPlace
from rsu.city.commands import CommandDesk
from rsu.city.door import CityDoor, Guarded
from rsu.city.ingest import Ingest
from rsu.city.link import CityLink
from rsu.city.live import LiveView
from rsu.city.signing import CityKey
from rsu.city.store import DAY_MS, CityStore
from rsu.city.vehicles import VehicleDesk
from rsu.core.errors import NotReachableError

_ARCHIVE_S = 60.0  # how often is looked for days that are over
_LATE_MS = 3_600_000  # a day is over one hour after midnight UTC: records come late
_STOP_S = 1
_BEGIN_S = 20.0  # until the broker serves
_NO_BROKER = Detail(
    "{address}:{port}: the broker does not serve the city; see its message above (is the port taken?)",
    "{address}:{port}：消息代理未能为平台服务；请看其上方的提示（端口是否被占用？）",
)


class CitySettings(NamedTuple):
    """The choices of `rsu city run`."""

    data: Path
    broker: BrokerPlace
    host: str  # of the page
    port: int
    login: bool = False  # reading asks for one too


class City:
    """The parts, joined."""

    def __init__(self, settings: CitySettings) -> None:
        """Open the store and start the broker. NotReachableError: no Mosquitto, or it does not serve."""
        self._settings = settings
        settings.data.mkdir(parents=True, exist_ok=True)
        self.store = CityStore(settings.data / "city.db")
        self.archive = TrackArchive(settings.data)
        self.live = LiveView()
        self.ingest = Ingest(self.store, self.live)
        self._private = TemporaryDirectory(prefix="rsu-city-")  # a socket's path is short, that of the data may be long
        socket = Path(self._private.name, "broker")
        self._broker = broker.start(settings.broker, settings.data / "broker", socket)
        self.key = CityKey(settings.data)
        self.commands = CommandDesk(settings.data / "commands.db", self.key)
        self.vehicles = VehicleDesk(settings.data / "vehicles.db")
        self.door = CityDoor(settings.data, settings.login)
        self._link = CityLink(socket, self.ingest, self.commands)
        if not self._link.subscribed.wait(_BEGIN_S):
            self._broker.terminate()
            self._private.cleanup()
            raise NotReachableError(_NO_BROKER.of(address=settings.broker.address, port=settings.broker.port))

    def serve(self, stop: threading.Event) -> None:
        """Run until `stop`, or until a part fails, whose error comes through. OSError: the page's port is taken."""
        family = socket.AF_INET6 if ":" in self._settings.host else socket.AF_INET
        with socket.create_server((self._settings.host, self._settings.port), family=family) as listener:
            with ThreadPoolExecutor() as threads:
                parts = [threads.submit(_until_end, work, stop) for work in (self._link.serve, self._keep)]
                try:
                    asyncio.run(self._page(listener, stop))
                finally:
                    stop.set()
            self._broker.terminate()
            self._broker.wait()
            self._private.cleanup()
            for part in parts:
                part.result()

    def _keep(self, stop: threading.Event) -> None:
        """Move days that are over to the archive; of its own connection to the store."""
        store = CityStore(self._settings.data / "city.db")
        while not stop.wait(_ARCHIVE_S):
            self.archive.move(store, (time.time_ns() // 1_000_000 - _LATE_MS) // DAY_MS)

    def _more(self) -> list[Route]:
        """Return the routes of login, commands and vehicles."""
        commands = command_pages.routes(self.commands, self.door, self.live, self.key.public)
        keys = self._settings.data / vehicle_pages.KEYS
        return [*self.door.routes(), *commands, *vehicle_pages.routes(self.vehicles, self.door, keys)]

    async def _page(self, listener: socket.socket, stop: threading.Event) -> None:
        reading = CityStore(self._settings.data / "city.db")  # never waits for a commit
        config = uvicorn.Config(
            Guarded(application(reading, self.archive, self.live, self.ingest, self._more()), self.door),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_STOP_S,
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not stop.is_set() and not serving.done():
            await asyncio.sleep(0.1)
        server.should_exit = True
        await serving


def _until_end(work: Callable[[threading.Event], None], stop: threading.Event) -> None:
    """Run a part; when it ends, however that is, all others end."""
    try:
        work(stop)
    finally:
        stop.set()
