"""Two platforms at once: each in its dialect, each from its spool; one that is gone holds up nothing of the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rsu.bus.handover import ReportOutbox
from rsu.bus.records import Committed, UplinkState
from rsu.bus.sockets import Publisher, Subscriber
from rsu.site.uplink import UplinkSettings
from rsu.uplink.process import serve
from tests.rsu.uplink import rich
from tests.rsu.uplink.platforms import FarEnd, free_port

KINDS = ("run-status", "event", "traffic")


class Box(threading.Thread):
    """The uplink process's loop on a thread, and the station's side of the bus on the test's."""

    def __init__(self, folder: Path, first: int, second: int) -> None:
        super().__init__(daemon=True)
        about = {"host": "127.0.0.1", "ack_timeout_s": 5, "reconnect_max_s": 1}
        self._settings = UplinkSettings.model_validate(
            {
                "platform": about | {"port": first, "dialect": "tits0180-http"},
                "second": about | {"port": second, "dialect": "rcu2cloud"},
            }
        )
        self._folder, self._stop_now = folder, threading.Event()
        self._publisher = Publisher(folder, "station")
        self._subscriber = Subscriber(folder, ["committed", "uplink"])
        self.outbox = ReportOutbox("b")
        self.state: UplinkState | None = None
        self.start()

    def run(self) -> None:
        serve(self._settings, rich.box(), self._folder, self._folder / "data", self._stop_now)

    def tell(self) -> None:
        for kind in KINDS:
            self.outbox.add(kind, time.time_ns(), rich.told(kind))

    def until(self, condition: Callable[[UplinkState, UplinkState], bool], what: str) -> None:
        end_s = time.monotonic() + 20
        while not (self.state and self.state.second and condition(self.state, self.state.second)):
            assert time.monotonic() < end_s, f"{what}: {self.state}"
            for report in self.outbox.due(time.time_ns()):
                self._publisher.publish("report", report)
            self._subscriber.wait(0.01)
            for _, record in self._subscriber.records():
                if isinstance(record, Committed):
                    self.outbox.committed(record)
                elif isinstance(record, UplinkState):
                    self.state = record

    def close(self) -> None:
        self._stop_now.set()
        self.join()
        self._publisher.close()
        self._subscriber.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_both_get_every_record_in_their_words(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    cloud = FarEnd("tits0180-http", ports[0])
    box = Box(tmp_path, *ports)
    box.tell()
    box.until(lambda first, second: first.acknowledged == 3 and not first.waiting, "the first has all")
    assert box.state is not None and box.state.second is not None and len(box.outbox) == 0
    assert (box.state.second.waiting, box.state.second.connected) == (3, False), "the second is not there"
    test_area = FarEnd("rcu2cloud", ports[1])
    box.until(lambda first, second: second.acknowledged == 3 and not second.waiting, "the second has all")
    box.tell()
    box.until(lambda first, second: first.acknowledged == second.acknowledged == 6, "both have the rest")
    box.close()
    heard = cloud.heard(), test_area.heard()
    assert [each["refused"] for each in heard] == [0, 0]
    assert heard[0]["received"] == dict.fromkeys(KINDS, 2)
    assert {kind: count for kind, count in heard[1]["received"].items() if kind != "HEARTBEAT"} == {"STATUS": 2}
    assert {path.name for path in (tmp_path / "data").glob("*.sqlite")} == {
        "uplink-tits0180-http.sqlite",
        "uplink-second-rcu2cloud.sqlite",
    }
