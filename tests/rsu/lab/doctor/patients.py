"""Sites that the doctor examines: golden recordings played by a station whose site file has a fault."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from rsu.bus.tape import Tape
from rsu.bus.troubles import Newest
from rsu.lab.doctor.box_facts import BoxFacts
from rsu.lab.doctor.examination import Examined, examine
from rsu.lab.doctor.facts import SiteFacts
from rsu.lab.doctor.kernel_clock import KernelClock
from rsu.lab.doctor.recent import SENSED_S, recent
from rsu.recording import reader, site_files
from rsu.replay.player import Player
from rsu.site.config import Config
from rsu.site.model import Site
from tests.rsu.recording.golden_outputs import FOLDER

BOX = BoxFacts((), 60.0, 0.0, 20.0, {"cpu": 51.0}, (), {"station": 99.0}, "native", True)
FILES = TemporaryDirectory()  # that drivers read
CLOCK = KernelClock(True, 1.2, 0, ("chronyd",))


@cache
def recorded(name: str) -> tuple[Config, list[Tape]]:
    """Return the site and the ticks of a golden recording."""
    path = FOLDER / f"{name}.mcap"
    return site_files.load(*reader.start(path), Path(FILES.name)), list(reader.ticks(path))


def site(name: str, change: Callable[[Site], dict[str, Any]] = lambda data: {}) -> Config:
    """Return the site of a recording. `change`: returns parts of its site file that are others."""
    config = recorded(name)[0]
    return config._replace(site=config.site.model_copy(update=change(config.site)))


def facts(config: Config, name: str, ticks: int = 10_000, sensed_s: float = SENSED_S) -> SiteFacts:
    """Return the facts of a site after its station has played a recording."""
    tapes, player, played = recorded(name)[1][:ticks], None, []
    for tape in tapes:
        player = player or Player(config, tape.seed)
        played.append(msgspec.structs.replace(tape, outcome=player.play(tape)))
    assert player is not None
    snapshot = player.station.snapshot(tapes[-1].outcome.now_ns)
    last = recent(config, played, sensed_s)
    return SiteFacts(tapes[-1].utc_ns, BOX, CLOCK, [], Newest(snapshot=snapshot), config, last_minutes=last)


def examined(found: SiteFacts) -> dict[str, Examined]:
    """Return the result of every probe by its name."""
    return {each.probe.name: each for each in examine(found)}
