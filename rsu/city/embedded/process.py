"""The one process of an embedded city: broker, ingest, archive at midnight, page."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hw.detail import Detail
from rsu.city import archive, command_pages, page, vehicle_pages
from rsu.city.api import application
from rsu.city.archive import TrackArchive
from rsu.city.commands import CommandDesk
from rsu.city.door import CityDoor, Guarded
from rsu.city.embedded import broker
from rsu.city.embedded.broker import BrokerPlace
from rsu.city.embedded.city import EmbeddedLog, EmbeddedView
from rsu.city.embedded.tables import SqliteTables
from rsu.city.ingest import Ingest
from rsu.city.link import BrokerDial, CityLink
from rsu.city.live import LiveView
from rsu.city.sensorthings import pages as sensorthings
from rsu.city.signing import CityKey
from rsu.city.vehicles import VehicleDesk
from rsu.core.errors import NotReachableError

_BEGIN_S = 20.0  # until the broker serves
_SESSION_S = 7 * 24 * 3600  # how long the broker keeps records that it confirmed and the city has not taken
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
        self.archive = TrackArchive(settings.data)
        self.live = LiveView()
        self.ingest = Ingest(EmbeddedLog(self._tables(), self.live))
        self._private = TemporaryDirectory(prefix="rsu-city-")  # a socket's path is short, that of the data may be long
        socket = Path(self._private.name, "broker")
        self._broker = broker.start(settings.broker, settings.data / "broker", socket)
        self.key = CityKey(settings.data)
        self.commands = CommandDesk(settings.data / "commands.db", self.key)
        self.vehicles = VehicleDesk(settings.data / "vehicles.db")
        self.door = CityDoor(settings.data, settings.login)
        dial = BrokerDial("rsu-city", str(socket), session_s=_SESSION_S)
        self._link = CityLink(dial, self.ingest, self.commands)
        if not self._link.subscribed.wait(_BEGIN_S):
            self._broker.terminate()
            self._private.cleanup()
            raise NotReachableError(_NO_BROKER.of(address=settings.broker.address, port=settings.broker.port))

    def serve(self, stop: threading.Event) -> None:
        """Run until `stop`, or until a part fails, whose error comes through. OSError: the page's port is taken."""
        with page.listener(self._settings.host, self._settings.port) as listening:
            with ThreadPoolExecutor() as threads:
                parts = [threads.submit(page.until_end, work, stop) for work in (self._link.serve, self._keep)]
                try:
                    page.serve(self._application(), listening, stop)
                finally:
                    stop.set()
            self._broker.terminate()
            self._broker.wait()
            self._private.cleanup()
            for part in parts:
                part.result()

    def _application(self) -> Guarded:
        """Return the page with SensorThings, login, commands and vehicles."""
        tables = self._tables()
        view = EmbeddedView(tables, self.archive, self.live, self.ingest)
        commands = command_pages.routes(self.commands, self.door, self.live, self.key.public)
        vehicles = vehicle_pages.routes(self.vehicles, self.door, self._settings.data / vehicle_pages.KEYS)
        more = [*sensorthings.routes(tables, self.live), *self.door.routes(), *commands, *vehicles]
        return Guarded(application(view, more), self.door)

    def _keep(self, stop: threading.Event) -> None:
        """Move days that are over to the archive; of its own connection to the tables."""
        archive.keep_moving(self.archive, self._tables(), stop)

    def _tables(self) -> SqliteTables:
        return SqliteTables(self._settings.data / "city.db")
