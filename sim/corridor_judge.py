"""`python -m sim.corridor_judge --boxes N --run DIR`: do road users keep their identity from box to box?

Hears the state of every box's corridor process and the world; at the end it prints, as one JSON object, how many road
users had one identity at the poles of neighbouring boxes and of the first and the last box, the delay of tracks from
box to box, and the neighbours' datum against the truth of the site files.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from collections import deque
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import zmq
from ruamel.yaml import YAML
from scipy.optimize import linear_sum_assignment

from perception.geo import Reference, to_site
from sim.frames import SOCKET, TOPIC, WorldFrame, at, decode

POLE_M = (
    14.0  # before and behind the pole of a box it is asked for identities: a car passes in 2 s, a state comes each s
)
NEAR_M = 3.0
KEPT = 50  # frames


class JudgedBox:
    """The newest words of one box and of its world."""

    def __init__(self, context: zmq.Context[zmq.Socket[bytes]], folder: Path) -> None:
        self.frames: deque[WorldFrame] = deque(maxlen=KEPT)
        self.state: dict[str, Any] | None = None
        self.said: dict[int, int] = {}  # road user -> its identity at the pole, 0: none
        self.world = self._socket(context, folder / SOCKET, TOPIC)
        self.bus = self._socket(context, folder / "corridor.ipc", b"corridor")

    @staticmethod
    def _socket(context: zmq.Context[zmq.Socket[bytes]], path: Path, topic: bytes) -> zmq.Socket[bytes]:
        socket = context.socket(zmq.SUB)
        socket.linger = 0
        socket.connect(f"ipc://{path}")
        socket.subscribe(topic)
        return socket

    def listen(self) -> None:
        """Take in all that is there."""
        while self.world.poll(0):
            self.frames.append(decode(self.world.recv_multipart()[1]))
        while self.bus.poll(0):
            self.state = msgspec.msgpack.decode(self.bus.recv_multipart()[1])
            self._compare(self.state)

    def _compare(self, state: dict[str, Any]) -> None:
        stamp_ns = state["stamp_ns"]
        before = next((each for each in reversed(self.frames) if each.stamp_ns <= stamp_ns), None)
        after = next((each for each in self.frames if each.stamp_ns > stamp_ns), None)
        own = [user for user in state["road_users"] if user["id"]]
        if before is None or after is None or not own:
            return
        truth = at(before, after, stamp_ns)
        place = np.array([[user["east_m"], user["north_m"]] for user in own])
        distance = np.hypot(*(truth.position_m[:, None] - place).transpose(2, 0, 1))
        rows, columns = linear_sum_assignment(np.minimum(distance, NEAR_M) ** 2)
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        of = {row: own[column]["global_id"] for row, column in pairs if distance[row, column] < NEAR_M}
        for row in np.flatnonzero(np.abs(truth.position_m[:, 0]) < POLE_M).tolist():
            user = int(truth.id[row])
            self.said[user] = of.get(row, 0) or self.said.get(user, 0)


def kept(first: JudgedBox, last: JudgedBox) -> dict[str, int]:
    """Return how many road users passed both boxes, and how many kept their identity."""
    both = [user for user in first.said if user in last.said]
    same = sum(first.said[user] == last.said[user] != 0 for user in both)
    return {"passed": len(both), "kept": same}


def survey_error(folder: Path) -> tuple[float, float]:
    """Return how far east, north the reference point in a box's site file lies of the true one."""
    yaml = YAML(typ="safe")
    said = yaml.load(folder / "site.yaml")["site"]["reference"]
    true = yaml.load(folder / "bench.yaml")["reference"]
    east, north = to_site(said["latitude_deg"], said["longitude_deg"], Reference(**true))
    return float(east), float(north)


def datums(folder: Path, box: JudgedBox) -> dict[str, dict[str, float]]:
    """Return of each neighbour of a box its datum and clock as found, and how far the datum is from the truth."""
    found = {}
    mine = survey_error(folder)
    for view in box.state["neighbours"] if box.state else []:
        if (offset := view["offset"]) is not None:
            theirs = survey_error(folder.parent / f"box-{view['box'].rpartition('-')[2]}")
            away = offset["east_m"] - theirs[0] + mine[0], offset["north_m"] - theirs[1] + mine[1]
            found[view["box"]] = {
                "east_m": round(offset["east_m"], 3),
                "north_m": round(offset["north_m"], 3),
                "datum_sd_m": round(offset["datum_sd_m"], 3),
                "datum_error_m": round(float(np.hypot(*away)), 3),
                "clock_ms": round(offset["clock_ms"], 2),
                "delay_p50_ms": view["delay_p50_ms"],
                "delay_p99_ms": view["delay_p99_ms"],
            }
    return found


def main() -> None:
    """Listen until a signal comes, then print."""
    parser = argparse.ArgumentParser(prog="python -m sim.corridor_judge", description=__doc__)
    parser.add_argument("--boxes", type=int, required=True)
    parser.add_argument("--run", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with zmq.Context() as context:
        folders = [options.run / f"box-{box}" for box in range(1, options.boxes + 1)]
        boxes = [JudgedBox(context, folder) for folder in folders]
        while not stop.wait(0.05):
            for box in boxes:
                box.listen()
        pairs = {f"{n}-{n + 1}": kept(*boxes[n - 1 : n + 1]) for n in range(1, len(boxes))}
        told = {
            "identities": pairs | {"all": kept(boxes[0], boxes[-1])},
            "neighbours": {folder.name: datums(folder, box) for folder, box in zip(folders, boxes, strict=True)},
        }
        print(json.dumps(told), flush=True)
        for box in boxes:
            box.world.close()
            box.bus.close()


if __name__ == "__main__":
    main()
