"""One errand, as a process of its own: `python -m rsu.errand.work`, ErrandBrief in, ErrandResult out.

The uplink goes on meanwhile, and kills it when its command is over. All errands can be done again: a box that was cut
off does so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from rsu.core.errors import RsuError
from rsu.core.parent import die_with_us
from rsu.downlink.errand_brief import ErrandBrief, ErrandResult
from rsu.downlink.errand_contents import DoctorDown, RecorderDown, UploadDown
from rsu.errand import cutting
from rsu.errand.sending import ErrandError, send
from rsu.errand.upgrading import upgrade
from rsu.reasons import commands as words
from rsu.recorder.control import RecorderOrder, ask

MOST_OCTETS = 32_768  # of an answer's content
_NICE = 10  # perception and the uplink go first
_LAST = 100  # characters of a complaint
_WORST = ("bad", "warn", "fine", "none")  # verdicts, attention first
_FOUND = 1  # exit code of a doctor that has found something bad


def recorder(brief: ErrandBrief) -> dict[str, Any]:
    """Start, stop or cut."""
    said = msgspec.json.decode(brief.body, type=RecorderDown)
    if said.verb == "cut":
        assert said.around_ms is not None
        begin_ns = (said.around_ms - said.before * 1000) * 1_000_000
        return {"files": cutting.cut(Path(brief.recordings), begin_ns, said.before + said.after)}
    answer = ask(Path(brief.run), RecorderOrder(said.verb))
    wanted = {"start": ("recording", "waiting"), "stop": ("stopped",)}[said.verb]
    if answer.state not in wanted:
        raise ErrandError(words.RECORDER.of(answer.state))
    return {"recorder": answer.state}


def upload(brief: ErrandBrief) -> dict[str, Any]:
    """Send a recording, or the support archive."""
    said = msgspec.json.decode(brief.body, type=UploadDown)
    assert brief.uploads is not None
    if said.what == "recording":
        return send(Path(brief.recordings, said.file), said.file, brief.rscu, brief.uploads)
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "support.tar.gz")
        log = ["--log", brief.log] if brief.log else []
        _rsu(brief, "support-bundle", "--yes", "--out", str(archive), *log)
        return send(archive, f"support-{brief.utc_ns // 1_000_000}.tar.gz", brief.rscu, brief.uploads)


def doctor(brief: ErrandBrief) -> dict[str, Any]:
    """Return the rows of the doctor in one language, the worst first, as many as there is room for."""
    said = msgspec.json.decode(brief.body, type=DoctorDown)
    found = msgspec.json.decode(_rsu(brief, "doctor", "--json", fine=(0, _FOUND)))
    rows = [_worded(row, said.language) for row in found["probes"]]
    rows.sort(key=lambda row: _WORST.index(row["verdict"]))
    while rows and len(msgspec.json.encode(rows)) > MOST_OCTETS - 1000:
        rows = rows[: len(rows) * 9 // 10]
    return {"doctor": {"counts": found["counts"], "probes": rows, "left": len(found["probes"]) - len(rows)}}


def _worded(value: Any, language: str) -> Any:
    """Return rows with the words of one language alone."""
    if isinstance(value, list):
        return [_worded(each, language) for each in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _worded(each, language) for name, each in value.items() if not name.endswith("_zh")}
    return {name: value.get(f"{name}_zh", each) if language == "zh" else each for name, each in plain.items()}


def _rsu(brief: ErrandBrief, *words_: str, fine: tuple[int, ...] = (0,)) -> bytes:
    """Run a command of the product on this daemon; return its output. ErrandError: it failed."""
    command = [sys.executable, "-m", "rsu.cli.main", *words_, "--run", brief.run, "--data", brief.data]
    done = subprocess.run(command, capture_output=True, preexec_fn=die_with_us(), check=False)
    if done.returncode not in fine:
        raise ErrandError(words.ERRAND.of(words_[0], done.stderr.decode(errors="replace").strip()[-_LAST:]))
    return done.stdout


ERRANDS: dict[str, Callable[[ErrandBrief], dict[str, Any]]] = {
    "recorder": recorder,
    "upload": upload,
    "doctor": doctor,
    "upgrade": upgrade,
}


def result(brief: ErrandBrief) -> ErrandResult:
    """Do an errand."""
    try:
        return ErrandResult(ERRANDS[brief.command](brief))
    except (OSError, RsuError) as error:
        return ErrandResult(why=str(error))


def main() -> None:
    """Do the errand on standard input."""
    os.nice(_NICE)
    brief = msgspec.json.decode(sys.stdin.buffer.read(), type=ErrandBrief)
    sys.stdout.buffer.write(msgspec.json.encode(result(brief)))


if __name__ == "__main__":
    main()
