"""How recordings begin: those of the last run made whole, a new file with the parts that every recording has."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import structlog

from rsu.bus.tape import Tape
from rsu.recorder import views
from rsu.recorder.shelf import name
from rsu.recording.errors import RecordingError
from rsu.recording.recover import recover
from rsu.recording.tick import Entry
from rsu.recording.writer import RecordingWriter
from rsu.site import content
from rsu.site.config import Config

_log = structlog.get_logger()


def recovered(left: list[Path]) -> tuple[bytes, int] | None:
    """Make recordings whole that were not closed; return seed and number of the last tick, if there is one."""
    last = None
    for path in left:
        try:
            result = recover(path)
        except (OSError, RecordingError) as error:
            _log.error("recording not recovered", file=path.name, why=str(error))
            continue
        _log.info("recording recovered", file=path.name, ticks=result.ticks, ended=result.why)
        last = result.last or last
    return last


def begun(folder: Path, config: Config, tape: Tape) -> RecordingWriter:
    """Begin a file in a folder, with a first tick's time. OSError."""
    boot, utc_ns, site = tape.seed.hex()[:16], tape.utc_ns, config.site
    about = {
        "site": config.path.name,
        "name": site.site.name,
        "rscu": site.identity.rscu_sn,
        "boot": boot,
        "version": version("rsu-edge"),
    }
    while (path := folder / name(utc_ns, boot)).exists():
        utc_ns += 1_000_000  # the clock was set back to when another file began
    return RecordingWriter(path, about, content.collect(config), tape.outcome.now_ns)


def scenery(config: Config, utc_ns: int) -> Iterator[Entry]:
    """Yield the site's data for viewers: its lanes, in metres and on a map, and its place."""
    yield views.lanes(config.lane_map, utc_ns)
    yield views.streets(config.lane_map, config.site.site.reference, utc_ns)
    yield views.position(config.site.site.reference, utc_ns)
