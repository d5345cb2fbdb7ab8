from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from websockets.sync.client import ClientConnection, connect

from rsu.bus.records import Progress
from rsu.bus.sockets import Publisher, Subscriber
from rsu.site.web import WebSettings
from rsu.web.patch import Document, merge
from rsu.web.process import serve
from tests.rsu.web.crossing import Crossing, subject
from tests.rsu.web.records import uplink
from tests.rsu.web.serving import free_port, serving


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    number = free_port()
    with serving(tmp_path, number):
        yield number


@pytest.fixture
def station(tmp_path: Path, port: int) -> Iterator[Publisher]:
    publisher = Publisher(tmp_path, "station")
    yield publisher
    publisher.close()


def follow(viewer: ClientConnection, state: Document, timeout_s: float = 3) -> Document:
    """Take one patch and acknowledge it."""
    patch = json.loads(viewer.recv(timeout=timeout_s))
    viewer.send("ok")
    return merge(state, patch)


def until(viewer: ClientConnection, state: Document, stamp_ns: int) -> tuple[Document, int]:
    """Follow until a snapshot's stamp is there; return the state and the number of patches it took."""
    for taken in range(1, 50):
        state = follow(viewer, state)
        told = state.get("station")
        if isinstance(told, dict) and told["stamp_ns"] == stamp_ns:
            return state, taken
    raise AssertionError("the snapshot did not come")


def publish(station: Publisher, crossing: Crossing, stamp_ns: int) -> None:
    crossing.step()
    station.publish("snapshot", crossing.snapshot(stamp_ns))


def connected(station: Publisher, crossing: Crossing, viewer: ClientConnection) -> Document:
    """Publish until the bus, which forgets records sent before it was joined, brings it to the viewer."""
    state: Document = {}
    deadline = time.monotonic() + 5
    while "tracks" not in state and time.monotonic() < deadline:
        publish(station, crossing, 1)
        state = follow(viewer, state)
    return state


def test_changes_only(station: Publisher, port: int) -> None:
    crossing = Crossing(40)
    with connect(f"ws://127.0.0.1:{port}/live") as viewer:
        state = connected(station, crossing, viewer)
        publish(station, crossing, 2)
        state, _ = until(viewer, state, 2)
        patch = json.loads(viewer.recv(timeout=3))
        assert patch == {}, "a quiet site says only that it is there"
        viewer.send("ok")
        publish(station, crossing, 3)
        patch = json.loads(viewer.recv(timeout=3))
        assert set(patch) <= {"station", "tracks", "signals", "events", "messages", "devices"}
        assert all("kind" not in track for track in patch["tracks"].values())


def test_a_slow_viewer_gets_the_newest_and_nothing_in_between(station: Publisher, port: int) -> None:
    crossing = Crossing(60)
    with connect(f"ws://127.0.0.1:{port}/live") as slow, connect(f"ws://127.0.0.1:{port}/live") as quick:
        state, brisk = connected(station, crossing, slow), follow(quick, {})
        slow.recv(timeout=3)  # not acknowledged
        for stamp in range(2, 100):
            publish(station, crossing, stamp)
        _, taken = until(quick, brisk, 99)
        assert taken < 50
        slow.send("ok")
        _, taken = until(slow, state, 99)
        assert taken <= 2


def test_a_dead_viewer_does_not_hold_up_others(station: Publisher, port: int) -> None:
    crossing = Crossing(60)
    with ExitStack() as viewers:
        for _ in range(5):  # never read, never acknowledge
            viewers.enter_context(connect(f"ws://127.0.0.1:{port}/live"))
        viewer = viewers.enter_context(connect(f"ws://127.0.0.1:{port}/live"))
        state = connected(station, crossing, viewer)
        for stamp in range(2, 12):
            publish(station, crossing, stamp)
            began = time.monotonic()
            state, _ = until(viewer, state, stamp)
            assert time.monotonic() - began < 0.5


def test_other_topics_come_along(tmp_path: Path, port: int) -> None:
    publisher = Publisher(tmp_path, "uplink")
    state: Document = {}
    deadline = time.monotonic() + 5
    with connect(f"ws://127.0.0.1:{port}/live") as viewer:
        while "uplink" not in state and time.monotonic() < deadline:
            publisher.publish("uplink", uplink(1, 10))
            state = follow(viewer, state)
    publisher.close()
    expected: Document = {
        "stamp_ns": 1,
        "connected": True,
        "platform": "mqtt://127.0.0.1:1883",
        "spooled": 110,
        "acknowledged": 87,
        "waiting": 23,
        "evicted": {},
    }
    told = state["uplink"]
    assert isinstance(told, dict) and expected.items() <= told.items()


def test_progress_is_published(tmp_path: Path, port: int) -> None:
    subscriber = Subscriber(tmp_path, ["progress.web"])
    records: list[msgspec.Struct] = []
    while len(records) < 3 and subscriber.wait(3):
        records += [record for _, record in subscriber.records()]
    subscriber.close()
    steps = [record.steps for record in records if isinstance(record, Progress)]
    assert len(steps) == len(records)
    assert steps == list(range(steps[0], steps[0] + 3))


def test_a_taken_port_is_an_error(tmp_path: Path, port: int) -> None:
    with pytest.raises(OSError, match="in use"):
        serve(WebSettings(port=port), subject("x", tmp_path), tmp_path, threading.Event())
