"""A crossing that moves, on a real bus: `python -m tests.rsu.web.feed --port 18080` serves the page on it."""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from pathlib import Path

from rsu.bus.sockets import Publisher
from rsu.site.web import WebSettings
from rsu.web.process import serve
from tests.rsu.web.crossing import Crossing, subject
from tests.rsu.web.records import processes, recorder, uplink


class Feed:
    """Publishes the crossing at the nominal rates from a thread, until stopped."""

    def __init__(self, run: Path, crossing: Crossing) -> None:
        self._run, self._crossing = run, crossing
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def __enter__(self) -> Feed:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _loop(self) -> None:
        names = ("station", "uplink", "recorder", "supervisor")
        station, up, reel, supervisor = publishers = [Publisher(self._run, name) for name in names]
        tick = 0
        while not self._stop.wait(0.1 - time.monotonic() % 0.1):
            self._crossing.step()
            stamp_ns = time.time_ns()
            station.publish("snapshot", self._crossing.snapshot(stamp_ns))
            if tick % 10 == 0:
                up.publish("uplink", uplink(stamp_ns, tick))
                reel.publish("recorder", recorder(stamp_ns))
                supervisor.publish("processes", processes(stamp_ns, tick / 10))
            tick += 1
        for publisher in publishers:
            publisher.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--tracks", type=int, default=40)
    options = parser.parse_args()
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder, Feed(Path(folder), Crossing(options.tracks)):
        serve(WebSettings(port=options.port), subject("Demo crossing", Path(folder)), Path(folder), stop)


if __name__ == "__main__":
    main()
