"""A golden recording on a real bus, over and over: `python -m tests.rsu.web.played` serves the page on it."""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from rsu.bus.records import SensorSights, Sent
from rsu.bus.sockets import Publisher
from rsu.bus.tape import Tape
from rsu.recording import reader, site_files
from rsu.replay.player import Player
from rsu.site.config import Config
from rsu.site.web import WebSettings
from rsu.station import views
from rsu.web.process import serve
from rsu.web.shown_site import ShownSite
from tests.rsu.web.records import processes, recorder, uplink

GOLDEN = Path(__file__).parents[1] / "recording" / "golden"
_MINUTE_NS = 60_000_000_000  # messages hold milliseconds of the minute: times are moved by whole ones


class Played:
    """Publishes the station's records of a recording in real time, from a thread, until stopped."""

    def __init__(self, run: Path, name: str, folder: Path) -> None:
        self._path = GOLDEN / f"{name}.mcap"
        self.config: Config = site_files.load(*reader.start(self._path), folder)
        self._run = run
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def __enter__(self) -> Played:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _loop(self) -> None:
        publishers = [Publisher(self._run, name) for name in ("station", "uplink", "recorder", "supervisor")]
        station, up, reel, supervisor = publishers
        for number, (tape, player) in enumerate(self._ticks()):
            if self._stop.wait(0.1 - time.monotonic() % 0.1):
                break
            _publish(station, tape, player)
            if number % 10 == 0:
                stamp_ns = time.time_ns()
                up.publish("uplink", uplink(stamp_ns, number))
                reel.publish("recorder", recorder(stamp_ns))
                supervisor.publish("processes", processes(stamp_ns, number / 10))
        for publisher in publishers:
            publisher.close()

    def _ticks(self) -> Iterator[tuple[Tape, Player]]:
        while not self._stop.is_set():
            player: Player | None = None
            for tape in reader.ticks(self._path):
                player = player or Player(self.config, tape.seed)
                yield tape, player


def _publish(station: Publisher, tape: Tape, player: Player) -> None:
    outcome, utc_ns = player.play(tape), tape.utc_ns
    shift_ns = (time.time_ns() - utc_ns) // _MINUTE_NS * _MINUTE_NS + tape.clock.correction_ns
    for frame in outcome.frames:
        newest_ns = None if frame.newest_receipt_ns is None else frame.newest_receipt_ns + shift_ns
        station.publish("sent", Sent(frame.kind, outcome.now_ns + shift_ns, newest_ns, frame.frame))
    station.publish("tape", replace(tape, outcome=outcome))
    sights = [views.sight(each, shift_ns) for each in player.seen]
    station.publish("seen", SensorSights(outcome.now_ns + shift_ns, sights))
    snapshot = player.station.snapshot(outcome.now_ns)
    station.publish("snapshot", replace(snapshot, stamp_ns=outcome.now_ns + shift_ns))


def page(played: Played, port: int, data: Path) -> tuple[WebSettings, ShownSite]:
    """Return settings and subject of the page on it."""
    return WebSettings(port=port), ShownSite.of(played.config, data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--name", default="day")
    parser.add_argument("--data", type=Path, help="data folder of the page", default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Played(Path(folder), options.name, Path(folder)) as played:
        serve(*page(played, options.port, options.data or Path(folder)), Path(folder), threading.Event())


if __name__ == "__main__":
    main()
