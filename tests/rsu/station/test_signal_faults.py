"""The emulated controller's faults through driver, view, guard and gate: the lights on air, and the reason given."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

import v2x
from rsu.site import config
from rsu.station.station import Station
from sim import recorded
from sim.frames import WorldFrame
from sim.signal_faults import FAULTS
from sim.signals import load
from tests.rsu.recording.virtual import CONFIGS, EPOCH_NS
from tests.rsu.virtual_site import DrivenDevice, run
from v2x import dsmp

S = 1_000_000_000
PHASE = {group.phase: group for group in load().lamps}
BEGIN, END = 4.0, 14.0
ARRAYS = ("id", "kind", "position_m", "velocity_mps", "heading_deg", "size_m", "equipped")
GREENS = {"protected-green", "permissive-green", "flashing-green"}


def lights(station: Station, frames: list[bytes]) -> dict[int, str]:
    for frame in frames:
        return {p.phase_id: p.states[0].light for p in v2x.decode(dsmp.parse(frame).payload).intersections[0].phases}
    return {}


def empty() -> Iterator[WorldFrame]:
    """The recorded world without its road users."""
    for frame in recorded.frames():
        yield msgspec.structs.replace(frame, **{name: getattr(frame, name)[:0] for name in ARRAYS})


def blind() -> config.Config:
    """The demo site without sensors."""
    loaded = config.load(CONFIGS / "demo.yaml")
    return loaded._replace(site=loaded.site.model_copy(update={"sensors": []}))


def story(monkeypatch: pytest.MonkeyPatch, fault: str) -> Iterator[tuple[float, dict[int, str], set[str]]]:
    """Yield seconds, lights on air, and the gate's reasons for SPAT, tick by tick; faulty between BEGIN and END."""
    plain = DrivenDevice.step

    def step(self: DrivenDevice, now_ns: int) -> None:
        if self.name not in ("signal", "gnss"):
            return
        if self.name == "signal":
            self._emulator.fault = fault if BEGIN <= (now_ns - EPOCH_NS) / S < END else None
        plain(self, now_ns)

    monkeypatch.setattr(DrivenDevice, "step", step)
    for now, station, output in run(END + 0.5, world=empty, site=blind()):
        said = next(m for m in station.snapshot(now).messages if m.kind == "spat")
        frames = [frame.frame for frame in output.frames if frame.kind == "spat"]
        yield (now - EPOCH_NS) / S, lights(station, frames), set(said.reasons)


@pytest.mark.parametrize(
    ("fault", "reasons", "shown"),
    [
        ("hung", {"signal-frozen", "signal-lost"}, None),
        ("lamp-missing", {"lamp-missing"}, {5: "unavailable"}),
        ("no-lamps", {"signal-frozen", "signal-lost"}, None),
        ("all-green", {"conflicting-greens"}, None),
        ("conflicting", {"conflicting-greens"}, None),
        ("flashing", {"no-signal-plan"}, dict.fromkeys(PHASE, "flashing-yellow")),
        ("dark", {"no-signal-plan"}, dict.fromkeys(PHASE, "dark")),
        ("manual", {"no-signal-plan"}, {}),
        ("swapped", {"lamp-mismatch"}, {1: "unavailable", 6: "unavailable"}),
        ("countdown-jump", {"impossible-countdown"}, {}),
        ("forged", set(), {}),
        ("wrong-region", {"signal-lost"}, None),
        ("other-plan", set(), {}),
    ],
)
def test_a_fault_is_named_and_nothing_false_is_on_air(
    monkeypatch: pytest.MonkeyPatch, fault: str, reasons: set[str], shown: dict[int, str] | None
) -> None:
    assert fault in FAULTS
    seen: set[str] = set()
    last: dict[int, str] = {}
    for at, told, why in story(monkeypatch, fault):
        if BEGIN <= at < END:
            seen |= why
        if at < END:
            last = told
        for phase, light in told.items():
            real = PHASE[phase].colour((at + 60 - 0.3) % 60), PHASE[phase].colour((at + 0.3) % 60)
            wrong = light in GREENS and not any(colour.endswith("green") for colour in real)
            assert not (wrong and at > BEGIN + 3.6), (at, phase, light)
    assert reasons <= seen
    assert (last == {}) == (shown is None)
    assert {phase: last[phase] for phase in shown or {}} == (shown or {})


def test_every_fault_is_tried() -> None:
    (marker,) = (m for m in test_a_fault_is_named_and_nothing_false_is_on_air.pytestmark if m.name == "parametrize")  # type: ignore[attr-defined]
    assert {case[0] for case in marker.args[1]} == FAULTS.keys()
