"""`python -m tests.bench probation [--probation S]`: a platform's bad site comes back by itself, a good one stays.

The real demo site: emulators, broker, platform, daemon. The platform orders a site whose broker's address is dead, then
one that is good (a radar is turned by 0.2 degrees). Heard on the bus: the longest gap between two SPAT over both
changes and the return. Figures in build/bench/probation.json; exit code 1: a limit was exceeded.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from rsu.bench.plan import SITE, plan_of, prepare
from rsu.bench.processes import Running
from sim.commander import Commander
from sim.commands import body
from tests.bench.bench_reload import WARM_S, ReloadWatch
from tests.bench_file import keep
from tests.rsu.downlink.commanded import CITY, free_port

CONFIG, QUERY = "rscu/RSCU-DEMO-1/config/down", "rscu/RSCU-DEMO-1/query/down"
MOST_GAP_S, MOST_BACK_S = 0.2, 90.0
YAW = "sensors.radar-north.mount.yaw_deg"


def allow(configs: Path, probation_s: float) -> None:
    """Let the platform change the site of a folder."""
    yaml, path = YAML(), configs / SITE
    site = yaml.load(path)
    site["uplink"]["commands"] = {
        "issuers": {"city": CITY.public},
        "allow": {"config": ["city"], "site": ["city"], "query": ["platform"]},
        "probation_s": probation_s,
    }
    yaml.dump(site, path)


class SiteOrders:
    """The platform's orders, while the bus is watched."""

    def __init__(self, commander: Commander, watch: ReloadWatch, site: Path) -> None:
        self._commander, self._watch, self._site, self._number = commander, watch, site, 0

    def order(self, values: dict[str, Any]) -> dict[str, Any]:
        """Order a site; return the answer, the longest gap, and when the files were as before again, if they were."""
        self._number += 1
        self._watch.gaps_s.clear()
        before, began_s, back_s, changed = self._site.read_bytes(), time.monotonic(), None, False
        said = body(self._number, siteConfig=values)
        asked = self._commander.ask(CONFIG, said, signed=True, for_s=300, expiry_s=300)
        while not self._commander.answers.get(asked) and time.monotonic() - began_s < 200:
            self._watch.until(time.monotonic() + 0.2)
            same = self._site.read_bytes() == before
            changed = changed or not same
            if changed and same and back_s is None:
                back_s = round(time.monotonic() - began_s, 1)
        self._watch.until(time.monotonic() + 5)
        answers = self._commander.answers.get(asked)
        answer = answers[0][1] if answers else {}
        return {
            "state": answer.get("state"),
            "why": answer.get("errorDesc"),
            "answered_s": round(answers[0][0] - began_s, 1) if answers else None,
            "back_s": back_s,
            "spat": len(self._watch.gaps_s),
            "longest_gap_s": round(max(self._watch.gaps_s, default=999.0), 3),
        }


def run(folder: Path, probation_s: float) -> dict[str, Any]:
    """Run the bench; return its figures."""
    prepare(folder)
    plan = plan_of(folder, "127.0.0.1", "sumo", 7, change=lambda configs: allow(configs, probation_s))
    bench, watch = Running(plan), ReloadWatch(plan.run)
    commander = None
    try:
        for name in bench.names:
            bench.start(name)
        watch.until(time.monotonic() + WARM_S)
        commander = Commander(plan.broker[1], "RSCU-DEMO-1", "RSU-DEMO-1", CITY, "bench")
        while not commander.answer(commander.ask(QUERY, body(0, InfoId=0)), 5.0):
            pass  # the broker has no session of the box yet: a command before that is lost
        watch.until(time.monotonic() + 1)
        orders = SiteOrders(commander, watch, plan.site)
        return {
            "probation_s": probation_s,
            "bad": orders.order({"uplink.platform.port": free_port()}),
            "good": orders.order({YAW: 0.2}),
        }
    finally:
        if commander is not None:
            commander.close()
        bench.stop(bench.names)
        watch.close()


def faults(figures: dict[str, Any]) -> list[str]:
    """Return the limits that were exceeded."""
    bad, good = figures["bad"], figures["good"]
    found = [f"SPAT gap {each['longest_gap_s']} s" for each in (bad, good) if each["longest_gap_s"] > MOST_GAP_S]
    if bad["state"] != "failed" or bad["back_s"] is None or bad["back_s"] > MOST_BACK_S:
        found.append(f"the bad site: {bad}")
    if good["state"] != "applied":
        found.append(f"the good site: {good}")
    return found


def main() -> None:
    """Run it, keep the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench probation", description=__doc__.splitlines()[0])
    parser.add_argument("--probation", type=float, default=60.0, help="seconds")
    probation_s = parser.parse_args().probation
    with tempfile.TemporaryDirectory(prefix="probation-") as folder:
        figures = run(Path(folder), probation_s)
    keep("probation", figures | {"limits": {"gap_s": MOST_GAP_S, "back_s": MOST_BACK_S}})
    print(json.dumps(figures, indent=1))
    if found := faults(figures):
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
