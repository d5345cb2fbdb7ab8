"""Samples for several modules: time and place of their making, and their import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from perception.objects import Measurement
from rsu.recording import reader
from rsu.replay.player import Player
from rsu.site import config

BEGIN_NS = 1_760_000_000_000_000_000
PLACE = (22.5431, 114.0579)  # the demo site's reference
Import = Callable[..., dict[str, Any]]


def measurements(path: Path, site: Path) -> list[Measurement]:
    tapes = list(reader.ticks(path))
    player = Player(config.load(site), tapes[0].seed)
    return [found for tape in tapes for one in tape.rounds for found in player.measurements(one)]
