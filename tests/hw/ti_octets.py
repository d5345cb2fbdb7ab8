"""A TI radar's driver, and the frames that it gets."""

from __future__ import annotations

from pathlib import Path

from hw.radar.ti import TiRadar, TiSettings
from hw.radar.ti_frames import TLV_HEADER
from sim import low_power
from sim.bench import RadarSpec
from sim.radar import EmulatedTiRadar as EmulatedRadar
from tests.hw import replay
from tests.sim.emul_scene import ROOT, bench

MS = 1_000_000
START_NS = 1_795_392_000_000 * MS
TRACKING = ROOT / "configs" / "ti-traffic-68xx.cfg"
POINTS_ONLY = "sensorStop\nflushCfg\nframeCfg 0 1 64 0 100 1 0\nsensorStart\n"


def driver(profile: Path = TRACKING, latency_ms: float = 25.0) -> TiRadar:
    data = {"serial": {"path": "data", "baud": 921600}}
    cli = {"serial": {"path": "cli"}}
    settings = {"cli": cli, "data": data, "profile": profile, "latency_ms": latency_ms}
    return TiRadar("radar", TiSettings.model_validate(settings))


LOW_POWER = (
    "sensorStop 0\nchannelCfg 7 3 0\nchirpComnCfg 16 0 0 128 4 28 3\nchirpTimingCfg 6 32 0 40 60\n"
    "frameCfg 2 0 200 64 80 0\nguiMonitor 2 0 0 0 0 1 0 0 1 0 0\ntrackingCfg 1 2 100 6 61.4 191.8 100\n"
    "sensorStart 0 0 0 0\n"
)


def emulated() -> EmulatedRadar:
    spec = bench().emulators["radar-north"]
    assert isinstance(spec, RadarSpec)
    return EmulatedRadar("radar-north", spec, bench())


# low-power radars
ONE_LINE = {**replay.OTHERWISE["low-power"], "latency_ms": 25.0}


def low_power_driver(profile: Path | None = None) -> TiRadar:
    return TiRadar("radar", TiSettings.model_validate(ONE_LINE | ({"profile": profile} if profile else {})))


def low_power_tlv(kind: int, payload: bytes, number: int = 1) -> bytes:
    return low_power.frame(number, 0, 0, [TLV_HEADER.pack(kind, len(payload)) + payload])
