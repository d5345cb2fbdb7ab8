"""A distributed city whose engines are killed in turn: `make bench-city-distributed [BOXES=N]`.

Three NATS servers, PostgreSQL, Mosquitto, two workers of the ingest, keeper and page run on loopback as their users
start them; boxes are a process of their own with real records. Broker, log leader, a worker, the database and the
keeper are killed (SIGKILL) one after the other and begun again after two seconds. Prints one JSON object: how long no
record was acknowledged after each, how long the page did not answer, and how many acknowledged records the database
lacks in the end. Exit code 1: one lacks, or a pause is longer than 10 s.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import nats as nats_client
import psycopg

from tests.bench_file import keep
from tests.rsu.city import engines
from tests.rsu.city.bench_city import records
from tests.rsu.city.engines import Engine, until

PAUSE_S = 10.0  # the longest that is allowed
DOWN_S, EACH_S = 2.0, 15.0  # until an engine is begun again; until the next is killed
WARM_S, DRAIN_S = 5.0, 90.0
Answer = tuple[float, str, int]  # time, box, number


async def _leader(servers: Sequence[str]) -> str:
    client = await nats_client.connect(servers=list(servers))
    try:
        return str((await client.jetstream().stream_info("CITY")).cluster.leader)
    finally:
        await client.close()


def page_answers(port: int) -> bool:
    """Tell whether the page knows a box."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/boxes", timeout=2) as answer:
            return bool(json.loads(answer.read()))
    except OSError:
        return False


def strike(engine: Engine, port: int) -> tuple[float, float]:
    """Kill an engine and begin it again; return when, and for how long the page did not answer, s."""
    at, seen, away_s = time.time(), time.monotonic(), 0.0
    engine.kill()
    end = time.monotonic() + EACH_S
    while time.monotonic() < end:
        if time.time() - at > DOWN_S and not engine.alive():
            engine.begin()
        if page_answers(port):
            away_s, seen = max(away_s, time.monotonic() - seen), time.monotonic()
        time.sleep(0.2)
    return at, max(away_s, time.monotonic() - seen)


def pause_s(answers: Sequence[Answer], at: float) -> float:
    """Return the longest time without an acknowledgement between a kill and the next one."""
    times = [at, *sorted(time for time, *_ in answers if at <= time <= at + EACH_S), at + EACH_S]
    return max(b - a for a, b in pairwise(times))


def missing(url: str, answers: Sequence[Answer]) -> int:
    """Return how many acknowledged records the database lacks; the keeper has some time to bring them."""
    wanted, lacks = {(box, number) for _, box, number in answers}, 0
    end = time.monotonic() + DRAIN_S
    while time.monotonic() < end:
        with psycopg.connect(url) as database:
            kept = set(database.execute("SELECT box, seq FROM number").fetchall())
        if not (lacks := len(wanted - kept)):
            break
        time.sleep(1.0)
    return lacks


def run(boxes: int, folder: Path) -> dict[str, Any]:
    """Run the city under its load and its kills; return the figures."""
    folder.chmod(0o755)  # the database runs as another user
    records(folder / "records.jsonl")
    servers, addresses = engines.nats(folder)
    started = [*servers]
    try:
        database, url = engines.postgres(folder)
        broker, mqtt = engines.mosquitto(folder)
        started += [database, broker]
        own, page = engines.parts(folder, addresses, url, mqtt)
        started += own.values()
        return _measured(
            boxes, folder, {"broker": broker, "database": database, **own}, (servers, addresses), mqtt, page, url
        )
    finally:
        for engine in started:
            if engine.alive():
                engine.kill()


def _measured(
    boxes: int, folder: Path, struck: Mapping[str, Engine], log: tuple[list[Engine], list[str]], mqtt: int, page: int,
    url: str,
) -> dict[str, Any]:  # fmt: skip
    seconds = round(5 * EACH_S + WARM_S)
    load = [sys.executable, "-m", "sim.city_boxes", "--records", folder / "records.jsonl", "--port", mqtt]
    more = ["--boxes", boxes, "--for", seconds + 60, "--connections", 2, "--answers", folder / "answers"]
    with subprocess.Popen([*map(str, load + more)], stdout=subprocess.PIPE) as generator:
        until(lambda: page_answers(page))
        time.sleep(WARM_S)
        at: dict[str, float] = {}
        away: dict[str, float] = {}
        for name in ("broker", "log leader", "worker", "database", "keeper"):
            servers, addresses = log
            leader = asyncio.run(_leader(addresses)) if name == "log leader" else ""
            engine = next((each for each in servers if each.name == leader), None) or struck[name]
            at[name], away[name] = strike(engine, page)
        told = json.loads(generator.communicate()[0])
    answers = [tuple(json.loads(line)) for line in (folder / "answers").read_text(encoding="utf-8").splitlines()]
    told["killed"] = {
        name: {"pause_s": round(pause_s(answers, begin), 2), "page_s": round(away[name], 2)}
        for name, begin in at.items()
    }
    told["lost"] = missing(url, answers)
    return told


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--boxes", type=int, default=30)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(options.boxes, Path(folder))
    keep("city-distributed", figures)
    print(json.dumps(figures, indent=1))
    pauses = [each["pause_s"] for each in figures["killed"].values()]
    sys.exit(bool(figures["lost"]) or max(pauses) > PAUSE_S)


if __name__ == "__main__":
    main()
