"""The uplink speaks TCP, TLS and HTTP to the bench's platforms through real sockets."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from rsu.bus.told import RoadEvents
from rsu.site import box
from rsu.uplink.dialect import Dialect
from tests.rsu.uplink import rich, said
from tests.rsu.uplink.platforms import FarEnd, certificates, free_port
from tests.rsu.uplink.rig import Rig

EXPECTED = {  # by platform: received messages of one record of each kind
    "rcu2cloud": {"OBJS": 1, "EVENT": 2, "STATUS": 1},
    "gat1049": {"SDO_User": 1, "CrossTrafficData": 1},
    "cooperative": {"IM_1004": 1, "IM_2001": 2},
    "tits0180-http": {"basic-status": 1, "run-status": 1, "event": 1, "traffic": 1},
}


@pytest.fixture
def port() -> int:
    return free_port()


Starter = Callable[..., FarEnd]


@pytest.fixture
def start() -> Iterator[Starter]:
    """Return the function that starts a platform; all are killed in the end."""
    started: list[FarEnd] = []

    def one(name: str, port: int, *more: str) -> FarEnd:
        started.append(FarEnd(name, port, *more))
        return started[-1]

    yield one
    for each in started:
        each.kill()


def _rig(name: str, port: int, folder: Path, **more: Any) -> Rig:
    password = folder / "password"
    password.write_text("secret\n", encoding="utf-8")
    made = cast(
        Dialect, box.make(name, rich.box({"event_types": {904: 1, 905: 28}}, maneuvers={("north_in", 2): ["straight"]}))
    )
    settings: dict[str, Any] = {"name": name, "username": "box", "password_file": password, "ack_timeout_s": 5} | more
    return Rig(folder / "box", port, dialect=lambda _: made, **settings)


def _tell_all(rig: Rig) -> int:
    events = [said.event(5, code=904, state="start"), said.event(6, code=905, state="start")]
    for kind in rich.KINDS:
        told = RoadEvents(events, []) if kind == "event" else rich.told(kind)
        rig.add(kind, kind in ("participant", "lamp"), told)
    return len(rich.KINDS)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_record_is_held_and_none_refused(name: str, port: int, tmp_path: Path, start: Starter) -> None:
    platform = start(name, port)
    rig = _rig(name, port, tmp_path)
    count = _tell_all(rig)
    rig.until(lambda: rig.now().waiting == 0, "all is held", 20)
    now = rig.now()
    assert (now.acknowledged, now.refused, now.troubles) == (count, {}, [])
    heard = platform.heard()
    rig.close()
    assert (heard["refused"], heard["examples"]) == (0, [])
    assert {kind: n for kind, n in heard["received"].items() if kind != "HEARTBEAT"} == EXPECTED[name]


@pytest.mark.parametrize("name", ["rcu2cloud", "tits0180-http"])
def test_records_wait_for_a_platform_that_is_gone(name: str, port: int, tmp_path: Path, start: Starter) -> None:
    rig = _rig(name, port, tmp_path)
    rig.add("run-status", told=rich.told("run-status"))
    assert "listens" in rig.until_trouble("listens")
    first = start(name, port)
    rig.until(lambda: rig.now().waiting == 0, "it comes", 20)
    first.kill()
    rig.add("run-status", told=rich.told("run-status"))
    rig.until(lambda: not rig.now().connected, "it is noticed", 20)
    second = start(name, port)
    rig.until(lambda: rig.now().waiting == 0, "it comes back", 20)
    heard = second.heard()
    rig.close()
    assert (heard["refused"], heard["received"].get("STATUS", heard["received"].get("run-status"))) == (0, 1)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("name", ["rcu2cloud", "cooperative"])
def test_over_tls_with_the_boxs_certificate(name: str, port: int, tmp_path: Path, start: Starter) -> None:
    tls = certificates(tmp_path)
    platform = start(name, port, "--tls", str(tmp_path))
    rig = _rig(name, port, tmp_path, tls=tls, host="localhost")
    count = _tell_all(rig)
    rig.until(lambda: rig.now().waiting == 0, "all is held", 30)
    now = rig.now()
    assert (now.acknowledged, now.refused) == (count, {})
    assert rig.sender.link is not None and rig.sender.link.peer_until, "the platform has proved itself"
    nobody = tls.model_copy(update={"certificate": None, "key": None})
    (tmp_path / "stranger").mkdir()
    stranger = _rig(name, port, tmp_path / "stranger", tls=nobody, host="localhost")
    stranger.add("event", told=RoadEvents([said.event(5, code=904, state="start")], []))
    stranger.turn_for(2.0)
    assert stranger.now().acknowledged == 0, "the platform wants the box's certificate"
    stranger.close()
    heard = platform.heard()
    rig.close()
    assert (heard["refused"], heard["examples"]) == (0, [])
