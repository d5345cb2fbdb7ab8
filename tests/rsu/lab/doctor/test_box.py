"""The doctor's rows of the box, on real processes."""

from __future__ import annotations

import resource
import subprocess
import sys

from rsu.bus.records import Processes, ProcessView
from rsu.bus.troubles import Newest
from rsu.lab.doctor import box_facts
from rsu.lab.doctor.facts import SiteFacts
from tests.rsu.lab.doctor.patients import CLOCK, examined

GREEDY = """
files = [open("/dev/null") for _ in range(55)]
print(len(files), flush=True)
input()
"""


def process(name: str, pid: int | None) -> ProcessView:
    """Return a running process of the daemon."""
    return ProcessView(name, "running", pid, 0, 0.0, 0.0, 0.0, 100, None)


def test_a_process_at_its_own_limit_of_open_files_is_told_bad() -> None:
    command = [sys.executable, "-c", GREEDY]
    begun = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60)),
    )  # fmt: skip
    try:
        assert begun.stdout is not None and begun.stdout.readline() == b"55\n"
        table = Processes(0, "", [process("station", begun.pid), process("recorder", None)])
        box = box_facts.read((), table.processes)
        row = examined(SiteFacts(0, box, CLOCK, [], Newest(processes=table)))["open-files"]
    finally:
        begun.kill()
        begun.communicate()
    assert [(one.about, one.judgement.code) for one in row.measured] == [("station", "bad"), ("recorder", "none")]
