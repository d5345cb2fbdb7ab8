"""The daemon takes commands from a real Mosquitto: answers, repeats, kills, and their effect on the station."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.core import audit
from sim.broker import executable
from sim.commander import Commander
from sim.commands import body, event
from tests.rsu.downlink.commanded import CommandedBox, free_port

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(120),
    pytest.mark.skipif(executable() is None, reason="mosquitto is not installed"),
]
RSI = "rsu/RSU-DEMO-1/rsi/down"
EVENT = "rscu/RSCU-DEMO-1/event/down"
CONFIG, QUERY = "rscu/RSCU-DEMO-1/config/down", "rscu/RSCU-DEMO-1/query/down"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[CommandedBox]:
    made = CommandedBox(tmp_path)
    yield made
    made.close()


def test_commands_reach_the_station_and_hold_over_kills(box: CommandedBox) -> None:
    box.until_connected()
    said = box.ask(QUERY, body(1, InfoId=0), within_s=30)
    assert said["state"] == "applied" and said["mem"]["total"] > 0
    assert box.ask("rsu/RSU-DEMO-1/versions/query", body(1))["rsuId"] == "RSU-DEMO-1"
    jam = {"eventId": 7, "eventType": 904, "longitude": 114.058, "latitude": 22.5431}
    said = box.ask(EVENT, body(1, eventList=[jam]), signed=True)
    assert said["state"] == "applied" and said["onAir"] == []  # the gate is closed: there are no devices
    assert box.ask(CONFIG, body(2, airConfig={"map": {"send": False}}))["errorDesc"].startswith("no signature")
    said = box.ask(CONFIG, body(3, airConfig={"map": {"send": False}}), signed=True)
    assert said["state"] == "applied" and said["airConfig"]["map"]["send"] is False
    assert [each["reasons"][-1] for each in box.ask(QUERY, body(2, InfoId=1))["messages"] if each["kind"] == "map"] == [
        "ordered-off"
    ]
    works = body(1, rsiSourceType=1, rsi=event("w1", 23.5, 114.0, 600))
    assert "from this box" in box.ask(RSI, works, signed=True)["errorDesc"]
    assert box.ask("rscu/RSCU-DEMO-1/recorder/down", body(1, verb="start"), within_s=60)["recorder"] != "stopped"
    box.uplink().send_signal(signal.SIGKILL)
    asked = box.commander.ask(CONFIG, body(4, airConfig={"rsm": {"local": False}}), signed=True)
    answer = box.commander.answer(asked, 20)
    assert answer is not None and answer["state"] == "applied" and answer["airConfig"]["map"]["send"] is False
    station = box.pid("station")
    revision = box.until_air(lambda air: air.revision >= 3).revision
    box.process.send_signal(signal.SIGTERM)
    box.process.wait(10)
    box.air = None
    super(CommandedBox, box).start()
    box.until_air(lambda air: air.revision == revision)
    assert box.pid("station") != station
    assert box.commander.faults == [] and audit.verify(box.data / audit.FOLDER) == []


def test_another_address_holds_once_a_platform_answers_there(box: CommandedBox, tmp_path: Path) -> None:
    box.until_connected()
    port, run = free_port(), tmp_path / "other"
    run.mkdir()
    programs = [("sim.broker", "--persistence"), ("sim.platform",)]
    there = [
        subprocess.Popen([sys.executable, "-m", name, "--run", str(run), "--port", str(port), *more])
        for name, *more in programs
    ]
    other = Commander(port, "RSCU-DEMO-1", "RSU-DEMO-1", box.commander.key, "bench")
    try:
        assert other.subscribed.wait(20)
        said = body(1, timeStamp=1, time=0, power=0, addressChg=f"127.0.0.1:{port}")
        asked = box.commander.ask("rscu/RSCU-DEMO-1/om-config/down", said, signed=True)
        answer = other.answer(asked, 60)
        assert answer is not None and answer["config"] == {"address": f"127.0.0.1:{port}"}
        assert answer["state"] == "applied" and other.faults == []
    finally:
        other.close()
        for each in there:
            each.terminate()
            each.wait(10)
