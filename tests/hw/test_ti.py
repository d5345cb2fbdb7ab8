"""The TI radar's driver: profile, dialogue with a radar in any state, measurements and their stamps."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hw.errors import ProfileError
from hw.radar.ti import TiRadar, TiSettings
from hw.radar.ti_cli import ANSWER_NS, TRIES, Dialogue, parse_profile, read_profile
from hw.radar.ti_clock import FrameClock
from hw.radar.ti_frames import LAYOUTS, MAGIC, TLV_HEADER, Table, TiFrame, encode
from hw.radar.ti_types import POINTS, SIDE_INFO, STATS, TARGETS
from perception.objects import Detections, PointCloud
from sim import low_power
from sim.bench import RadarSpec
from sim.radar import EmulatedTiRadar as EmulatedRadar
from tests.hw import replay
from tests.hw.octets import written
from tests.hw.test_ti_frames import DEMO_FRAME
from tests.sim.emul_scene import ROOT, bench, frame

MS = 1_000_000
START_NS = 1_795_392_000_000 * MS
TRACKING = ROOT / "configs" / "ti-traffic-68xx.cfg"
POINTS_ONLY = "sensorStop\nflushCfg\nframeCfg 0 1 64 0 100 1 0\nsensorStart\n"


def driver(profile: Path = TRACKING, latency_ms: float = 25.0) -> TiRadar:
    data = {"serial": {"path": "data", "baud": 921600}}
    cli = {"serial": {"path": "cli"}}
    settings = {"cli": cli, "data": data, "profile": profile, "latency_ms": latency_ms}
    return TiRadar("radar", TiSettings.model_validate(settings))


def targets(*rows: tuple[int, tuple[float, float, float], tuple[float, float, float]]) -> Table:
    table = np.zeros(len(rows), LAYOUTS[TARGETS])
    for row, (tid, position, velocity) in enumerate(rows):
        table[row]["tid"], table[row]["position"], table[row]["velocity"] = tid, position, velocity
    table["confidence"] = 0.9
    return table


def frame_of(number: int) -> TiFrame:
    """Return a frame of an empty road: statistics, and no list."""
    return TiFrame(number, 0, {STATS: np.zeros(1, LAYOUTS[STATS])})


def detections(radar: TiRadar, *frames: TiFrame, receipt_ns: int = START_NS) -> list[Detections]:
    found = radar.received("data", b"".join(map(encode, frames)), receipt_ns)
    assert all(isinstance(one, Detections) for one in found)
    return [one for one in found if isinstance(one, Detections)]


# profile


def test_a_profile_is_its_commands_and_what_the_driver_must_know() -> None:
    profile = parse_profile(
        "% a comment\n flushCfg  % another\n\nframeCfg 0 1 64 0 50  1 0\ntrackingCfg 1 2\nsensorStart\n"
    )
    assert profile.commands == ("sensorStop", "flushCfg", "frameCfg 0 1 64 0 50 1 0", "trackingCfg 1 2", "sensorStart")
    assert profile.period_ns == 50 * MS and profile.tracks


LOW_POWER = (
    "sensorStop 0\nchannelCfg 7 3 0\nchirpComnCfg 16 0 0 128 4 28 3\nchirpTimingCfg 6 32 0 40 60\n"
    "frameCfg 2 0 200 64 80 0\nguiMonitor 2 0 0 0 0 1 0 0 1 0 0\ntrackingCfg 1 2 100 6 61.4 191.8 100\n"
    "sensorStart 0 0 0 0\n"
)


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


# dialogue


def emulated() -> EmulatedRadar:
    spec = bench().emulators["radar-north"]
    assert isinstance(spec, RadarSpec)
    return EmulatedRadar("radar-north", spec, bench())


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


# measurements


def test_targets_are_turned_from_ti_axes_into_the_sensor_frame() -> None:
    [scan] = detections(driver(), TiFrame(1, 0, {TARGETS: targets((7, (2.0, 40.0, -5.0), (0.5, -12.0, 0.0)))}))
    assert scan.position.tolist() == [[40.0, -2.0]]  # forward, left
    assert scan.velocity.tolist() == [[-12.0, -0.5]]
    assert scan.source_id.tolist() == [7] and scan.kind.tolist() == [0]
    assert scan.confidence == pytest.approx([0.9])
    assert np.isnan(scan.covariance).all()  # the error covariance of this row is zero: says nothing
    assert np.isnan(scan.size).all() and np.isnan(scan.box).all()


def test_the_error_covariance_is_turned_from_range_and_azimuth_into_x_and_y() -> None:
    rows = targets((1, (0.0, 100.0, 0.0), (0, 0, 0)), (2, (50.0, 50.0, 0.0), (0, 0, 0)))
    rows["ec"] = np.diag([0.09, np.radians(1) ** 2, 1, 1])
    [scan] = detections(driver(), TiFrame(1, 0, {TARGETS: rows}))
    across = (100 * np.radians(1)) ** 2
    assert scan.covariance[0] == pytest.approx(np.diag([0.09, across]), rel=1e-5)
    # to the right at 45 degrees: the line of sight goes x+ y-, the larger error lies across it
    values, vectors = np.linalg.eigh(scan.covariance[1])
    assert values == pytest.approx([0.09, across / 2], rel=1e-5)
    assert abs(vectors[:, 0] @ [1, -1]) == pytest.approx(np.sqrt(2))


def test_a_tracking_radar_without_targets_sees_an_empty_road() -> None:
    [scan] = detections(driver(), TiFrame(1, 0, {STATS: np.ones(1, LAYOUTS[STATS])}))
    assert scan.position.shape == (0, 2) and scan.covariance.shape == (0, 2, 2)


def test_rows_that_cannot_be_cost_only_themselves() -> None:
    bad = targets(
        (1, (0, 20, 0), (0, 0, 0)),
        (2, (np.nan, 20, 0), (0, 0, 0)),
        (3, (0, 2e9, 0), (0, 0, 0)),
        (4, (0, 9, 0), (0, 400, 0)),
    )
    radar = driver()
    [scan] = detections(radar, TiFrame(1, 0, {TARGETS: bad}))
    assert scan.source_id.tolist() == [1] and radar.counters == {"implausible": 3}


def test_duplicates_are_dropped_and_gaps_counted() -> None:
    radar = driver()
    numbers = [1, 2, 2, 3, 7, 3, 8, 1_000_000, 1]
    scans = detections(radar, *(TiFrame(number, 0, {TARGETS: targets()}) for number in numbers))
    assert len(scans) == 6 and radar.counters == {"duplicate": 3, "gap": 3}


def test_numbers_begin_anew_when_the_profile_is_loaded_again() -> None:
    radar = driver()
    assert len(detections(radar, frame_of(1), frame_of(2))) == 2
    radar.opened("cli", START_NS)
    assert len(detections(radar, frame_of(1))) == 1


def test_a_radar_without_a_tracker_gives_point_clouds(tmp_path: Path) -> None:
    (tmp_path / "points.cfg").write_text(POINTS_ONLY)
    radar = driver(tmp_path / "points.cfg")
    (cloud,) = radar.received("data", written(DEMO_FRAME), START_NS)
    assert isinstance(cloud, PointCloud)
    # x forward, y left: TI's y forward, x right
    assert cloud.points.tolist() == [[12.5, 2.5, 0.5], [20.0, -1.0, -0.25]]
    assert cloud.snr.tolist() == pytest.approx([18.1, 12.0])
    assert radar.counters == {"unused-tlv": 1}


def test_points_without_matching_side_info_have_no_snr(tmp_path: Path) -> None:
    (tmp_path / "points.cfg").write_text(POINTS_ONLY)
    tlvs = {POINTS: np.ones(2, LAYOUTS[POINTS]), SIDE_INFO: np.ones(1, LAYOUTS[SIDE_INFO])}
    [cloud] = driver(tmp_path / "points.cfg").received("data", encode(TiFrame(1, 0, tlvs)), START_NS)
    assert isinstance(cloud, PointCloud) and np.isnan(cloud.snr).all()


@pytest.mark.parametrize("path", replay.logs("ti-mmwave"), ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


# low-power radars


ONE_LINE = {**replay.OTHERWISE["low-power"], "latency_ms": 25.0}


def low_power_driver(profile: Path | None = None) -> TiRadar:
    return TiRadar("radar", TiSettings.model_validate(ONE_LINE | ({"profile": profile} if profile else {})))


def low_power_tlv(kind: int, payload: bytes, number: int = 1) -> bytes:
    return low_power.frame(number, 0, 0, [TLV_HEADER.pack(kind, len(payload)) + payload])


def test_commands_and_frames_of_a_low_power_radar_share_a_line() -> None:
    spec = emulated()._spec.model_copy(update={"data": None})
    radar, device = low_power_driver(), EmulatedRadar("radar-north", spec, bench())
    radar.opened("cli", START_NS)
    found, now_ns = [], START_NS
    for turn in range(200):
        now_ns += 10 * MS
        for _, command in radar.due(now_ns):
            for answer in device.received("cli", command, now_ns):
                found += radar.received("cli", answer.data, now_ns)
        for write in device.capture(turn, frame([])) if turn % 10 == 0 else []:
            assert write.port == "cli"
            found += radar.received("cli", write.data, now_ns)
    assert len(found) >= 15 and all(isinstance(one, Detections) for one in found)
    assert radar.error is None and radar.counters.keys() == {"unused-tlv"}


def test_points_of_a_low_power_radar_come_in_stated_units(tmp_path: Path) -> None:
    (tmp_path / "points.cfg").write_text(LOW_POWER.replace("trackingCfg 1", "trackingCfg 0"))
    place = np.array([[-2.0, 40.0, 1.5], [0.5, 12.25, -1.0]])
    sent = low_power.points(place, np.array([-12.0, 3.5]), np.array([20.0, 7.25]))
    [cloud] = low_power_driver(tmp_path / "points.cfg").received("cli", low_power.frame(1, 0, 2, [sent]), START_NS)
    assert isinstance(cloud, PointCloud)
    assert cloud.points == pytest.approx(np.array([[40.0, 2.0, 1.5], [12.25, -0.5, -1.0]]), abs=1e-3)
    assert cloud.doppler == pytest.approx([-12.0, 3.5], abs=1e-5) and cloud.snr == pytest.approx([20.0, 7.2], abs=0.051)


@given(st.binary(max_size=120).filter(lambda payload: MAGIC not in payload))  # with it inside, a frame is torn
def test_no_list_of_low_power_points_raises(payload: bytes) -> None:
    [found] = [low_power_tlv(301, payload)]
    radar = low_power_driver()
    scans = radar.received("cli", found, START_NS)
    assert len(scans) == 1 and radar.counters["tlv-length"] in (0, 1)


def test_a_tlv_of_no_known_kind_is_named_and_costs_nothing_else() -> None:
    radar = low_power_driver()
    [scan] = radar.received("cli", low_power_tlv(4711, bytes(12)) + low_power_tlv(308, bytes(112), 2), START_NS)
    assert isinstance(scan, Detections) and radar.counters["unknown-tlv"] == 1
    words = radar.explain("unknown-tlv", radar.counters.samples["unknown-tlv"])
    assert words == "TLV 4711, 12 octets: a kind that this driver does not know, left out"


# stamps


def test_a_frame_was_true_before_its_time_on_the_line_and_the_latency() -> None:
    sent = TiFrame(1, 0, {TARGETS: targets((1, (0, 20, 0), (0, 0, 0)))})
    [scan] = detections(driver(latency_ms=30.0), sent)
    on_line_ns = round(len(encode(sent)) * 10 * 1e9 / 921600)
    assert START_NS - scan.stamp_ns == on_line_ns + 30 * MS
    assert scan.receipt_ns == START_NS


def test_delays_on_the_way_do_not_move_the_stamps() -> None:
    delays, radar = random.Random(3), driver(latency_ms=0)
    stamps = []
    for number in range(1, 200):
        late_ns = round(delays.expovariate(1 / 4) * MS)
        [scan] = detections(radar, frame_of(number), receipt_ns=START_NS + number * 100 * MS + late_ns)
        stamps.append(scan.stamp_ns - START_NS - number * 100 * MS)
    assert np.std(stamps[64:]) < 0.3 * MS and abs(np.mean(stamps[64:])) < 1.0 * MS


def test_a_device_that_starts_afresh_gets_a_fresh_time_base() -> None:
    clock = FrameClock(100 * MS)
    for number in range(500, 600):
        clock.stamp(number, START_NS + number * 100 * MS)
    later_ns = START_NS + 70_000 * MS
    assert clock.stamp(1, later_ns) == later_ns
