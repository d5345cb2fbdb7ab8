"""Golden logs: device bytes as received, and the measurements that the driver must make of them.

`tests/hw/golden/KIND/NAME.log` (see `hw/bytelog.py`) lies beside `NAME.json`: measurements and counters.
`python -m tests.hw.replay` plays every log and prints the differences; with `--refresh` it writes the new results too.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from hw.bytelog import LogEntry, from_lines
from hw.driver import Driver
from hw.registry import driver_class
from perception.objects import Measurement

GOLDEN = Path(__file__).parent / "golden"
UDP = {"udp": {"listen": "127.0.0.1:1", "peer": "127.0.0.1:2"}}
PROFILE = Path(__file__).parents[2] / "configs" / "ti-traffic-68xx.cfg"
ORIGIN = {"latitude_deg": 22.5431, "longitude_deg": 114.0579, "yaw_deg": 0.0}  # of the demo's reference point
MAPPING = {
    "objects": "data.trk",
    "time": {"field": "ts", "unit": "s"},
    "fields": {
        "id": "no", "class": {"field": "cls", "map": {"veh_s": "car", "veh_l": "truck", "ped": "pedestrian"}},
        "confidence": {"field": "p", "scale": 0.01}, "x_m": "pos.fwd", "y_m": {"field": "pos.right", "scale": -1},
        "vx_mps": {"field": "kmh.fwd", "scale": 0.277778}, "vy_mps": {"field": "kmh.right", "scale": -0.277778},
        "length_m": "lw.0", "width_m": "lw.1",
    },
}  # fmt: skip
SETTINGS: dict[str, dict[str, object]] = {
    "acc7320": {"link": {"tcp": "127.0.0.1:1"}},
    "ars408": {"link": {"tcp": "127.0.0.1:1"}},
    "camera-json": {"link": {"tcp": "127.0.0.1:1"}},
    "gat1743": {"link": UDP},
    "tscbm": {"link": UDP},
    "gb20999": {"link": UDP, "groups": [1, 2, 3, 4]},
    "gnss": {"link": {"serial": {"path": "gnss"}}},
    "ops243": {"link": {"serial": {"path": "ops243", "baud": 19200}}},
    "camera-mapped": {"link": {"tcp": "127.0.0.1:1"}, "mapping": MAPPING},
    "radar-json": {"link": {"mqtt": {"broker": "127.0.0.1:1", "topic": "V2X/RADAR/1/TRACK/UP"}}, "origin": ORIGIN},
    "radar-video": {"link": {"http": {"listen": "127.0.0.1:1", "peer": "127.0.0.1"}}},
    "radar-c0": {"link": UDP, "origin": ORIGIN},
    "radio-agent": {"link": UDP},
    "camera-onvif": {"link": {"tcp": "127.0.0.1:1"}, "path": "/meta", "image_px": [1280, 720]},
    "pwd": {"link": {"serial": {"path": "pwd", "baud": 9600}}},
    "wxt": {"link": {"serial": {"path": "wxt", "baud": 19200}}},
    "rsu41": {"link": UDP},
    "ss125": {"link": {"serial": {"path": "ss125"}}, "unit": "metric"},
    "video": {},
    "ti-mmwave": {
        "cli": {"serial": {"path": "cli"}},
        "data": {"serial": {"path": "data", "baud": 921600}},
        "profile": PROFILE,
    },
}

OTHERWISE: dict[str, dict[str, object]] = {  # logs of devices that are set up in another way than their kind's others
    "low-power": {"cli": {"serial": {"path": "cli"}}, "data": None, "profile": GOLDEN / "ti-mmwave" / "low-power.cfg"},
    **{name: {"header": name} for name in ("area", "traffic", "people")},
}


def logs(kind: str) -> list[Path]:
    """Return the golden logs of a kind of device."""
    return sorted((GOLDEN / kind).glob("*.log"))


def make_driver(kind: str, **settings: object) -> Driver:
    """Return a driver of a kind, named like the kind, with the settings that its golden logs are played with."""
    found = driver_class(kind)
    return found(kind, found.Settings.model_validate({**SETTINGS[kind], **settings}))


POLLED = {"gb20999"}  # devices that answer: only answers count


def play(driver: Driver, entries: Iterable[LogEntry], polled: bool = False) -> list[Measurement]:
    """Feed a log to a driver as the link would; `polled`: the driver is asked for its queries before each entry."""
    if polled:
        return [found for entry in entries for found in _answered(driver, entry)]
    return [found for entry in entries for found in driver.received(entry.port, entry.data, entry.receipt_ns)]


def _answered(driver: Driver, entry: LogEntry) -> list[Measurement]:
    while driver.due(entry.receipt_ns):
        pass
    return driver.received(entry.port, entry.data, entry.receipt_ns)


def result(path: Path) -> str:
    """Return the measurements that the driver makes of a golden log, as JSON, one measurement a line."""
    driver = make_driver(path.parent.name, **OTHERWISE.get(path.stem, {}))
    with path.open(encoding="utf-8") as lines:
        measurements = play(driver, from_lines(lines), path.parent.name in POLLED)
    rows = [msgspec.json.encode({"type": type(one).__name__, **_plain(one)}).decode() for one in measurements]
    counters = msgspec.json.encode(dict(sorted(driver.counters.items()))).decode()
    return f'{{"counters": {counters},\n "measurements": [\n' + ",\n".join(rows) + "]}\n"


def _plain(measurement: Measurement) -> dict[str, object]:
    return msgspec.to_builtins(measurement, enc_hook=_array)  # a Struct gives a dict


def _array(value: object) -> object:
    if isinstance(value, np.ndarray):
        return np.round(value, 6).tolist()
    raise TypeError(type(value).__name__)


def main() -> int:
    """Run the command; 1 when a result differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.hw.replay", description="Play the golden logs.")
    parser.add_argument("--refresh", action="store_true", help="write what the drivers make of them now")
    refresh, differs = parser.parse_args().refresh, False
    for path in sorted(GOLDEN.glob("*/*.log")):
        reference = path.with_suffix(".json")
        old, new = reference.read_text(encoding="utf-8") if reference.exists() else "", result(path)
        differs |= old != new
        sys.stdout.writelines(difflib.unified_diff(old.splitlines(True), new.splitlines(True), str(reference), "now"))
        if refresh and old != new:
            reference.write_text(new, encoding="utf-8")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main())
