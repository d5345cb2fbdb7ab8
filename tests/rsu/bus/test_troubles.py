"""Troubles, grouped: one cause, all that it silences, since when, the remedy."""

from __future__ import annotations

import msgspec
import pytest

from hw.modality import CAMERA, GNSS, OTHER, RADAR, ROWS, SIGNAL, Modality
from hw.vitals import VitalAlarm
from rsu.bus import troubles
from rsu.bus.changes import StateChanges
from rsu.bus.records import Processes, ProcessView, RecorderState, Trouble, UplinkState
from rsu.bus.snapshot import DeviceView, MessageState, Snapshot
from rsu.bus.troubles import Newest
from rsu.messages.row import Permission
from rsu.reasons import NORMAL, REASONS
from rsu.station import gate

NOW = 1_795_900_000_000_000_000


def device(name: str, modality: Modality, state: str = "ok", error: str | None = None) -> DeviceView:
    return DeviceView(name, "kind", state, 1.0, 10, {}, error, modality=modality)


def message(kind: str, *reasons: str) -> MessageState:
    return MessageState(kind, gate.judge(kind, reasons).decision.name.lower(), list(reasons), 10.0, 5)


def process(name: str, state: str = "running", **more: object) -> ProcessView:
    given = {"pid": 1, "restarts": 0, "cpu_s": 1.0, "rss_mib": 50.0, "rss_peak_mib": 60.0, "budget_rss_mib": 100}
    return ProcessView(**({"name": name, "state": state, "error": None, "budget_cpu_percent": 20} | given | more))  # type: ignore[arg-type]


def newest(
    devices: list[DeviceView] | None = None,
    messages: list[MessageState] | None = None,
    processes: list[ProcessView] | None = None,
    since: dict[str, int] | None = None,
    own: list[Trouble] | None = None,
) -> Newest:
    """Return a state in which all is as it should be but for the given records."""
    views = processes or [process(name) for name in ("station", "uplink", "recorder", "web")]
    return Newest(
        Processes(NOW, "crossing", views, troubles=own or []),
        Snapshot(NOW, "boot", [], [], [], messages or [], devices or [], 1.0, 0.1, since=since or {}),
        UplinkState(NOW, True, "mqtt://platform", 1, 1, 0, {}, None),
        RecorderState(NOW, "stopped", None, 0, 0, 0, None),
    )


def found(state: Newest) -> list[tuple[str, str, list[str]]]:
    return [(each.reason, each.about, each.silences) for each in troubles.of(state)]


def test_every_reason_of_the_gate_says_what_it_means_and_what_to_do_in_both_languages() -> None:
    assert set(gate.TABLE) <= set(REASONS)
    for reason, row in REASONS.items():
        assert row.text and row.text_zh, reason
        assert bool(row.do) == bool(row.do_zh) == (reason not in NORMAL), reason
        assert any("\u4e00" <= letter <= "\u9fff" for letter in row.text_zh), reason
        assert set(row.after) <= set(gate.TABLE), reason


def test_all_is_well() -> None:
    assert found(newest([device("gnss", GNSS)], [message("rsm")])) == []


def test_a_lost_device_explains_what_it_silences() -> None:
    state = newest(
        [device("gnss", GNSS, "lost", "hung up"), device("cam", CAMERA)],
        [message("spat", "no-time"), message("rsm", "no-time", "no-position"), message("map")],
        since={"device gnss": NOW - 5_000_000_000},
    )
    (trouble,) = troubles.of(state)
    assert (trouble.reason, trouble.about, trouble.detail) == ("device-lost", "gnss", "hung up")
    assert sorted(trouble.silences) == ["RSM silent", "SPAT silent"] and trouble.since_ns == NOW - 5_000_000_000
    assert "since" in troubles.sentence(trouble) and "SPAT silent" in troubles.sentence(trouble)
    assert "gnss: a GNSS receiver is lost" in troubles.sentence(trouble)
    assert "gnss: GNSS 接收机失联" in troubles.sentence(trouble, "zh")
    assert "cable" in troubles.remedy(trouble) and "线缆" in troubles.remedy(trouble, "zh")
    assert troubles.is_alarm(trouble)


def test_a_reason_that_no_device_explains_is_a_cause_itself() -> None:
    state = newest(
        [device("signal", SIGNAL)],
        [message("spat", "conflicting-greens")],
        since={"message spat": NOW},
    )
    assert found(state) == [("conflicting-greens", "", ["SPAT silent"])]


def test_what_follows_from_another_reason_is_no_cause() -> None:
    state = newest([device("gnss", GNSS)], [message("map", "no-position"), message("rsi", "map-silent")])
    assert [reason for reason, _, _ in found(state)] == ["no-position"]
    alone = newest(messages=[message("map", "switched-off"), message("rsi", "map-silent")])
    assert found(alone) == [("map-silent", "", ["RSI silent"])]


def test_its_detail_is_told_in_both_languages() -> None:
    (trouble,) = troubles.of(newest([device("cam", CAMERA, "lost", "no picture: the stream cannot be opened")]))
    assert "cam: a camera is lost (no picture: the stream cannot be opened)" in troubles.sentence(trouble)
    assert "cam: 摄像机失联 (无图像：视频流无法打开)" in troubles.sentence(trouble, "zh")


def test_one_switch_that_is_out_is_one_trouble() -> None:
    cameras = [device(f"cam-{n}", CAMERA, "lost", f"silent for {n}.0 s") for n in range(1, 4)]
    state = newest([*cameras, device("radar", RADAR)], [message("rsm", "sensor-lost")])
    assert found(state) == [("device-lost", "cam-1, cam-2, cam-3", ["RSM degraded"])]


def test_a_device_that_says_something_is_wrong_or_is_of_a_third_party() -> None:
    state = newest([device("a", RADAR, "ok", "blocked"), device("b", OTHER, "lost")])
    assert found(state) == [("device-lost", "b", []), ("device-fault", "a", [])], "the worse first"


@pytest.mark.parametrize("kind", gate.KINDS)
@pytest.mark.parametrize("reason", sorted(set(gate.TABLE) - NORMAL))
def test_nothing_that_keeps_a_message_off_air_is_left_out(kind: str, reason: str) -> None:
    if gate.judge(kind, [reason]).decision is Permission.SEND:
        return
    for devices in ([], [device(each.name, each, "lost") for each in ROWS]):
        told = " ".join(troubles.sentence(each) for each in troubles.of(newest(devices, [message(kind, reason)])))
        assert kind.upper() in told


def test_processes() -> None:
    state = newest(
        processes=[
            process("station", "degraded", error="exit code 70: KeyError: 3", ended_ns=NOW),
            process("uplink", undying=[77]),
            process("recorder", rss_mib=150.0),
            process("web", cpu_percent=50.0),
        ]
    )._replace(snapshot=None)
    assert found(state) == [
        ("process-down", "station", ["all messages"]),
        ("process-undying", "uplink", []),
        ("over-budget", "recorder", []),
        ("over-budget", "web", []),
    ]
    assert "KeyError: 3" in troubles.sentence(troubles.of(state)[0])


def test_who_runs_and_says_nothing() -> None:
    silent = newest()._replace(snapshot=None, uplink=None, recorder=None)
    assert {about for _, about, _ in found(silent)} == {"station", "uplink", "recorder"}
    assert [about for _, about, _ in found(newest()._replace(processes=None))] == ["supervisor"]


def test_uplink_and_recorder() -> None:
    state = newest()
    assert state.uplink is not None and state.recorder is not None
    uplink = UplinkState(NOW, True, "mqtt://x", 9, 1, 8, {}, None, troubles=["no acknowledgement for 60 s: see there"])
    full = RecorderState(NOW, "paused", None, 0, 3, 0, "the disk has 7 MiB too little")
    assert found(state._replace(uplink=uplink, recorder=full)) == [
        ("recorder-paused", "recorder", ["recordings"]),
        ("uplink", "mqtt://x", []),
    ]
    spool_only = UplinkState(NOW, False, "none: spool only", 9, 0, 9, {}, None)
    assert found(state._replace(uplink=spool_only)) == []
    cut = UplinkState(NOW, False, "mqtt://x", 9, 0, 9, {}, None)
    assert found(state._replace(uplink=cut)) == [("uplink", "mqtt://x", [])]


def test_what_the_supervisor_tells_is_told_on() -> None:
    own = Trouble("site-unfit", "/etc/rsu/site.yaml", "site.yaml:3:1: node: is missing", NOW)
    assert troubles.of(newest(own=[own])) == [own]
    plain = troubles.plain(own)
    assert plain["reason"] == "site-unfit" and "node: is missing" in str(plain["text"]) and plain["do"]


def test_changes_are_told_once_and_since_when() -> None:
    changes = StateChanges()
    assert [c.before for c in changes.note({"device a": "ok"}, 1)] == [None]
    assert list(changes.note({"device a": "ok"}, 2)) == []
    assert [c.state for c in changes.note({"device a": "lost (silent for 2.0 s)"}, 3)] == ["lost (silent for 2.0 s)"]
    assert list(changes.note({"device a": "lost (silent for 2.7 s)"}, 4)) == [], "the same, with other figures"
    assert [c.state for c in changes.note({"message spat": "silent time-uncertain-50ms"}, 5)]
    assert [c.state for c in changes.note({"message spat": "silent time-uncertain-100ms"}, 6)]
    assert changes.since == {"device a": 3, "message spat": 6}


def test_a_device_that_works_is_named_for_its_figures_and_its_mount() -> None:
    late = VitalAlarm("device-late", NOW, "its data are 700 ms old on arrival")
    camera = msgspec.structs.replace(device("cam", CAMERA), alarms=[late], doubt="turned by +1.2 deg")
    assert found(newest([camera])) == [("device-late", "cam", []), ("device-moved", "cam", [])]
    told = [troubles.plain(each) for each in troubles.of(newest([camera]))]
    assert [each["level"] for each in told] == ["minor", "minor"] and all(
        each["cause"] and each["clears"] for each in told
    )
    chinese = [troubles.sentence(each, "zh") for each in troubles.of(newest([camera]))]
    assert "数据到达时已过 700 ms" in chinese[0] and "转角偏差 +1.2 度" in chinese[1]
    lost = msgspec.structs.replace(camera, state="lost")
    assert found(newest([lost])) == [("device-lost", "cam", [])], "its figures are of no use"
