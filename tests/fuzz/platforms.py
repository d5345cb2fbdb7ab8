"""Words of platforms, neighbours and the city's boxes. Each function makes a parser, see `targets`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import cast

from tests.fuzz.parser import Parser

CONFIGS = Path(__file__).parents[2] / "configs"


def city_record() -> Parser:
    """A record of a box, on the topic of each kind."""
    from rsu.city.embedded.city import EmbeddedLog
    from rsu.city.embedded.tables import SqliteTables
    from rsu.city.ingest import Ingest, InMessage
    from rsu.city.live import LiveView

    kinds = ("participant", "event", "traffic", "lamp", "basic-status", "run-status")
    ingest = Ingest(EmbeddedLog(SqliteTables(Path(":memory:")), LiveView()))

    def parse(data: bytes) -> None:
        before = ingest.taken.total() + ingest.refused.total()
        ingest.take([InMessage(f"rscu/BOX/{kind}/up", data) for kind in kinds], 1_800_000_000_000)
        assert ingest.taken.total() + ingest.refused.total() == before + len(kinds)
        ingest.taken, ingest.refused = Counter(taken=before + len(kinds)), Counter()

    return parse


def neighbour() -> Parser:
    """Tracks of a neighbouring box: none that cannot be come through, and those that do can be placed."""
    import numpy as np

    from perception.geo import Reference
    from rsu.corridor import wire

    def parse(data: bytes) -> None:
        try:
            message = wire.decode(data)
        except ValueError:
            return
        placed = wire.in_frame(message, Reference(22.5, 114.0))
        assert np.isfinite(placed.position_m).all()

    return parse


def commands() -> Parser:
    """A platform's command, on the topic of each: refused with a reason, or obeyed by the plan of its row."""
    from rsu.downlink.delivery import Delivery
    from rsu.downlink.errors import RefusedError
    from rsu.downlink.judge import CommandJudge, JudgeTime
    from rsu.downlink.plan import Circumstances, PlatformAddress
    from rsu.downlink.table import COMMANDS
    from rsu.site.commands import CommandSettings
    from tests.rsu.downlink.office import NOW_NS, REFERENCE

    at = Circumstances("", NOW_NS, "ydt3709-2020", REFERENCE, True, True, PlatformAddress("home", 8883), {})
    allowed = (
        "query",
        "versions",
        "config",
        "switches",
        "om-config",
        "rsi",
        "map",
        "spat",
        "rsm",
        "upgrade",
        "power",
        "event",
    )
    settings = CommandSettings.model_validate({"allow": {name: ["platform"] for name in allowed}})
    judge = CommandJudge(settings, frozenset({"box", "radio"}), at)

    def parse(data: bytes) -> None:
        for name in COMMANDS:
            delivery = Delivery(f"rscu/box/{name}/down", name, data, NOW_NS, expiry_s=60)
            judge.claim(delivery)
            try:
                judge.judge(delivery, _NoMemory(), {}, JudgeTime(NOW_NS))
            except RefusedError as error:
                assert str(error)

    return parse


class _NoMemory:
    """A box that was never commanded."""

    def counter(self, issuer: str) -> int:
        return 0

    def digest(self, issuer: str, command: str, number: str) -> bytes | None:
        return None


def stream(dialect: str) -> Parser:
    """The other side of a dialect's TCP connection, in two pieces: the same words as in one, or another protocol."""
    from rsu.site import box, config
    from rsu.uplink.dialect import Login
    from rsu.uplink.session import StreamDialect, StreamSession, StreamWord

    made = cast(StreamDialect, box.make(dialect, box.box(config.load(CONFIGS / "demo.yaml"))))

    def words(session: StreamSession, *pieces: bytes) -> list[StreamWord] | None:
        session.hello(0)
        try:
            return [word for piece in pieces for word in session.received(piece)]
        except ValueError:
            return None

    def parse(data: bytes) -> None:
        middle = len(data) // 2
        whole, parted = (
            words(made.session(Login("box", "user", "password")), *pieces)
            for pieces in ((data,), (data[:middle], data[middle:]))
        )
        assert whole is None or parted == whole

    return parse


def answers(dialect: str) -> Parser:
    """A platform's answer to records of a kind."""
    from rsu.site import box, config
    from rsu.uplink.dialect import Dialect

    made = cast(Dialect, box.make(dialect, box.box(config.load(CONFIGS / "demo.yaml"))))

    def parse(data: bytes) -> None:
        try:
            found = made.read("event", data)
        except ValueError:
            return
        assert all(each.first <= each.last for each in found)

    return parse


def reply(dialect: str) -> Parser:
    """A platform's reply to a request."""
    from rsu.site import box, config
    from rsu.uplink.session import RequestDialect

    made = cast(RequestDialect, box.make(dialect, box.box(config.load(CONFIGS / "demo.yaml"))))

    def parse(data: bytes) -> None:
        for status in (200, 400, 503):
            made.verdict(status, data)

    return parse
