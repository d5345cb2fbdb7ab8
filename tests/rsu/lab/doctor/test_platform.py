"""The doctor's rows of the platform: without a broker by the uplink's word, and where the try comes to no end."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from rsu.bus.records import UplinkState
from rsu.bus.troubles import Newest
from rsu.lab.doctor import gathering
from rsu.lab.doctor.facts import NO_BROKER, SiteFacts
from rsu.lab.doctor.probe import Judgement, Measured
from rsu.reasons.broker import NO_LISTENER
from rsu.site import config
from rsu.site.uplink import PlatformSettings
from tests.rsu.lab.doctor.patients import BOX, CLOCK, examined
from tests.rsu.recording.virtual import CONFIGS

WHERE = "127.0.0.1:7000"


def told(connected: bool, error: str | None) -> dict[str, Measured]:
    """Return the first finding of each probe about a platform over TCP."""
    valid = config.load(CONFIGS / "demo.yaml")
    platform = PlatformSettings(host="127.0.0.1", port=7000, dialect="rcu2cloud")
    uplink = valid.site.uplink.model_copy(update={"platform": platform})
    state = UplinkState(0, connected, WHERE, 0, 0, 0, {}, error)
    site = valid._replace(site=valid.site.model_copy(update={"uplink": uplink}))
    found = examined(SiteFacts(0, BOX, CLOCK, [], Newest(uplink=state), site))
    return {name: each.measured[0] for name, each in found.items()}


def test_a_connected_one_is_well_and_its_broker_is_no_question() -> None:
    found = told(True, None)
    assert (found["broker-connects"].judgement, found["broker-connects"].about) == (Judgement.FINE, WHERE)
    assert (found["mqtt-version"].judgement, found["mqtt-version"].value) == (Judgement.NONE, NO_BROKER)


def test_the_uplinks_word_is_told_when_it_is_not_connected() -> None:
    one = told(False, str(NO_LISTENER.of(WHERE)))["broker-connects"]
    assert (one.judgement, one.about) == (Judgement.BAD, WHERE)
    assert WHERE in one.value.en and one.value.zh != one.value.en


def test_a_broker_whose_name_nobody_resolves_is_told_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: silence.wait(20.0))  # as with no name service
    monkeypatch.setattr(gathering, "LIMIT_S", 0.3)
    places = gathering.Whereabouts(CONFIGS / "demo.yaml", tmp_path, tmp_path)
    found = examined(gathering.gather(places, Newest()))
    silence.set()
    tried, answer = found["broker-connects"], found["broker-answer"]
    assert tried.judgement is Judgement.BAD and "no answer within 0.3 s" in tried.measured[0].value.en
    assert (answer.judgement, answer.measured[0].value) == (Judgement.NONE, tried.measured[0].value)
