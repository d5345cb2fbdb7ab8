"""How many boxes a city on one machine carries: `python -m tests.rsu.city.bench_city [--boxes N] [--for S]`.

The city runs as its users start it; the boxes are a process of their own (`sim/city_boxes.py`) with the records of a
golden recording. Prints one JSON object: the boxes' counts, how long queries of the page take meanwhile, the CPU
seconds of each process, and the octets of a track state in Parquet.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import psutil

from rsu.city.archive import TrackArchive
from rsu.city.embedded.tables import SqliteTables
from rsu.city.store import DAY_MS
from rsu.recording.reader import ticks
from tests.bench_file import keep
from tests.rsu.web.serving import free_port

GOLDEN = Path(__file__).parents[1] / "recording" / "golden" / "heavy-traffic.mcap"
RUN = (sys.executable, "-m", "rsu.cli.main", "city", "run", "--json")
KINDS = ("basic-status", "participant", "lamp", "traffic")


def records(file: Path, each: int = 5) -> None:
    """Write some records of each kind of the recording, the last ones."""
    rows: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for tape in ticks(GOLDEN):
        for item in tape.outcome.items:
            if item.kind in rows:
                rows[item.kind].append(json.dumps({"kind": item.kind, "body": json.loads(item.data)}))
    file.write_text("\n".join(row for kind in KINDS for row in rows[kind][-each:]) + "\n", encoding="utf-8")


class _Queries:
    """A reader of the page: boxes and road users of an area, twice a second."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/"
        self._stop = threading.Event()
        self.took_s: list[float] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.5):
            begin = time.monotonic()
            for path in ("boxes", "users?area=114.05,22.54,114.07,22.55", "events"):
                with urllib.request.urlopen(self._url + path) as answer:
                    answer.read()
            self.took_s.append(time.monotonic() - begin)

    def end(self) -> float | None:
        """Return the 99th percentile in seconds."""
        self._stop.set()
        self._thread.join()
        return round(sorted(self.took_s)[len(self.took_s) * 99 // 100], 3) if self.took_s else None


def cpu_s(process: psutil.Process) -> dict[str, float]:
    """Return the CPU seconds of a process and its children by name."""
    found: dict[str, float] = {}
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        found[each.name()] = round(found.get(each.name(), 0.0) + times.user + times.system, 1)
    return found


def run(boxes: int, seconds: float, folder: Path) -> dict[str, object]:
    """Run the city under its load; return the figures."""
    records(folder / "records.jsonl")
    mqtt, page = free_port(), free_port()
    city = subprocess.Popen(
        [*RUN, "--data", str(folder / "city"), "--mqtt-port", str(mqtt), "--port", str(page)],
        stdout=subprocess.PIPE,
    )
    assert city.stdout is not None and city.stdout.readline()
    time.sleep(2.0)
    queries = _Queries(page)
    load = [sys.executable, "-m", "sim.city_boxes", "--records", str(folder / "records.jsonl"), "--port", str(mqtt)]
    done = subprocess.run([*load, "--boxes", str(boxes), "--for", str(seconds)], stdout=subprocess.PIPE, check=True)
    told = json.loads(done.stdout)
    told["query_p99_s"] = queries.end()
    told["cpu_s"] = cpu_s(psutil.Process(city.pid))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told["generator_cpu_s"] = round(used.ru_utime + used.ru_stime, 1)
    city.terminate()
    city.wait()
    return told | stored(folder / "city")


def stored(data: Path) -> dict[str, object]:
    """Move everything to Parquet; return gaps, states and octets of a state."""
    store, archive = SqliteTables(data / "city.db"), TrackArchive(data)
    gaps = sum(store.gaps(row["box"]) for row in store.rows("SELECT box FROM box"))
    states, octets = archive.move(store, time.time_ns() // 1_000_000 // DAY_MS + 1)
    return {"gaps": gaps, "states": states, "octets_per_state": round(octets / max(states, 1), 1)}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--boxes", type=int, default=1000)
    parser.add_argument("--for", dest="seconds", type=float, default=30.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(options.boxes, options.seconds, Path(folder))
    keep("city", figures)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
