"""Every record of every dialect from ten minutes of the demo: none is refused by the platform that checks the tables.

    python -m tests.bench dialects [--minutes 10] [--seed 301]

Method: emulated devices make their bytes of the bench world, real drivers parse them, the station makes its records in
virtual time. Each dialect puts each record into the octets of the spool and of the line; the bench's platform, with a
transcription of its own, checks every field of them. Dialects over a stream go through session and platform with all
answers. Figures go to build/bench/dialects.json; a refused message makes the exit code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, cast

from perception.events.settings import KINDS
from rsu.bus.handover import RANK
from rsu.bus.records import Report
from rsu.site import box, config
from rsu.site.dialects import DIALECTS
from rsu.site.uplink import StandardSettings
from rsu.uplink.dialect import Dialect, Login, Publication
from rsu.uplink.record import SpooledRecord
from rsu.uplink.session import StreamDialect
from sim import dris, http_platforms, openv2x_standard, standard, tits0117
from sim.gat1049 import Police
from sim.openv2x_standard import HeardTopic
from sim.rcu2cloud import Cloud
from tests.bench.bench_statistics import world
from tests.bench_file import keep
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.virtual_site import run

BOOT = "bench"
Reader = Callable[[str, bytes], HeardTopic]


def _tits0180(topic: str, body: bytes) -> HeardTopic:
    kind, record = topic.split("/")[-2], json.loads(body)
    return HeardTopic(kind, "", record, standard.faults(kind, record))


def _http(judge: http_platforms.Judge) -> Reader:
    return lambda path, body: judge(path, "key", json.loads(body)).heard


READERS: dict[str, Reader] = {
    "tits0180": _tits0180,
    "openv2x": openv2x_standard.read,
    "tits0117": tits0117.read,
    "dris": dris.read,
    "cooperative": _http(http_platforms.cooperative),
    "tits0180-http": _http(http_platforms.tits0180),
}
SIDES: dict[str, Callable[[], Cloud | Police]] = {"rcu2cloud": Cloud, "gat1049": Police}


class Judged:
    """One dialect and its platform."""

    def __init__(self, name: str, about: box.Box) -> None:
        self.dialect = cast(Dialect, box.make(name, about))
        self.received: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.records = self.octets = self.answers = 0
        self._read = READERS.get(name)
        if self._read is None:
            self._session = cast(StreamDialect, self.dialect).session(Login("bench", "bench", "secret"))
            self._side = SIDES[name]()
            self._hear(self._session.hello(time.time_ns()))

    def take(self, report: Report) -> None:
        """Take one record through the spool to the platform."""
        payload = self.dialect.payload(report)
        rank, seq = RANK[report.kind], report.seq
        record = SpooledRecord(report.boot, seq, seq, report.kind, rank, report.stamp_ns, payload)
        said = self.dialect.publications(record, None)
        self.records += bool(said)
        for each in said:
            self.octets += len(each.body)
            self._say(each)

    def _say(self, each: Publication) -> None:
        if self._read is not None:
            self._count(self._read(each.topic, each.body))
        else:
            self._hear(self._session.octets(each))

    def _hear(self, octets: bytes) -> None:
        heard, answers = self._side.take(octets)
        for _, one in heard:
            self._count(one)
        self.answers += len(self._session.received(answers))

    def _count(self, heard: HeardTopic) -> None:
        self.received[heard.kind or "unknown"] += 1
        for fault in heard.faults:
            self.refused[f"{heard.kind} {fault.reason}"] += 1

    def figures(self) -> dict[str, Any]:
        """Return the counts."""
        return {
            "records": self.records,
            "messages": dict(self.received),
            "answers": self.answers,
            "mib": round(self.octets / 2**20, 2),
            "refused": sum(self.refused.values()),
            "refusals": dict(self.refused),
        }


def reports(minutes: float, seed: int, site: config.Config) -> Iterator[Report]:
    """Yield the station's records in their order, numbered as the outbox numbers them."""
    seq = 0
    for _, _, output in run(minutes * 60, world=lambda: world(seed, 1.0), site=site):
        for draft in output.drafts:
            seq += 1
            yield Report(draft.kind, draft.stamp_ns, BOOT, seq, draft.data, draft.live)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench dialects", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=301)
    options = parser.parse_args()
    site = config.load(CONFIGS / "demo.yaml")
    numbers = {code: number for number, code in enumerate(KINDS)}  # any: the platform gives them
    about = box.box(site)._replace(standard=StandardSettings(event_types=numbers))
    judged = {name: Judged(name, about) for name in DIALECTS}
    told: Counter[str] = Counter()
    for report in reports(options.minutes, options.seed, site):
        told[report.kind] += 1
        for each in judged.values():
            each.take(report)
    figures = {name: each.figures() for name, each in judged.items()}
    keep("dialects", {"minutes": options.minutes, "seed": options.seed, "records": dict(told), "dialects": figures})
    print(f"{options.minutes:g} min, records {dict(told)}")
    for name, row in figures.items():
        print(f"{name:14} {row['records']:6} records, {row['mib']:7} MiB, refused {row['refused']}: {row['messages']}")
        for reason, count in row["refusals"].items():
            print(f"    {count} x {reason}")
    sys.exit(any(row["refused"] for row in figures.values()))


if __name__ == "__main__":
    main()
