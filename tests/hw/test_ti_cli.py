"""The TI radar's profile, and the dialogue with a radar in any state."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hw.errors import ProfileError
from hw.radar.ti import TiRadar, TiSettings
from hw.radar.ti_cli import ANSWER_NS, TRIES, Dialogue, parse_profile, read_profile
from sim.radar import EmulatedTiRadar as EmulatedRadar
from tests.hw.ti_octets import LOW_POWER, MS, POINTS_ONLY, START_NS, TRACKING, driver, emulated
from tests.sim.emul_scene import frame


def test_a_profile_is_its_commands_and_what_the_driver_must_know() -> None:
    profile = parse_profile(
        "% a comment\n flushCfg  % another\n\nframeCfg 0 1 64 0 50  1 0\ntrackingCfg 1 2\nsensorStart\n"
    )
    assert profile.commands == ("sensorStop", "flushCfg", "frameCfg 0 1 64 0 50 1 0", "trackingCfg 1 2", "sensorStart")
    assert profile.period_ns == 50 * MS and profile.tracks


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "sensorStart"),
        ("sensorStart\n", "frame period"),
        ("frameCfg 0 1\nsensorStart\n", "frame period"),
        ("frameCfg 0 1 64 0 50 1 0\n", "sensorStart"),
        ("frameCfg 0 1 64 0 50 1 0\nsensorStarted\n", "sensorStart"),
        ("frameCfg 0 1 64 0 0 1 0\nsensorStart\n", "not 0"),
        ("frameCfg 0 1 64 0 nan 1 0\nsensorStart\n", "not nan"),
        ("frameCfg 0 1 64 0 inf 1 0\nsensorStart\n", "not inf"),
        ("% well\nframeCfg \uff10 1 64 0 50 1 0\nsensorStart\n", "line 2"),  # a full-width 0
        ("frameCfg 0 1 64 0 50 1 0\nbaudRate 1250000\nsensorStart\n", "baudRate"),
    ],
)
def test_a_profile_that_cannot_work_is_refused(text: str, why: str) -> None:
    with pytest.raises(ProfileError, match=why):
        parse_profile(text)


def test_the_first_word_is_the_command_of_a_low_power_radar() -> None:
    profile = parse_profile(LOW_POWER)
    assert profile.commands[0] == "sensorStop 0" and profile.commands[-1] == "sensorStart 0 0 0 0"
    assert (profile.period_ns, profile.tracks, profile.statistics) == (80 * MS, True, True)
    assert profile.commands.count("sensorStop") == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_comments_may_be_chinese_and_are_not_sent(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "profile.cfg"
    path.write_bytes(
        ("% 路口北侧雷达，帧周期\u2028 50 ms\r\n" + POINTS_ONLY.replace("\n", " % 说明\r\n")).encode(encoding)
    )
    assert read_profile(path).commands == ("sensorStop", "flushCfg", "frameCfg 0 1 64 0 100 1 0", "sensorStart")


@pytest.mark.parametrize(
    ("monitor", "told"),
    [("-1 1 0 0 0 0 1", True), ("-1 1 0 0 0 0 0", False), ("2 0 0 0 0 1 0 0 1 0 0", True),
     ("2 0 0 0 0 0 1 0 1 0 0", False)],
)  # fmt: skip
def test_a_profile_tells_whether_every_frame_has_statistics(monitor: str, told: bool) -> None:
    text = POINTS_ONLY.replace("flushCfg", f"guiMonitor {monitor}")
    assert parse_profile(text).statistics is told


def test_a_profile_lies_beside_the_site_file_and_is_read_when_the_settings_are(tmp_path: Path) -> None:
    (tmp_path / "mine.cfg").write_text(POINTS_ONLY)
    values = {"cli": {"serial": {"path": "c"}}, "data": {"serial": {"path": "d"}}, "profile": "mine.cfg"}
    settings = TiSettings.model_validate(values, context={"folder": tmp_path})
    assert settings.profile == tmp_path / "mine.cfg"
    with pytest.raises(ValidationError, match=r"mine\.cfg"):
        TiSettings.model_validate(values)


def talk(radar: TiRadar, device: EmulatedRadar, now_ns: int = START_NS, limit_ms: int = 3000) -> int:
    """Let the two talk, 10 ms a turn, until the radar sends frames; return how long it took."""
    for turn in range(0, limit_ms, 10):
        for port, command in radar.due(now_ns + turn * MS):
            for answer in device.received(port, command, now_ns):
                radar.received("cli", answer.data, now_ns)
        if device.capture(turn, frame([])) and radar.due(now_ns + turn * MS) == []:
            return turn
    raise AssertionError(f"not started: {radar.error}")


def test_the_profile_is_loaded_line_by_line() -> None:
    radar, device = driver(), emulated()
    assert device.capture(0, frame([])) == []  # nothing before sensorStart
    radar.opened("cli", START_NS)
    radar.opened("data", START_NS)
    lines = len(parse_profile(TRACKING.read_text()).commands)
    assert talk(radar, device) < 10 * (lines + 2)
    assert radar.error is None and not radar.counters


def test_a_low_power_radar_is_started_with_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "low-power.cfg"
    path.write_text(LOW_POWER)
    radar, device = driver(path), emulated()
    radar.opened("cli", START_NS)
    talk(radar, device)
    assert radar.error is None and not radar.counters


def test_a_radar_that_runs_already_is_stopped_and_loaded_anew() -> None:
    first, second, device = driver(), driver(), emulated()
    first.opened("cli", START_NS)
    talk(first, device)
    device.received("cli", b"profil", START_NS)  # and the daemon died in the middle of a line
    second.opened("cli", START_NS)
    port, command = second.due(START_NS)[0]
    second.received("cli", b"".join(answer.data for answer in device.received(port, command, START_NS)), START_NS)
    assert device.capture(0, frame([])) == []
    talk(second, device, START_NS + 10 * MS)
    assert second.error is None and not second.counters


def test_lost_characters_are_asked_for_again() -> None:
    radar, device, damage = driver(), emulated(), random.Random(5)
    radar.opened("cli", START_NS)
    now_ns = START_NS
    while not device.capture(0, frame([])):
        now_ns += 10 * MS
        assert now_ns < START_NS + 120_000 * MS
        for port, command in radar.due(now_ns):
            for answer in device.received(port, command, now_ns):
                cut = damage.randrange(len(answer.data)) if damage.random() < 0.2 else len(answer.data)
                radar.received("cli", answer.data[:cut], now_ns)
    assert radar.counters["cli-timeout"] > 3


def test_a_silent_data_port_loads_the_profile_again_but_not_while_it_is_being_loaded() -> None:
    radar, device = driver(), emulated()
    radar.opened("cli", START_NS)
    radar.due(START_NS)
    radar.opened("data", START_NS)
    assert radar.due(START_NS + MS) == []  # still waits for the first answer
    device.received("cli", b"sensorStop\n", START_NS)
    done_ns = START_NS + (talk(radar, device, START_NS + 2000 * MS) + 2000) * MS
    radar.opened("data", done_ns)
    assert radar.due(done_ns + MS) == []  # its frames are on their way
    radar.opened("data", done_ns + 5000 * MS)
    assert radar.due(done_ns + 5001 * MS) == [("cli", b"\nsensorStop\n")]


def test_a_refused_command_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "odd.cfg").write_text(POINTS_ONLY.replace("flushCfg", "flushEverything"))
    radar, device = driver(tmp_path / "odd.cfg"), emulated()
    radar.opened("cli", START_NS)
    talk(radar, device)
    refusal = "'flushEverything' is not recognized as a CLI command"
    assert radar.error == f'refused "flushEverything": {refusal}' and radar.counters == {"cli-error": 1}


def test_a_refused_start_is_tried_again_later() -> None:
    dialogue = Dialogue(("sensorStop", "sensorStart"), Counter())
    assert dialogue.due(START_NS) == b"\nsensorStop\n"
    dialogue.received(b"\r\nmmwDemo:/>sensorStop\r\nIgnored: Sensor is already stopped\r\nDone\r\nmmwDemo:/>", START_NS)
    assert dialogue.due(START_NS + MS) == b"sensorStart\n"
    dialogue.received(b"sensorStart\r\nError -1\r\nmmwDemo:/>", START_NS)
    assert dialogue.error == 'refused "sensorStart": Error -1'
    assert dialogue.due(START_NS + 10 * MS) == b""
    assert dialogue.due(START_NS + 3000 * MS) == b"\nsensorStop\n"


def test_a_radar_that_does_not_answer_is_asked_thrice_then_given_a_rest() -> None:
    counters: Counter[str] = Counter()
    dialogue = Dialogue(("sensorStop", "sensorStart"), counters)
    sent = [bool(dialogue.due(START_NS + step * ANSWER_NS)) for step in range(TRIES + 1)]
    assert sent == [True] * TRIES + [False]
    assert dialogue.error == 'no answer to "sensorStop"' and counters["cli-timeout"] == TRIES


def test_the_done_of_another_command_is_not_taken_for_ours() -> None:
    dialogue = Dialogue(("sensorStop", "flushCfg", "sensorStart"), Counter())
    dialogue.due(START_NS)
    dialogue.received(b"Done\r\nmmwDemo:/>trackingCfg\r\nDone\r\n", START_NS)
    assert dialogue.due(START_NS + MS) == b""


@given(st.lists(st.tuples(st.sampled_from(["cli", "data"]), st.binary(max_size=200)), max_size=20))
def test_no_bytes_raise(pieces: list[tuple[str, bytes]]) -> None:
    radar = driver()
    radar.opened("cli", START_NS)
    for turn, (port, data) in enumerate(pieces):
        radar.due(START_NS + turn * 1000 * MS)
        assert radar.received(port, data, START_NS) == []
