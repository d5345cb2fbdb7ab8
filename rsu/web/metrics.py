"""The board in Prometheus text format. Stale values are left out: a gap is honest, an old value is not."""

from __future__ import annotations

import time
from collections import Counter as Count
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from hw.vitals import SHARES
from hw.watch import State
from rsu.bus import troubles
from rsu.bus.records import Processes, RecorderState, Trouble, UplinkState
from rsu.bus.snapshot import DeviceView, Snapshot
from rsu.bus.topics import TOPICS
from rsu.web.board import Board

Labels = tuple[str, ...]
MIB = 2**20


class Sample(NamedTuple):
    """One family of numbers: its name (ending in _total: a counter), label names, and values by label values."""

    name: str
    help: str
    labels: Labels
    values: Iterable[tuple[Labels, float | None]]


def exposition(board: Board) -> bytes:
    """Return everything fresh on the board in Prometheus text format."""
    registry = CollectorRegistry()
    registry.register(_Collector(board))
    return generate_latest(registry)


class _Collector(Collector):
    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        now_ns = time.monotonic_ns()
        ages = {topic: (now_ns - held.received_ns) / 1e9 for topic, held in self._board.held.items()}
        by_topic = [((topic,), age) for topic, age in ages.items()]
        yield _family(Sample("rsu_topic_age_seconds", "Age of the newest record of a bus topic.", ("topic",), by_topic))
        yield _family(_alarms(self._board.troubles(now_ns)))
        for topic, held in self._board.held.items():
            stale_after_s = TOPICS[topic].stale_after_s
            if stale_after_s is None or ages[topic] <= stale_after_s:
                yield from map(_family, _samples(held.record))


def _family(sample: Sample) -> Metric:
    kind = CounterMetricFamily if sample.name.endswith("_total") else GaugeMetricFamily
    family = kind(sample.name, sample.help, labels=sample.labels)
    for labels, value in sample.values:
        if value is not None:
            family.add_metric(labels, value)
    return family


def _samples(record: object) -> Iterable[Sample]:
    match record:
        case Snapshot():
            return _station(record)
        case UplinkState():
            return _uplink(record)
        case RecorderState():
            return _recorder(record)
        case Processes():
            return _processes(record)
    raise TypeError(f"no metrics of {type(record).__name__}")


def _alarms(found: Iterable[Trouble]) -> Sample:
    values = [((each.reason, troubles.level(each).value.en, each.about), 1.0) for each in found]
    return Sample("rsu_alarm", "1 for each alarm that is raised.", ("code", "level", "about"), values)


def _one(value: float | None) -> list[tuple[Labels, float | None]]:
    return [((), value)]


def _station(snapshot: Snapshot) -> list[Sample]:
    kinds = Count(track.kind for track in snapshot.tracks)
    messages, devices = snapshot.messages, snapshot.devices
    utc_ms = snapshot.utc_uncertainty_ms
    decisions = [((m.kind, d), float(m.decision == d)) for m in messages for d in ("send", "degraded", "silent")]
    states = [((d.name, d.kind, s), float(d.state == s)) for d in devices for s in get_args(State)]
    ages = [((d.name,), None if d.age_ms is None else d.age_ms / 1000) for d in devices]
    counters = [((d.name, reason), float(count)) for d in devices for reason, count in d.counters.items()]
    given_up = [((reason,), float(count)) for reason, count in snapshot.counters.items()]
    return [
        *_vitals(devices),
        Sample("rsu_tracks", "Road users tracked now.", ("kind",), [((k,), float(n)) for k, n in kinds.items()]),
        Sample("rsu_events", "Events running now.", (), _one(len(snapshot.events))),
        Sample("rsu_utc_uncertainty_seconds", "Bound of the clock's error.", (), _one(utc_ms and utc_ms / 1000)),
        Sample("rsu_position_error_metres", "GNSS against the surveyed point.", (), _one(snapshot.position_error_m)),
        Sample("rsu_message_decision", "1 for the gate's decision.", ("kind", "decision"), decisions),
        Sample("rsu_message_rate_hertz", "Cycles sent.", ("kind",), [((m.kind,), m.rate_hz) for m in messages]),
        Sample("rsu_message_frames_total", "Frames sent.", ("kind",), [((m.kind,), m.frames) for m in messages]),
        Sample("rsu_device_state", "1 for the device's state.", ("device", "kind", "state"), states),
        Sample("rsu_device_rate_hertz", "Measurements.", ("device",), [((d.name,), d.rate_hz) for d in devices]),
        Sample("rsu_device_age_seconds", "Time since the device's last byte.", ("device",), ages),
        Sample("rsu_device_rejected_total", "Input not used, by reason.", ("device", "reason"), counters),
        Sample("rsu_station_rejected_total", "Measurements and frames given up, by reason.", ("reason",), given_up),
    ]


def _vitals(devices: Iterable[DeviceView]) -> list[Sample]:
    """Return the vital figures of devices."""
    intervals = [
        ((d.name, of), _seconds(value))
        for d in devices
        for of, value in (("source", d.vitals.source_interval_ms), ("arrival", d.vitals.arrival_interval_ms))
    ]
    jitter = [((d.name,), _seconds(d.vitals.jitter_ms)) for d in devices]
    delay = [((d.name,), _seconds(d.vitals.age_ms)) for d in devices]
    octets = [((d.name,), d.vitals.octets_per_s) for d in devices]
    shares = [((d.name, name.removesuffix("_share")), getattr(d.vitals, name)) for d in devices for name in SHARES]
    return [
        Sample("rsu_device_interval_seconds", "Median of stamps, of arrivals.", ("device", "of"), intervals),
        Sample("rsu_device_jitter_seconds", "95 % of arrival intervals are nearer.", ("device",), jitter),
        Sample("rsu_device_delay_seconds", "Age of its data on arrival.", ("device",), delay),
        Sample("rsu_device_octets_per_second", "Data rate.", ("device",), octets),
        Sample("rsu_device_fault_ratio", "Share of its messages, by fault.", ("device", "fault"), shares),
    ]


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _uplink(state: UplinkState) -> list[Sample]:
    days: list[tuple[Labels, float | None]] = [((name,), left) for name, left in state.expires_days.items()]
    return [
        Sample("rsu_uplink_connected", "1 while the platform is reached.", (), _one(state.connected)),
        Sample("rsu_uplink_spooled_total", "Records put into the spool.", (), _one(state.spooled)),
        Sample("rsu_uplink_acknowledged_total", "Records the platform has.", (), _one(state.acknowledged)),
        Sample("rsu_uplink_waiting", "Records in the spool.", (), _one(state.waiting)),
        Sample("rsu_uplink_silent_seconds", "Time without any acknowledgement.", (), _one(state.silent_s or 0.0)),
        Sample("rsu_uplink_certificate_days", "Until a certificate expires.", ("certificate",), days),
        Sample("rsu_uplink_evicted_total", "Given up for age, size or number.", ("kind",), _counts(state.evicted)),
        Sample("rsu_uplink_refused_total", "Refused by the platform.", ("kind",), _counts(state.refused)),
        Sample("rsu_uplink_aside_total", "Records that cannot be sent.", ("reason",), _counts(state.set_aside)),
        Sample("rsu_uplink_stray_acks_total", "Answers that freed nothing.", ("reason",), _counts(state.stray_acks)),
    ]


def _counts(counts: Mapping[str, int]) -> list[tuple[Labels, float | None]]:
    return [((name,), float(count)) for name, count in counts.items()]


def _recorder(state: RecorderState) -> list[Sample]:
    return [
        Sample("rsu_recorder_recording", "1 while it records.", (), _one(state.state == "recording")),
        Sample("rsu_recorder_files", "Recordings on the disk.", (), _one(state.files)),
        Sample("rsu_recorder_bytes", "What they take.", (), _one(state.total_bytes)),
        Sample("rsu_recorder_room_bytes", "What recordings may still take.", (), _one(state.room_bytes)),
        Sample("rsu_recorder_lost_ticks_total", "Ticks that were not recorded.", (), _one(state.lost_ticks)),
    ]


def _processes(table: Processes) -> list[Sample]:
    rows, name = table.processes, ("process",)
    running = [((row.name,), float(row.state == "running")) for row in rows]
    budgets = [((row.name,), float(row.budget_rss_mib * MIB)) for row in rows]
    return [
        Sample("rsu_process_running", "1 while it runs.", name, running),
        Sample("rsu_process_restarts_total", "Restarts.", name, [((row.name,), row.restarts) for row in rows]),
        Sample("rsu_process_cpu_seconds_total", "Processor time.", name, [((row.name,), row.cpu_s) for row in rows]),
        Sample("rsu_process_memory_bytes", "Memory.", name, [((row.name,), row.rss_mib * MIB) for row in rows]),
        Sample("rsu_process_memory_peak_bytes", "Peak.", name, [((row.name,), row.rss_peak_mib * MIB) for row in rows]),
        Sample("rsu_process_memory_budget_bytes", "Memory budget.", name, budgets),
    ]
