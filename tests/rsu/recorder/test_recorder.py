"""The recorder process on the bus: the files that it writes and keeps, and its state."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

import msgspec
import pytest

from hw.tape import SystemClock
from rsu.bus.handover import RANK, SKIPPED
from rsu.bus.records import Committed, RecorderState
from rsu.bus.reel import Reel
from rsu.bus.sockets import Publisher, Subscriber
from rsu.bus.tape import Tape, ToldItem
from rsu.cli.rec import app
from rsu.recorder import process
from rsu.recorder.control import RecorderOrder, ask
from rsu.recorder.shelf import Shelf, name
from rsu.recording import reader
from rsu.recording.verify import continuity, integrity
from rsu.recording.worded import teller, worded
from rsu.recording.writer import RecordingWriter
from rsu.site import config
from rsu.site.recording import DiskSettings, RecordingSettings
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS, S
from tests.rsu.uplink import said

ROOM = DiskSettings(min_free_gib=0, min_free_percent=0)


@pytest.fixture(scope="module")
def tapes() -> list[Tape]:
    """Return ticks as the station puts them on the bus: their records in no platform's words."""
    kinds = cycle(kind for kind in RANK if kind != SKIPPED)
    return [
        msgspec.structs.replace(
            tape,
            outcome=msgspec.structs.replace(
                tape.outcome, items=[], told=[ToldItem(kind, tape.utc_ns, said.told(kind)) for kind in islice(kinds, 2)]
            ),
        )
        for tape in islice(reader.ticks(FOLDER / "pedestrians.mcap"), 90)
    ]


def held(tapes: list[Tape]) -> list[Tape]:
    """Return the same ticks as a recording holds them."""
    words = teller(site())
    return [msgspec.structs.replace(tape, outcome=worded(tape.outcome, words)) for tape in tapes]


def site(**settings: object) -> config.Config:
    loaded = config.load(CONFIGS / "demo.yaml")
    recording = RecordingSettings.model_validate({"enabled": True, "disk": ROOM, **settings})
    return loaded._replace(site=loaded.site.model_copy(update={"recording": recording}))


class Rig:
    """A recorder in a thread, and a station that only publishes."""

    def __init__(self, folder: Path, loaded: config.Config) -> None:
        self.run, self.data = folder / "run", folder / "data"
        self.run.mkdir(exist_ok=True)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=process.run, args=(loaded, self.run, self.data, self._stop))
        self._thread.start()
        self._bus = Publisher(self.run, "station")
        self._inlet = Subscriber(self.run, ["recorded", "recorder"])
        self._reel: Reel | None = None
        self._now_ns = 0  # of the station, whose time runs as its ticks do
        self.state: RecorderState | None = None
        self._coming: list[Tape] = []

    def play(self, tapes: list[Tape]) -> None:
        """Publish ticks, all but the last 30; those come while `until` waits, as a station never stops."""
        self._coming = tapes[:]
        while len(self._coming) > 30:
            self.tick()

    def tick(self) -> None:
        self._now_ns += S // 10
        if self._coming:
            tape = self._coming.pop(0)
            self._reel = self._reel or Reel(tape.seed)
            self._reel.add(tape)
        for due in self._reel.due(self._now_ns) if self._reel is not None else ():
            self._bus.publish("tape", due)
        time.sleep(0.01)
        self.listen()

    def listen(self) -> None:
        for _, record in self._inlet.records():
            if isinstance(record, Committed) and self._reel is not None:
                self._reel.committed(record)
            elif isinstance(record, RecorderState):
                self.state = record

    @property
    def all_held(self) -> bool:
        """Tell whether the recorder has every tick."""
        return not self._coming and self._reel is not None and self._reel._held == self._reel._last

    def until(self, condition: Callable[[RecorderState], bool]) -> RecorderState:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            self.tick()
            if self.state is not None and condition(self.state):
                return self.state
            time.sleep(0.09)
        raise AssertionError(self.state)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._bus.close()
        self._inlet.close()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def make(**settings: object) -> Rig:
        made.append(Rig(tmp_path, site(**settings)))
        return made[-1]

    yield make
    for each in made:
        each.close()


def files(rig: Rig) -> list[Path]:
    return sorted((rig.data / "recordings").glob("*.mcap"))


def test_ticks_before_the_recorder_was_there_are_in_the_recording(
    rig: Callable[..., Rig], tapes: list[Tape], tmp_path: Path
) -> None:
    one = rig()
    one.play(tapes)
    one.until(lambda state: state.bytes > 10_000)
    assert ask(one.run, RecorderOrder("stop")).state == "stopped"
    (path,) = files(one)
    assert list(reader.ticks(path)) == held(tapes)[: len(list(reader.ticks(path)))]
    assert integrity(path) == [] and list(continuity(reader.ticks(path))) == []
    about, content = reader.start(path)
    assert about["rscu"] == "RSCU-DEMO-1" and set(content) == {"demo.yaml", "demo-lanes.json", "ti-traffic-68xx.cfg"}
    shown = {entry.topic: entry.data for entry, _ in reader.messages(path)}
    assert {"/lanes", "/position"} <= shown.keys()
    streets = json.loads(json.loads(shown["/map"])["geojson"])
    longitude, latitude = streets["features"][0]["geometry"]["coordinates"][-1]  # a stop line of the demo site
    assert (longitude, latitude) == pytest.approx((114.0579, 22.5431), abs=5e-4)


def test_files_are_rotated_and_follow_each_other(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one = rig(file_mib=0.1)
    one.play(tapes)
    one.until(lambda state: state.files >= 2)
    ask(one.run, RecorderOrder("stop"))
    found = files(one)
    assert len(found) >= 2
    back = list(reader.ticks(*found))
    assert back == held(tapes)[: len(back)] and all(integrity(path) == [] for path in found)


def test_what_the_last_run_left_is_recovered(rig: Callable[..., Rig], tmp_path: Path) -> None:
    folder = tmp_path / "data" / "recordings"
    folder.mkdir(parents=True)
    left = folder / f"{name(EPOCH_NS, 'boot')}.part"
    left.write_bytes((FOLDER / "pedestrians.mcap").read_bytes()[:200_000])
    one = rig()
    one.until(lambda state: state.state == "waiting" and not left.exists())
    deadline = time.monotonic() + 10
    while not files(one) and time.monotonic() < deadline:
        time.sleep(0.02)
    back = list(reader.ticks(files(one)[0]))
    assert len(back) > 30 and back[:30] == list(islice(reader.ticks(FOLDER / "pedestrians.mcap"), 30))


def test_after_a_crash_the_recorder_goes_on_where_it_was(
    rig: Callable[..., Rig], tapes: list[Tape], tmp_path: Path
) -> None:
    folder = tmp_path / "data" / "recordings"
    folder.mkdir(parents=True)
    writer = RecordingWriter(folder / name(EPOCH_NS, "boot"), {"site": "demo.yaml"}, {}, EPOCH_NS)
    for tape in held(tapes[:17]):
        writer.add(tape)
    writer.sync()
    writer.abandon()
    one = rig()
    one.play(tapes)
    one.until(lambda state: state.bytes > 10_000)
    ask(one.run, RecorderOrder("stop"))
    back = list(reader.ticks(*files(one)))
    assert len(files(one)) == 2 and len(back) > 17 and back == held(tapes)[: len(back)]


def test_a_stop_outlives_the_process(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one = rig()
    one.until(lambda state: True)
    ask(one.run, RecorderOrder("stop"))
    one.close()
    again = rig()
    again.play(tapes[:20])
    assert again.until(lambda state: True).state == "stopped" and files(again) == []
    assert ask(again.run, RecorderOrder("start")).state in ("waiting", "recording")


def test_a_full_disk_pauses_the_recorder_and_says_so(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one = rig(disk=DiskSettings(min_free_gib=1e6))
    one.play(tapes[:20])
    state = one.until(lambda state: state.state == "paused")
    assert "too little" in (state.error or "") and files(one) == []


def test_a_folder_that_is_deleted_is_noticed_and_made_again(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one = rig()
    one.play(tapes[:60])
    before = one.until(lambda state: state.bytes > 0 and one.all_held).file
    shutil.rmtree(one.data)
    one.until(lambda state: "deleted" in (state.error or ""))
    one.play(tapes[60:])
    assert one.until(lambda state: state.state == "recording" and state.error is None).file != before
    assert list((one.data / "recordings").iterdir())


def test_a_folder_that_cannot_be_made_pauses_the_recorder(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one = rig(path="/proc/recordings")
    one.play(tapes[:20])
    assert "recordings" in (one.until(lambda state: state.state == "paused").error or "")


@pytest.mark.parametrize(("wish", "expected"), [(b"", True), (b"sto", True), (b"stop", False), (b"\xff\x00", True)])
def test_a_wish_that_a_power_cut_tore_is_none(wish: bytes, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "wish").write_bytes(wish)
    assert Shelf(tmp_path, RecordingSettings(enabled=True)).wanted() is expected


def test_keep_marks_the_open_file(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one = rig()
    one.play(tapes)
    one.until(lambda state: state.state == "recording")
    (kept,) = ask(one.run, RecorderOrder("keep", "crash")).files
    items = Shelf(one.data / "recordings", RecordingSettings()).items()
    assert [(item.path.name, item.kind) for item in items] == [(f"{kept}.part", "kept")]


def stepped(tapes: list[Tape], at: int, step_ns: int) -> list[Tape]:
    """Return ticks with the system clock set at one of them."""
    said = SystemClock(step_ns)
    return [msgspec.structs.replace(tape, clock=said) if tape.seq >= at else tape for tape in tapes]


def test_a_step_of_the_clock_goes_into_the_file_and_ends_none(rig: Callable[..., Rig], tapes: list[Tape]) -> None:
    one, told = rig(), stepped(tapes, 40, -3600 * S)
    one.play(told)
    one.until(lambda state: state.bytes > 10_000)
    ask(one.run, RecorderOrder("stop"))
    (path,) = files(one)
    written = list(reader.ticks(path))
    assert len(written) > 50 and written == held(told)[: len(written)]
    times = [entry.log_ns for entry, _ in reader.messages(path) if entry.topic == "/tick"]
    assert times == sorted(times) and integrity(path) == []


def test_commands_are_there() -> None:
    names = {command.name for command in app.registered_commands}
    assert names == {"start", "stop", "keep", "ls", "info", "verify", "import", "report", "cut", "recover"}
