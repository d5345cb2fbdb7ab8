"""Commands in the uplink process: from the connection to the clerk, his orders to the station, his answers back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from queue import Empty
from typing import cast

import paho.mqtt.client as paho
import psutil
import structlog

from rsu.bus.orders import AirOrders, AirState
from rsu.bus.proof import working
from rsu.bus.records import Processes
from rsu.bus.sockets import Publisher
from rsu.downlink.clerk import Clerk, Surroundings
from rsu.downlink.delivery import CommandTopic
from rsu.downlink.due import DueAnswer
from rsu.downlink.errors import JournalError
from rsu.downlink.journal import CommandEntry
from rsu.downlink.judge import CommandJudge, JudgeTime
from rsu.downlink.plan import Circumstances, Facts, PlatformAddress, Until, address
from rsu.downlink.road import lane_paths
from rsu.site import box
from rsu.site.box import Box
from rsu.site.commands import CommandSettings
from rsu.site.config import Config
from rsu.site.dialects import DEFAULT, DIALECTS
from rsu.site.history import SiteHistory
from rsu.site.keys.flat import SiteChange
from rsu.upgrade import releases
from rsu.uplink import command_port, running
from rsu.uplink.client import BrokerLimits
from rsu.uplink.command_port import CommandPort, DeliveredCommand
from rsu.uplink.errand_desk import ErrandDesk
from rsu.uplink.link import BrokerLink
from rsu.uplink.transport import PlatformLink

_TAKEN = 4  # commands of a cycle; each waits for the disk
_REPEAT_S = 1.0  # the orders are published again
_RETRY_S = 1.0  # a journal that could not be opened
_log = structlog.get_logger()


class CommandService:
    """All commands of a box. Without `settings` it takes none, and the station hears that none holds."""

    def __init__(self, config: Config, run: Path, data: Path, bus: Publisher) -> None:
        self._config, self._data, self._bus = config, data, bus
        self._about = box.box(config)
        self._settings = config.site.uplink.commands
        self.port = None if self._settings is None else CommandPort(_topics(config, self._about))
        self._clerk: Clerk | None = None
        self._opened_s = self._said_s = float("-inf")
        self._said: AirOrders | None = None
        self._air: AirState | None = None
        self._worker = ThreadPoolExecutor(1, "site")
        self._trials: list[tuple[CommandEntry, Future[list[SiteChange]]]] = []  # under way
        self._processes: Processes | None = None  # the supervisor's newest word
        self._site: Path | None = None  # the site file that is edited; None: not known yet
        self._next: DeliveredCommand | None = None  # kept until the journal has it
        self._start = f"{os.getppid()} {psutil.Process(os.getppid()).create_time()}"
        self._errands = ErrandDesk(config, run, data, self._start)
        self._reached = 0  # revision of the values under which the platform has acknowledged a record
        self._under_way: dict[int, paho.MQTTMessageInfo] = {}  # answers, by their number in the journal
        self._client: paho.Client | None = None
        self._error: str | None = None

    def hear(self, said: AirState | Processes) -> None:
        """Take the word of the station or the supervisor."""
        if isinstance(said, AirState):
            self._air = said
        elif said.site_file:
            self._processes, self._site = said, Path(said.site_file)

    def address(self) -> PlatformAddress | None:
        """Return where the platform is by its own order; None: where the site file says."""
        return None if self._clerk is None else address(self._clerk.journal.values())

    def reached(self) -> None:
        """Note that the platform has acknowledged a record, where `address` says."""
        if self._clerk is not None:
            self._reached = self._clerk.journal.revision

    def turn(self, platform: PlatformLink | None) -> None:
        """Do everything once."""
        link = platform if isinstance(platform, BrokerLink) else None
        try:
            if self._settings is not None:
                self._work(self._settings, link)
            self._publish()
            self._error = None
        except JournalError as error:
            if str(error) != self._error:
                _log.error("commands not taken: journal", error=str(error))
            self._error = str(error)

    def _work(self, settings: CommandSettings, link: BrokerLink | None) -> None:
        if self._clerk is None:
            if time.monotonic() - self._opened_s < _RETRY_S:
                return
            self._opened_s = time.monotonic()
            self._clerk = self._opened(settings)
        probation = None if self._site is None or self._trials else SiteHistory(self._site).probation
        self._clerk.follow(time.time_ns(), Surroundings(self._air, self._start, self._reached, probation))
        self._take(self._clerk)
        if self._clerk.begin(Until.RESTART, self._start):
            _log.warning("restart by a command")
            os.kill(os.getppid(), signal.SIGTERM)
        self._errands.turn(self._clerk, time.time_ns())
        self._try_out(self._clerk)
        self._answer(self._clerk, link)

    def _opened(self, settings: CommandSettings) -> Clerk:
        site, identity = self._config.site, self._about.identity
        profile, own_signal = site.messages.profile, site.signal is not None
        platform = site.uplink.platform
        home = None if platform is None else PlatformAddress(platform.host, platform.port)
        restarted = "INVOCATION_ID" in os.environ  # systemd.exec(5)
        uploads = "" if site.uplink.uploads is None else site.uplink.uploads.url
        lanes = lane_paths(self._config.lane_map, identity.reference)
        packaged = (releases.HOME / "current").is_symlink()
        place = identity.cross_id, lanes, uploads, settings.probation_s, packaged
        at = Circumstances("", 0, profile, identity.reference, own_signal, restarted, home, {}, *place)
        names = frozenset({identity.rscu_sn, identity.rsu_sn})
        return Clerk(settings, CommandJudge(settings, names, at), self._data)

    def _take(self, clerk: Clerk) -> None:
        for _ in range(_TAKEN):
            try:
                self._next = self._next or (self.port.delivered.get_nowait() if self.port is not None else None)
            except Empty:
                return
            if (command := self._next) is not None:
                entry = clerk.take(command.delivery, command.answers, self._now())
                self._next = None
                command_port.acknowledge(command)
                _log.info("command", command=entry.command, number=entry.number, state=entry.state, why=entry.why)

    def _try_out(self, clerk: Clerk) -> None:
        """Have sites put on probation, beside all other work."""
        site, well = self._site, self._well()  # empty: the words of this start are still to come
        if site is not None and well:
            for entry in clerk.begin(Until.SITE, self._start):
                work = clerk.trial(entry, site, well, time.time_ns())
                self._trials.append((entry, self._worker.submit(work)))
        while self._trials and self._trials[0][1].done():
            entry, done = self._trials.pop(0)
            clerk.tried(entry, time.time_ns(), done.result)

    def _well(self) -> list[str]:
        return [] if self._air is None or self._processes is None else working(self._air, self._processes)

    def _now(self) -> JudgeTime:
        return JudgeTime(time.time_ns(), self._air is None or self._air.clock_plausible)

    def _publish(self) -> None:
        """Have the station hear the orders, at every change and again and again."""
        if self._clerk is None and self._settings is not None:
            return
        orders = AirOrders() if self._clerk is None else self._clerk.orders()
        if orders != self._said or time.monotonic() - self._said_s >= _REPEAT_S:
            self._said, self._said_s = orders, time.monotonic()
            self._bus.publish("orders", orders)

    def _answer(self, clerk: Clerk, link: BrokerLink | None) -> None:
        """Publish the answers that are due, until the broker has them."""
        client = link.client if link is not None and link.connected else None
        if client is not self._client:
            self._client, self._under_way = client, {}
        for number in [number for number, info in self._under_way.items() if info.rc == 0 and info.is_published()]:
            clerk.journal.answered(number)
            del self._under_way[number]
        if client is None or link is None:
            return
        for due in clerk.journal.unanswered():
            if due.id not in self._under_way:
                self._say(clerk, due, client, link.limits)

    def _say(self, clerk: Clerk, due: DueAnswer, client: paho.Client, limits: BrokerLimits) -> None:
        """Publish an answer, without its content where the broker takes no more; if none can go, none is due."""
        whole = clerk.answer(due, time.time_ns(), self._facts(clerk))
        brief = clerk.answer(due, time.time_ns(), None)
        for answer in (whole, brief):
            if self.port is not None and self.port.may_say(answer, limits):
                self._under_way[due.id] = command_port.say(client, answer, limits.max_qos)
                return
        entry = clerk.journal.entry(due.command)
        _log.warning("answer not given", command=entry.command, number=entry.number, topic=due.topic[:64])
        clerk.journal.answered(due.id)

    def _facts(self, clerk: Clerk) -> Facts:
        identity = self._about.identity
        versions = {
            "rsuId": identity.rsu_sn,
            "softwareVersion": identity.software_version,
            "hardwareVersion": identity.hardware_version,
            "messageSet": self._config.site.messages.profile,
        }
        return Facts(running.running(self._data), versions, self._air, clerk.journal.values())

    def close(self) -> None:
        """Close the journal."""
        self._errands.close()
        if self._clerk is not None:
            self._clerk.close()


def _topics(config: Config, about: Box) -> Mapping[str, CommandTopic]:
    """Return the topics of the platform's dialect; a dialect without commands has none."""
    platform = config.site.uplink.platform
    maker = DIALECTS[DEFAULT if platform is None else platform.dialect].commands
    if not maker:
        return {}
    module, attribute = maker.split(":")
    return cast(Callable[[Box], Mapping[str, CommandTopic]], getattr(import_module(module), attribute))(about)
