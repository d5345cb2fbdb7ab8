"""`python -m sim.corridor_site --boxes N --out DIR --profile FILE`: site, lane map, bench and key of each box.

Box K has the folder DIR/box-K with site.yaml, bench.yaml, lanes.json and corridor.key. It stands in the middle of a
stretch of the road of `sim/corridor.py`, with a camera and a radar each way on a pole, all ports on an address of its
own. Its site file has a reference point that is surveyed some decimetres wrongly.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import zmq
from ruamel.yaml import YAML

from perception.geo import Reference, to_wgs84
from sim import corridor
from sim.corridor import Point, RoadLayout

ROAD = Reference(22.5431, 114.0579, 12.0)  # of the road's first point
STEP_M = 25.0  # between points of the lane map
STOP_M = 3.0  # from the middle of the box to the end of its lanes
PORTS = {"camera-east": 27011, "camera-west": 27012, "radio": 27031, "host": 27032, "corridor": 4750, "page": 18080}


def address(box: int) -> str:
    """Return the loopback address of a box, 1..."""
    return f"127.0.0.{10 + box}"


def name(box: int) -> str:
    """Return the name of a box at the platform."""
    return f"RSCU-{box}"


def origin(place: RoadLayout, box: int) -> Point:
    """Return the middle of a box's stretch on the axis, in the road's frame: where its reference point really is."""
    return corridor.point(place.centres_m[box - 1])


def reference(place: RoadLayout, box: int, error_m: tuple[float, float] = (0.0, 0.0)) -> dict[str, float]:
    """Return the reference point of a box, surveyed with an error east, north."""
    east, north = origin(place, box)
    latitude, longitude = to_wgs84(east + error_m[0], north + error_m[1], ROAD)
    return {
        "latitude_deg": round(float(latitude), 9),
        "longitude_deg": round(float(longitude), 9),
        "elevation_m": ROAD.elevation_m,
    }


def _line(place: RoadLayout, box: int, ends_m: tuple[float, float], aside_m: float) -> list[Point]:
    """Return a line beside the axis, from one place along it to another about the middle, in the box's frame."""
    middle, (east, north) = place.centres_m[box - 1], origin(place, box)
    count = max(2, round(abs(ends_m[1] - ends_m[0]) / STEP_M) + 1)
    points = [corridor.point(middle + float(at), aside_m) for at in np.linspace(*ends_m, count)]
    return [(round(x - east, 3), round(y - north, 3)) for x, y in points]


def lane_map(place: RoadLayout, box: int) -> dict[str, Any]:
    """Return the lane map of a box: a node in the middle, two lanes to it and from it each way."""
    links, exits = [], []
    for way, sign in corridor.WAYS.items():
        asides = [sign * corridor.LANE_M * (index + 0.5) for index in range(corridor.LANES)]  # from the left
        behind, ahead = (-sign * corridor.REACH_M, -sign * STOP_M), (sign * STOP_M, sign * corridor.REACH_M)
        before, after = ({"region": 1, "id": 100 + box - step} for step in (round(sign), -round(sign)))
        lanes = [
            {
                "id": index + 1,
                "width_m": corridor.LANE_M,
                "type": "vehicle",
                "maneuvers": ["straight"],
                "points": _line(place, box, behind, aside),
                "connects_to": [{"downstream": after, "lane": index + 1, "maneuver": "straight"}],
            }
            for index, aside in enumerate(asides)
        ]
        links.append(
            {
                "name": f"{way}bound_in",
                "upstream": before,
                "width_m": corridor.LANE_M * corridor.LANES,
                "speed_limit_mps": round(corridor.SPEED_MPS, 2),
                "points": _line(place, box, behind, sum(asides) / len(asides)),
                "movements": [{"downstream": after}],
                "lanes": lanes,
            }
        )
        away = [
            {"id": index + 1, "width_m": corridor.LANE_M, "type": "vehicle", "points": _line(place, box, ahead, aside)}
            for index, aside in enumerate(asides)
        ]
        exits.append({"name": f"{way}bound_out", "downstream": after, "lanes": away})
    node = {"region": 1, "id": 100 + box, "name": f"corridor {box}", "position": (0.0, 0.0), "links": links}
    return {"nodes": [node], "crosswalks": [], "exits": exits}


def _mount(place: RoadLayout, box: int, way: float) -> dict[str, float]:
    """Return the mount of a sensor on the pole that looks one way."""
    middle, (east, north) = place.centres_m[box - 1], origin(place, box)
    pole = corridor.pole(middle)
    return {
        "east_m": round(pole[0] - east, 2),
        "north_m": round(pole[1] - north, 2),
        "height_m": corridor.POLE_M,
        "yaw_deg": round(corridor.yaw_deg(middle, way), 2),
    }


def bench(place: RoadLayout, box: int, seed: int) -> dict[str, Any]:
    """Return the bench file of a box."""
    emulators: dict[str, Any] = {}
    for index, (side, way) in enumerate(corridor.WAYS.items()):
        view = {"mount": _mount(place, box, way), "range_m": corridor.REACH_M, "width_deg": corridor.WIDTH_DEG}
        tcp = f"{address(box)}:{PORTS[f'camera-{side}']}"
        emulators[f"camera-{side}"] = {
            "kind": "camera", "tcp": tcp, "latency_ms": 55, "phase_ms": 13 + 40 * index + box, **view,
        }  # fmt: skip
        ports = {"cli": f"radar-{side}-cli", "data": f"radar-{side}-data"}
        emulators[f"radar-{side}"] = {
            "kind": "ti-mmwave", **ports, "latency_ms": 25, "phase_ms": 31 + 40 * index + box, **view,
        }  # fmt: skip
    gnss = {"kind": "gnss", "serial": "gnss", "mount": {"east_m": 0.0, "north_m": 0.0, "height_m": 5.0}}
    radio, host = (f"{address(box)}:{PORTS[each]}" for each in ("radio", "host"))
    emulators["gnss"] = gnss | {"latency_ms": 15, "phase_ms": 0}
    emulators["radio"] = {"kind": "radio-agent", "listen": radio, "host": host, "latency_ms": 3, "phase_ms": 3}
    return {
        "version": 1,
        "reference": reference(place, box),
        "seed": seed + box,
        "world": {"source": "sumo"},
        "emulators": emulators,
    }


def site(place: RoadLayout, box: int, profile: Path, public: list[str], error_m: tuple[float, float]) -> dict[str, Any]:
    """Return the site file of a box. `profile`: of the radars; `public`: keys of all boxes."""
    devices: dict[str, Any] = {
        "gnss": {"kind": "gnss", "driver": {"link": {"serial": {"path": "gnss", "baud": 115200}}}}
    }
    sensors = []
    for side, way in corridor.WAYS.items():
        tcp = {"link": {"tcp": f"{address(box)}:{PORTS[f'camera-{side}']}"}}
        lines = {"cli": 115_200, "data": 921_600}
        serial = {line: {"serial": {"path": f"radar-{side}-{line}", "baud": baud}} for line, baud in lines.items()}
        devices[f"camera-{side}"] = {"kind": "camera-json", "driver": tcp}
        devices[f"radar-{side}"] = {"kind": "ti-mmwave", "driver": serial | {"profile": str(profile)}}
        view = {"range_m": corridor.REACH_M, "width_deg": corridor.WIDTH_DEG}
        mounted: dict[str, Any] = {"mount": _mount(place, box, way), "field_of_view": view}
        sensors.append({"device": f"camera-{side}", **mounted, "noise": {"along_m": 0.6, "across_m": 0.3}})
        noise = {"along_m": 0.3, "across_m": 0.1, "azimuth_deg": 0.7, "speed_mps": 0.12, "speed_across_mps": 0.35}
        sensors.append({"device": f"radar-{side}", **mounted, "noise": noise, "least_speed_mps": 0.3})
    udp = {"listen": f"{address(box)}:{PORTS['host']}", "peer": f"{address(box)}:{PORTS['radio']}"}
    devices["radio"] = {"kind": "radio-agent", "driver": {"link": {"udp": udp}}}
    return {
        "version": 1,
        "site": {
            "name": f"corridor {box}", "region": 1, "node": 100 + box, "lane_map": "lanes.json",
            "reference": reference(place, box, error_m),
        },
        "identity": {"rscu_sn": name(box), "rsu_sn": f"RSU-{box}", "region_id": "440304"},
        "radio": "radio",
        "devices": devices,
        "sensors": sensors,
        "corridor": _corridor(place, box, public),
        "page": {"host": address(box), "port": PORTS["page"]},
    }  # fmt: skip


def _corridor(place: RoadLayout, box: int, public: list[str]) -> dict[str, Any]:
    neighbours = {
        name(other): {"address": f"{address(other)}:{PORTS['corridor']}", "public_key": public[other - 1]}
        for other in (box - 1, box + 1)
        if 1 <= other <= len(public)
    }
    east, north = origin(place, box)
    axis = [(round(x - east, 3), round(y - north, 3)) for x, y in corridor.axis(place.length_m)]
    listen = f"{address(box)}:{PORTS['corridor']}"
    return {"listen": listen, "key_file": "corridor.key", "neighbours": neighbours, "axis_m": axis}


def main() -> None:
    """Write the folders of all boxes."""
    parser = argparse.ArgumentParser(prog="python -m sim.corridor_site", description=__doc__)
    parser.add_argument("--boxes", type=int, required=True, help="2..8")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--profile", type=Path, required=True, metavar="FILE", help="profile of the radars")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    place, yaml = corridor.layout(options.boxes), YAML(typ="safe")
    pairs = [zmq.curve_keypair() for _ in range(options.boxes)]
    errors = np.random.default_rng(options.seed).normal(0.0, corridor.SURVEY_SD_M, (options.boxes, 2))
    for box, ((_, secret), error) in enumerate(zip(pairs, errors.tolist(), strict=True), 1):
        folder = options.out / f"box-{box}"
        folder.mkdir(parents=True)
        (folder / "lanes.json").write_text(json.dumps(lane_map(place, box)), encoding="utf-8")
        key = folder / "corridor.key"
        key.touch(0o600)
        key.write_bytes(secret + b"\n")
        made = site(place, box, options.profile.resolve(), [public.decode() for public, _ in pairs], tuple(error))
        made["corridor"]["key_file"] = str(key.resolve())
        yaml.dump(made, folder / "site.yaml")
        yaml.dump(bench(place, box, options.seed), folder / "bench.yaml")


if __name__ == "__main__":
    main()
