"""A box that takes commands, without a broker and without a station: the test is both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from perception.geo import Reference
from rsu.bus.orders import AirState
from rsu.downlink.clerk import Clerk, Surroundings
from rsu.downlink.delivery import Delivery
from rsu.downlink.due import DueAnswer
from rsu.downlink.journal import CommandEntry
from rsu.downlink.judge import CommandJudge, JudgeTime
from rsu.downlink.plan import Circumstances, Facts, LanePath, PlatformAddress
from rsu.site.commands import CommandSettings
from sim.commands import CommandKey, body, event

NOW_NS = 1_800_000_000_000_000_000
REFERENCE = Reference(22.5, 114.0, 10.0)
LANES = {("north", "1"): LanePath(((22.502, 114.0), (22.5001, 114.0)), 18)}
CITY, THIEF = CommandKey("city"), CommandKey("city", bytes(32))
TOPICS = {
    "query": "rscu/box/query/down",
    "config": "rscu/box/config/down",
    "versions": "rsu/radio/versions/query",
    "rsi": "rsu/radio/rsi/down",
    "map": "rsu/radio/map/down",
    "spat": "rsu/radio/spat/down",
    "v2x": "rscu/box/v2x/down",
    "event": "rscu/box/event/down",
    "traffic": "rscu/box/traffic/down",
    "recorder": "rscu/box/recorder/down",
    "upload": "rscu/box/upload/down",
    "doctor": "rscu/box/doctor/down",
    "upgrade": "rsu/radio/upgrade/down",
    "om-config": "rscu/box/om-config/down",
}
SETTINGS = CommandSettings(
    issuers={"city": CITY.public},
    allow={
        "query": ["platform", "city"],
        "config": ["platform", "city"],
        "switches": ["city"],
        "rsi": ["city"],
        "map": ["city"],
        "spat": ["city"],
        "upgrade": ["city"],
        "event": ["city"],
        "recorder": ["platform"],
        "upload": ["platform"],
        "doctor": ["platform"],
        "traffic": ["city"],
        "om-config": ["platform"],
        "power": ["city"],
        "address": ["city"],
        "site": ["city"],
    },
)


def works(number: object, alert: str = "a1", **more: Any) -> bytes:
    """Return RSI.DOWN of an event beside the box."""
    return body(number, rsiSourceType=1, rsi=event(alert, 22.5005, 114.0005, **more))


class Office:
    """The clerk of one box."""

    def __init__(
        self,
        data: Path,
        own_signal: bool = True,
        uploads: str = "https://files.example/boxes",
        packaged: bool = False,
    ) -> None:
        home = PlatformAddress("home", 8883)
        at = Circumstances(
            "", NOW_NS, "ydt3709-2020", REFERENCE, own_signal, True, home, {}, "4403000000001", LANES, uploads
        )._replace(packaged=packaged)
        self.clerk = Clerk(SETTINGS, CommandJudge(SETTINGS, frozenset({"box", "radio"}), at), data)
        self.now_ns, self.clock_plausible = NOW_NS, True

    def give(self, command: str, said: bytes, waited_s: int = 0, **more: Any) -> Any:
        """Deliver a command; return its entry. `waited_s`: that it has waited in the box."""
        delivery = Delivery(TOPICS[command], command, said, self.now_ns, **more)
        now = JudgeTime(self.now_ns + waited_s * 1_000_000_000, self.clock_plausible)
        return self.clerk.take(delivery, f"{TOPICS[command]}/ack", now)

    def give_signed(
        self, command: str, said: bytes, counter: int, key: CommandKey = CITY, for_s: int = 30, **more: Any
    ) -> Any:
        """Deliver a command under a signature."""
        signature = key.sign(TOPICS[command], said, counter, self.now_ns // 1_000_000_000 + for_s)
        return self.give(command, said, signature=signature, **more)

    def follow(self, revision: int | None = None) -> None:
        """Let the station say that it follows the orders of a revision; None: it is silent."""
        air = None if revision is None else AirState(self.now_ns, revision, [], [], {})
        self.clerk.follow(self.now_ns, Surroundings(air))

    def facts(self) -> Facts:
        """Return the box as it is now."""
        return Facts({"cpu": {"uti": 1.0}}, {"softwareVersion": "1"}, None, self.clerk.journal.values())

    def answer(self, entry: CommandEntry) -> dict[str, Any]:
        """Return the content of the answer to a command."""
        answer = self.clerk.answer(DueAnswer(0, entry.id, "", b""), self.now_ns, self.facts())
        found: dict[str, Any] = json.loads(answer.body)
        return found
