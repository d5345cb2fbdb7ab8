"""Two corridor processes on one road: the tracks of their stations in, one identity and the offset out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from perception.results import Tracks
from rsu.bus.corridor import CorridorState, OwnTracks
from rsu.bus.sockets import Publisher, Subscriber
from rsu.corridor import keys
from rsu.corridor.process import CorridorLoop
from rsu.site.config import Config, load
from rsu.site.corridor import CorridorLinkSettings
from tests.perception.corridor.made import tracks_of
from tests.rsu.web.serving import free_port

DEMO = Path(__file__).parents[3] / "configs" / "demo.yaml"
NAMES = ("box-1", "box-2")


def config_of(number: int, ports: list[int], public: list[str], tmp_path: Path) -> Config:
    """Return the demo's site as one of two boxes."""
    config, other = load(DEMO), 1 - number
    corridor = CorridorLinkSettings(
        listen=f"127.0.0.1:{ports[number]}",
        key_file=tmp_path / f"key-{number}",
        neighbours={NAMES[other]: {"address": f"127.0.0.1:{ports[other]}", "public_key": public[other]}},
        axis_m=[(-500.0, 0.0), (500.0, 0.0)],
    )
    identity = config.site.identity.model_copy(update={"rscu_sn": NAMES[number]})
    return config._replace(site=config.site.model_copy(update={"corridor": corridor, "identity": identity}))


class Side:
    """One box: its bus, with the test in the station's place, and its corridor process."""

    def __init__(self, config: Config, run: Path) -> None:
        run.mkdir()
        self.station = Publisher(run, "station")
        self.loop = CorridorLoop(config, run)
        self.page = Subscriber(run, ["corridor"])
        self.state: CorridorState | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            self.loop.cycle()

    def look(self, tracks: Tracks, now_ns: int) -> None:
        """Let the station tell of its tracks."""
        self.station.publish("tracks", OwnTracks(now_ns, tracks))

    def listen(self) -> None:
        """Keep the newest state."""
        for _, record in self.page.records():
            assert isinstance(record, CorridorState)
            self.state = record

    def close(self) -> None:
        """Close everything."""
        self._stop.set()
        self._thread.join()
        self.loop.close()
        self.station.close()
        self.page.close()


@pytest.fixture
def sides(tmp_path: Path):
    ports = [free_port(), free_port()]
    public = [keys.make(tmp_path / f"key-{number}").public.decode() for number in range(2)]
    made = [Side(config_of(number, ports, public, tmp_path), tmp_path / NAMES[number]) for number in range(2)]
    yield made
    for each in made:
        each.close()


def drive(sides: list[Side], done: Callable[[], bool]) -> None:
    """Let two cars that all boxes see drive by, ten looks a second, until all is told."""
    began_s = time.monotonic()
    for step in range(150):
        now_ns = time.time_ns()
        for number, side in enumerate(sides):
            state = np.array([[12.0 * step / 10, 0.0, 12.0, 0.0], [50.0 - 0.5 * step, -3.0, -5.0, 0.0]])
            side.look(tracks_of([1 + 10 * number, 2 + 10 * number], state, now_ns), now_ns)
        time.sleep(max(0.0, began_s + (step + 1) / 10 - time.monotonic()))
        for side in sides:
            side.listen()
        if done():
            return
    pytest.fail("it is not told in time")


def known(state: CorridorState | None) -> set[int]:
    """Return the identities that a box tells; none while one is open."""
    numbers = set() if state is None else {user.global_id for user in state.road_users}
    return set() if 0 in numbers else numbers


def test_both_boxes_tell_of_one_road_user(sides: list[Side]) -> None:
    one, other = sides
    drive(sides, lambda: len(known(one.state)) == 2 and known(one.state) == known(other.state))
    assert one.state is not None
    assert {tuple(sorted(user.boxes)) for user in one.state.road_users} == {NAMES}
    (view,) = one.state.neighbours
    assert (view.box, view.heard, view.road_users, view.refused) == ("box-2", True, 2, {})
    assert 0.0 <= (view.delay_p99_ms or -1.0) < 100.0
    assert view.offset.shared == 2


def test_without_a_key_the_process_says_so_and_goes_on(tmp_path: Path) -> None:
    config = config_of(0, [free_port(), free_port()], ["a" * 40, "b" * 40], tmp_path)
    assert config.site.corridor is not None
    corridor = config.site.corridor.model_copy(update={"key_file": tmp_path / "nowhere"})
    alone = Side(config._replace(site=config.site.model_copy(update={"corridor": corridor})), tmp_path / "alone")
    try:
        drive([alone], lambda: len(known(alone.state)) == 2)
        assert alone.state is not None
        assert "rsu corridor key" in str(alone.state.error)
        assert {user.boxes[0] for user in alone.state.road_users} == {"box-1"}
    finally:
        alone.close()
