"""Looks at the station of a recording: its bytes run through drivers and station again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rsu.bus.records import Sent
from rsu.bus.tape import Outcome, Tape
from rsu.explain.look import Look, RsmReading, carried
from rsu.replay.player import Player
from rsu.site.config import Config
from rsu.station import views


def looks(config: Config, tapes: Iterable[Tape]) -> Iterator[Look]:
    """Yield a look at every tick."""
    air = RsmReading.of(config.site)
    player: Player | None = None
    seed = b""
    for tape in tapes:
        if player is None or tape.seed != seed:
            player, seed = Player(config, tape.seed), tape.seed
        outcome, correction_ns = player.play(tape), tape.clock.correction_ns
        yield Look(
            player.station.snapshot(outcome.now_ns),
            tuple(each for sent in _sent(outcome, correction_ns) for each in carried(sent, air)),
            tuple(views.sight(each, correction_ns) for each in player.seen),
        )


def _sent(outcome: Outcome, correction_ns: int) -> Iterator[Sent]:
    """Yield the frames of a tick as they go over the bus. `correction_ns`: UTC less steady time."""
    for frame in outcome.frames:
        newest_ns = None if frame.newest_receipt_ns is None else frame.newest_receipt_ns + correction_ns
        yield Sent(frame.kind, outcome.now_ns + correction_ns, newest_ns, frame.frame)
