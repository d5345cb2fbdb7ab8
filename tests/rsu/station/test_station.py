"""The whole station, from device bytes to frames, in virtual time."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest

import v2x
from perception.objects import Fix, RoadUser
from perception.results import Tracks
from rsu.bus.told import RoadEvents
from rsu.site import config
from rsu.station.station import Output
from sim import recorded
from sim.frames import WorldFrame
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS
from tests.rsu.virtual_site import run
from v2x import SERVICES, dsmp
from v2x.aids import Kind

S = 1_000_000_000


@pytest.fixture(scope="module")
def minute() -> list[tuple[int, Output]]:
    """Return 20 s of outputs, each frame with its time."""
    return [(now, output) for now, _, output in run(20.0)]


def decoded(outputs: list[tuple[int, Output]], kind: str) -> list[tuple[int, v2x.Message]]:
    return [
        (now, v2x.decode(dsmp.parse(frame.frame).payload))
        for now, output in outputs
        for frame in output.frames
        if frame.kind == kind
    ]


def digest(outputs: list[tuple[int, Output]]) -> str:
    total = hashlib.sha256()
    for now, output in outputs:
        total.update(now.to_bytes(8))
        for frame in output.frames:
            total.update(frame.frame)
        total.update(msgspec.msgpack.encode([list(draft) for draft in output.drafts]))
    return total.hexdigest()


def test_rates_aids_and_priorities(minute: list[tuple[int, Output]]) -> None:
    cycles = Counter((frame.kind, now) for now, output in minute for frame in output.frames)
    per_kind = Counter(kind for kind, _ in cycles)
    late = [now for now, _ in minute if now >= EPOCH_NS + 5 * S]
    assert Counter(kind for kind, now in cycles if now >= EPOCH_NS + 5 * S) == {
        "rsm": len(late),
        "spat": len(late),
        "map": 15,
        "rsi": 15,
    }, per_kind
    kinds: dict[str, Kind] = {"rsm": "rsm", "spat": "spat", "map": "map", "rsi": "rsi-static"}
    for _, output in minute:
        for frame in output.frames:
            service = SERVICES[kinds[frame.kind]]
            assert (frame.aid, frame.priority) == (service.aid, service.priority)
            assert dsmp.parse(frame.frame).aid == service.aid and len(frame.frame) <= 1400


def test_message_counts_go_on_without_a_hole(minute: list[tuple[int, Output]]) -> None:
    for kind in ("rsm", "spat", "map", "rsi"):
        counts = [message.msg_cnt for _, message in decoded(minute, kind)]
        assert [(b - a) % 128 for a, b in itertools.pairwise(counts)] == [1] * (len(counts) - 1)


def test_nothing_with_a_time_before_utc_is_known(minute: list[tuple[int, Output]]) -> None:
    first = minute[0]
    assert {frame.kind for frame in first[1].frames} <= set()


def test_spat_counts_down_between_reports(minute: list[tuple[int, Output]]) -> None:
    """Reports come once a second; the countdown falls by 0.1 s every 100 ms, and jumps only where a light changes."""
    seen: dict[int, tuple[str, float]] = {}
    changes = 0
    for now, message in decoded(minute, "spat"):
        if now < EPOCH_NS + 5 * S:
            continue
        for phase in message.intersections[0].phases:
            state = phase.states[0]
            assert state.timing is not None and state.timing.likely_end_s is not None
            light, left = seen.get(phase.phase_id, (None, 0.0))
            if light == state.light:
                assert left - state.timing.likely_end_s == pytest.approx(0.1, abs=0.051)
            elif light is not None:
                changes += 1
                assert left <= 0.2
            seen[phase.phase_id] = (state.light, state.timing.likely_end_s)
    assert len(seen) == 16 and changes >= 8


def test_map_spat_and_site_name_the_same_node(minute: list[tuple[int, Output]]) -> None:
    (node,) = {message.nodes[0].id for _, message in decoded(minute, "map")}
    assert {message.intersections[0].intersection_id for _, message in decoded(minute, "spat")} == {node}
    assert (node.region, node.id) == (1, 10)
    phases = {
        connection.phase_id
        for _, message in decoded(minute, "map")[:1]
        for link in message.nodes[0].links
        for lane in link.lanes
        for connection in lane.connects_to
    } - {None}
    shown = {phase.phase_id for phase in decoded(minute, "spat")[0][1].intersections[0].phases}
    assert phases and phases <= shown


def test_rsm_has_road_users_of_all_sources(minute: list[tuple[int, Output]]) -> None:
    late = [message for now, message in decoded(minute, "rsm") if now >= EPOCH_NS + 10 * S]
    users = [p for message in late for p in message.participants if p.ptc_id]
    assert {"motor", "non-motor", "pedestrian"} <= {p.ptc_type for p in users}
    assert {"video", "v2x", "integrated"} <= {p.source for p in users}
    assert all((p.id is not None) == (p.source == "v2x") for p in users)


def test_the_same_input_gives_the_same_bytes(minute: list[tuple[int, Output]]) -> None:
    assert digest([(now, output) for now, _, output in run(20.0)]) == digest(minute)


def test_records_for_the_cloud(minute: list[tuple[int, Output]]) -> None:
    kinds = Counter(draft.kind for _, output in minute for draft in output.drafts)
    assert kinds["participant"] >= 15 and kinds["lamp"] >= 15
    assert kinds["basic-status"] == 1 and kinds["run-status"] >= 1


def test_a_silent_signal_controller_goes_through_the_gates_states() -> None:
    """G1: normal to 2.5 s, marked to 3.5 s, unavailable to 8.5 s, then silence; back with the first report."""
    cut = (5.0, 16.0)
    states: list[tuple[float, str, tuple[str, ...]]] = []
    lights: dict[str, set[str]] = {}
    for now, station, output in run(19.0, {"signal": cut}):
        spat = next(m for m in station.snapshot(now).messages if m.kind == "spat")
        state = (spat.decision, tuple(spat.reasons))
        if not states or states[-1][1:] != state:
            states.append(((now - EPOCH_NS) / S, *state))
        for frame in output.frames:
            if frame.kind == "spat":
                phases = v2x.decode(dsmp.parse(frame.frame).payload).intersections[0].phases
                lights.setdefault(spat.reasons[0] if spat.reasons else "", set()).update(
                    s.light for p in phases for s in p.states
                )
    story = [state for at, *state in states if at >= 4.0]
    begin = next(i for i, state in enumerate(story) if state == ["degraded", ("signal-stale",)])
    assert story[begin : begin + 4] == [
        ["degraded", ("signal-stale",)],
        ["degraded", ("signal-unavailable",)],
        ["silent", ("signal-lost",)],
        ["send", ()],
    ], states
    times = {state[2]: state[0] for state in states if state[0] > 5.0}
    assert 6.5 <= times[("signal-stale",)] <= 7.7
    assert times[("signal-unavailable",)] == pytest.approx(times[("signal-stale",)] + 1.0, abs=0.11)
    assert times[("signal-lost",)] == pytest.approx(times[("signal-unavailable",)] + 5.0, abs=0.11)
    assert lights["signal-unavailable"] == {"unavailable"} and "unavailable" not in lights[""]


def test_without_gnss_nothing_goes_on_air() -> None:
    for now, station, output in run(4.0, {"gnss": (0.0, 9.0)}):
        assert output.frames == []
        reasons = {m.kind: m.reasons for m in station.snapshot(now).messages}
        assert "no-time" in reasons["rsm"] and "no-position" in reasons["map"]


def test_a_lost_camera_costs_only_itself() -> None:
    outputs = [(now, station, output) for now, station, output in run(10.0, {"camera-north": (5.0, 99.0)})]
    now, station, _ = outputs[-1]
    rsm = next(m for m in station.snapshot(now).messages if m.kind == "rsm")
    assert (rsm.decision, rsm.reasons) == ("degraded", ["sensor-lost"])
    assert all(any(f.kind == "rsm" for f in output.frames) for at, _, output in outputs if at > EPOCH_NS + 2 * S)
    assert len(station.snapshot(now).tracks) > 10


def stopped_car(t: float) -> tuple[float, float]:
    """Return north in metres and speed of a car that brakes at 7 s, stands 37 m before the line 11..23 s, goes on."""
    if t < 7:
        return 133 - 8 * t, 8.0
    if t < 11:
        return 77 - 8 * (t - 7) + (t - 7) ** 2, 8.0 - 2 * (t - 7)
    if t < 23:
        return 61.0, 0.0
    return 61 - (t - 23) ** 2, 2 * (t - 23)


def with_a_stopped_car() -> Iterator[WorldFrame]:
    """The recorded world and one more car on the northern arm."""
    for frame in recorded.frames():
        north, speed = stopped_car(frame.stamp_ns / S)
        yield msgspec.structs.replace(
            frame,
            id=np.append(frame.id, 99_999),
            kind=np.append(frame.kind, int(RoadUser.CAR)),
            position_m=np.vstack([frame.position_m, [-3.0, north]]),
            velocity_mps=np.vstack([frame.velocity_mps, [0.0, -speed]]),
            heading_deg=np.append(frame.heading_deg, 180.0),
            size_m=np.vstack([frame.size_m, [4.6, 1.8, 1.5]]),
            equipped=np.append(frame.equipped, 0),
        )


def test_a_stopped_vehicle_is_announced_and_ended() -> None:
    """RSI event 903 while it stands, its end for 2 s more, then silence; start and end go to the cloud at once."""
    outputs = [(now, output) for now, _, output in run(30.0, world=with_a_stopped_car)]
    seen = [
        ((now - EPOCH_NS) / S, event)
        for now, message in decoded(outputs, "rsi")
        for event in message.events
        if event.event_type == 903 and event.links and event.links[0].upstream.id == 11
    ]
    times = [at for at, event in seen if event.time.end_moy is None]
    ends = [at for at, event in seen if event.time.end_moy is not None]
    assert 11.0 <= times[0] <= 13.0  # within 2 s after it stood still
    assert 23.0 <= ends[0] <= 25.5 and ends[-1] <= ends[0] + 2.0
    assert max(times) < ends[0] and len({event.rte_id for _, event in seen}) == 1
    assert [b - a for a, b in itertools.pairwise(times)] == [pytest.approx(0.1)] * (len(times) - 1)
    assert all(message.signs == () or message.events == () for _, message in decoded(outputs, "rsi"))
    told = [d.data for _, o in outputs for d in o.drafts if isinstance(d.data, RoadEvents)]
    mine = [event for each in told for event in each.events if event.code == 903 and event.state == "end"]
    assert len(mine) == 1 and mine[0].start_ns < mine[0].stamp_ns


def test_proxy_bsms_only_when_switched_on() -> None:
    site = config.load(CONFIGS / "demo.yaml")
    messages = site.site.messages.model_copy(update={"proxy_bsm": True})
    switched = site._replace(site=site.site.model_copy(update={"messages": messages}))
    outputs = [(now, output) for now, _, output in run(8.0, site=switched)]
    proxies = [message for _, message in decoded(outputs, "bsm")]
    (rsu_id,) = {message.id for _, message in decoded(outputs, "rsm")}
    equipped = {p.id for _, message in decoded(outputs, "rsm") for p in message.participants if p.source == "v2x"}
    assert len(proxies) > 300 and {proxy.id[:6] for proxy in proxies} == {rsu_id[:6]}
    assert equipped and not equipped & {proxy.id for proxy in proxies}


def test_a_radio_that_says_it_does_not_send_is_a_reason() -> None:
    now, station, _ = list(run(1.0))[-1]
    health = [
        msgspec.structs.replace(each, error="no synchronisation") if each.name == "radio" else each
        for each in station._health
    ]
    station.advance(now + 100_000_000, health)
    reasons = {m.kind: (m.decision, m.reasons) for m in station.snapshot(now).messages}
    assert reasons["map"] == ("degraded", ["radio-fault"])


@pytest.mark.parametrize(
    ("wrong_ms", "rsm", "spat"), [(30, "send", "send"), (70, "silent", "send"), (120, "silent", "silent")]
)
def test_what_a_wrong_clock_silences(wrong_ms: int, rsm: str, spat: str) -> None:
    """RSM needs UTC to 50 ms, SPAT to 100 ms (G3)."""
    now, station, _ = list(run(3.0))[-1]
    for number in range(1, 16):  # 3 s of solutions that come so much later than they should
        receipt_ns = now + number * 200_000_000
        stamp_ns = receipt_ns - (15 + wrong_ms) * 1_000_000
        station.ingest(
            Fix(
                device="gnss", stamp_ns=stamp_ns, receipt_ns=receipt_ns, valid=True, kind="3d", latitude_deg=22.5431,
                longitude_deg=114.0579, height_m=12.0, satellites=12, horizontal_accuracy_m=1.0, time_accuracy_ns=30,
            )
        )  # fmt: skip
    station.advance(now + 200_000_000, station._health)
    said = {m.kind: m.decision for m in station.snapshot(now).messages}
    assert (said["rsm"], said["spat"]) == (rsm, spat)


def test_spat_leaves_before_fusion_looks_at_the_road(monkeypatch: pytest.MonkeyPatch) -> None:
    now, station, _ = list(run(4.0))[-1]
    story: list[str] = []
    look = station._fusion.tracks

    def heard(now_ns: int) -> Tracks:
        story.append("fusion")
        return look(now_ns)

    monkeypatch.setattr(station._fusion, "tracks", heard)
    station.advance(now + 100_000_000, station._health, lambda frame: story.append(frame.kind))
    assert story[:3] == ["spat", "fusion", "rsm"] and "spat" not in story[1:]
