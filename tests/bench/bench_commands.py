"""`python -m tests.bench commands [--cycles N]`: commands of all kinds while the box, its process and its broker die.

The daemon of the demo site and a real Mosquitto. In each cycle the platform gives one command: right, once more, late,
expired, unsigned, or replayed; every 25th cycle the process that takes commands is killed (SIGKILL), every 100th the
broker. Then journal and log are read: none was applied twice, none after its expiry, each refusal has its reason.
Figures in build/bench/commands.json; exit code 1: a limit was exceeded.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from rsu.core import audit
from sim.commands import body
from tests.bench_file import keep
from tests.rsu.downlink.commanded import CommandedBox

CONFIG, QUERY = "rscu/RSCU-DEMO-1/config/down", "rscu/RSCU-DEMO-1/query/down"
KINDS = ("switch", "switch", "query", "query", "repeat", "late", "expired", "unsigned", "replayed")
ANSWERED = {*KINDS} - {"late", "expired"}  # these end at the broker while the box is away
KILL_EVERY, BROKER_EVERY = 25, 100
WITHOUT_WAIT = 5  # commands after a kill, one upon the other
P99_S = 1.0


class Cycles:
    """The platform of the bench. `asked`: the command of each correlation."""

    def __init__(self, box: CommandedBox) -> None:
        self.box, self.chance = box, random.Random(15)
        self.asked: dict[bytes, tuple[str, bool]] = {}  # kind, in calm
        self.counters: dict[bytes, int] = {}  # of signed commands
        self.last: tuple[str, bytes, dict[str, Any]] = (QUERY, body(0, InfoId=0), {})

    def give(self, number: int, calm: bool) -> bytes:
        """Give one command."""
        kind, commander = self.chance.choice(KINDS), self.box.commander
        used = self.used()
        kind = "query" if kind == "replayed" and not used else kind
        switch = body(number, airConfig={"rsm": {"local": bool(number % 2)}})
        if kind in ("switch", "query"):
            topic, said, more = (
                (CONFIG, switch, {"signed": True}) if kind == "switch" else (QUERY, body(number, InfoId=number % 3), {})
            )
            self.last = topic, said, {**more, "counter": commander.counter + 1} if more else more
            asked = commander.ask(topic, said, **more)
            self.counters[asked] = commander.counter if kind == "switch" else 0
        elif kind == "repeat":
            topic, said, more = self.last
            asked = commander.ask(topic, said, **more)
        elif kind == "replayed":
            asked = commander.ask(CONFIG, switch, signed=True, counter=used)
        elif kind == "unsigned":
            asked = commander.ask(CONFIG, switch)
        else:
            asked = commander.ask(CONFIG, switch, signed=True, for_s=-1 if kind == "expired" else 30, expiry_s=1)
        self.asked[asked] = kind, calm
        return asked

    def used(self) -> int:
        """Return the highest counter that the box has used for certain; 0: none."""
        answers = self.box.commander.answers
        obeyed = [asked for asked, said in answers.items() if said[0][1]["state"] != "refused"]
        return max((self.counters.get(asked, 0) for asked in obeyed), default=0)

    def run(self, cycles: int) -> None:
        """Give all commands; kill between them."""
        killed = -WITHOUT_WAIT
        for number in range(1, cycles + 1):
            if number % KILL_EVERY == 0 and number < cycles:
                self.box.uplink().kill()
                killed = number
            if number % BROKER_EVERY == 0 and number < cycles:
                self.box.broker.kill()
                self.box.broker.wait()
                self.box.start_broker()
            asked = self.give(number, number - killed > WITHOUT_WAIT)
            if number - killed >= WITHOUT_WAIT:
                self.box.commander.answer(asked, 10.0)
            else:
                time.sleep(0.1)
        end_s = time.monotonic() + 15
        while time.monotonic() < end_s and len(self.box.commander.answers) < len(self.asked):
            time.sleep(0.1)

    def figures(self) -> dict[str, Any]:
        """Return counts and delays; late and expired ones may end at the broker: without an answer."""
        commander, delays_s, calm_s = self.box.commander, [], []
        states: Counter[str] = Counter()
        for asked, (kind, calm) in self.asked.items():
            found = commander.answers.get(asked, [])
            states[f"{kind}: {found[0][1]['state'] if found else 'no answer'}"] += 1
            if found and kind in ("switch", "query") and found[0][1]["state"] == "applied":
                delays_s.append(found[0][0] - commander.taken[asked])
                calm_s += delays_s[-1:] if calm else []
        return {
            "cycles": len(self.asked),
            "states": dict(sorted(states.items())),
            "to_applied_s": _spread(delays_s),
            "to_applied_in_calm_s": _spread(calm_s),
            "answers_that_do_not_fit": [str(fault) for fault in self.box.commander.faults],
        }


def _spread(delays_s: list[float]) -> dict[str, float]:
    """Return figures of delays, each from the broker's PUBACK of the command to the answer."""
    p50, p99 = np.percentile(delays_s, [50, 99]).tolist()
    return {"n": len(delays_s), "p50": round(p50, 3), "p99": round(p99, 3), "most": round(max(delays_s), 3)}


def journal(data: Path) -> dict[str, Any]:
    """Return the findings in the journal and the log of a box that has ended."""
    with sqlite3.connect(data / "commands.sqlite") as db:
        rows = db.execute("SELECT command, number, state, why, expires_ns FROM command").fetchall()
    expires_ns = {f"{command} {number}": ns for command, number, state, _, ns in rows if state != "refused"}
    entries = list(audit.entries(data / audit.FOLDER))
    applied = Counter(entry.about for entry in entries if entry.outcome == "applied")
    return {
        "applied": len(applied),
        "applied_twice": sorted(about for about, count in applied.items() if count > 1),
        "applied_after_expiry": sorted(
            entry.about
            for entry in entries
            if entry.outcome == "applied" and entry.utc_s * 1e9 > expires_ns.get(entry.about, 0) + 1e3
        ),
        "open": [row[:2] for row in rows if row[2] == "accepted"],
        "without_reason": [row[:2] for row in rows if row[2] in ("refused", "failed") and not row[3]],
        "states": dict(Counter(row[2] for row in rows)),
        "log_entries": len(entries),
        "log_faults": [str(fault) for fault in audit.verify(data / audit.FOLDER)],
    }


def faults(figures: dict[str, Any]) -> list[str]:
    """Return the limits that were exceeded."""
    empty = ("applied_twice", "applied_after_expiry", "open", "without_reason", "log_faults")
    found = [f"{name}: {figures['journal'][name]}" for name in empty if figures["journal"][name]]
    if figures["answers_that_do_not_fit"]:
        found.append(f"answers that do not fit: {figures['answers_that_do_not_fit']}")
    if figures["to_applied_s"]["p99"] > P99_S:
        found.append(f"to applied p99 {figures['to_applied_s']['p99']} s, at most {P99_S} s")
    found += [name for name in figures["states"] if name in {f"{kind}: no answer" for kind in ANSWERED}]
    wrong = [
        name
        for name in figures["states"]
        if name.split(": ") in [[kind, "applied"] for kind in ("expired", "unsigned", "replayed")]
    ]
    return found + [f"applied: {name}" for name in wrong]


def main() -> None:
    """Run the cycles, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench commands", description=__doc__.splitlines()[0])
    parser.add_argument("--cycles", type=int, default=1000)
    cycles = parser.parse_args().cycles
    with tempfile.TemporaryDirectory(prefix="commands-") as folder:
        box = CommandedBox(Path(folder))
        try:
            box.until_connected()
            began_s, run = time.monotonic(), Cycles(box)
            run.run(cycles)
            figures = run.figures() | {"seconds": round(time.monotonic() - began_s, 1)}
        finally:
            box.close()
        figures["journal"] = journal(box.data)
    keep("commands", figures | {"limits": {"p99_s": P99_S}})
    print(json.dumps(figures, indent=1))
    if found := faults(figures):
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
