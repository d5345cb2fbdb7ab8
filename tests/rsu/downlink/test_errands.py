"""Commands that a process of its own carries out: recorder, uploads to the site file's address alone, doctor."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rsu.downlink.errand_brief import ErrandBrief, ErrandResult, UploadPlace
from rsu.errand import work
from rsu.recording import reader
from rsu.site import config
from rsu.uplink import errand_desk
from rsu.uplink.errand_desk import ErrandDesk
from sim.commands import body
from sim.file_server import FileServer
from tests.rsu.downlink.office import NOW_NS, Office
from tests.rsu.recording.golden_outputs import FOLDER
from tests.rsu.recording.virtual import CONFIGS

NOW_MS = NOW_NS // 1_000_000
GOLDEN = FOLDER / "pedestrians.mcap"
NAME = "20261130T060000.000Z-abc.mcap"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.clerk.close()


REFUSALS: dict[str, tuple[str, str, bytes]] = {
    "another address": ("site file's address alone", "upload", body(1, what="log", uploadUrl="https://thief.example")),
    "another folder": ("content not understood", "upload", body(1, what="recording", file="../a.mcap")),
    "no file": ("file is empty", "upload", body(1, what="recording")),
    "no time": ("cut wants time", "recorder", body(1, verb="cut")),
    "the future": ("is 5.0 s ahead", "recorder", body(1, verb="cut", time=NOW_MS, after=5)),
    "no verb": ("content not understood", "recorder", body(1, verb="delete")),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(office: Office, name: str) -> None:
    why, command, said = REFUSALS[name]
    entry = office.give(command, said)
    assert entry.state == "refused" and why in entry.why


def test_without_an_address_in_the_site_file_nothing_goes_up(tmp_path: Path) -> None:
    office = Office(tmp_path, uploads="")
    assert "names no uplink.uploads" in office.give("upload", body(1, what="log")).why
    office.clerk.close()


def test_an_errand_that_began_in_time_has_until_its_deadline(office: Office) -> None:
    first = office.give("doctor", body(1), expiry_s=5)
    second = office.give("doctor", body(2), expiry_s=5)
    office.clerk.journal.begin(first.id, "now")
    office.now_ns += 6_000_000_000
    office.follow()
    assert [office.clerk.journal.entry(each.id).state for each in (first, second)] == ["accepted", "failed"]
    office.clerk.done(first, office.now_ns, {"doctor": {"left": 0}})
    [due] = [each for each in office.clerk.journal.unanswered() if each.command == first.id]
    said = json.loads(office.clerk.answer(due, office.now_ns, office.facts()).body)
    assert (said["state"], said["doctor"]) == ("applied", {"left": 0})


def test_the_desk_has_each_errand_done_and_kills_one_whose_command_is_over(office: Office, tmp_path: Path) -> None:
    desk = ErrandDesk(config.load(CONFIGS / "demo.yaml"), tmp_path, tmp_path, "now")
    entry = office.give("recorder", body(1, verb="stop"))
    end = time.monotonic() + 90
    while office.clerk.journal.entry(entry.id).state == "accepted" and time.monotonic() < end:
        desk.turn(office.clerk, office.now_ns)
        time.sleep(0.02)
    assert "no recorder runs in" in office.clerk.journal.entry(entry.id).why
    late = office.give("doctor", body(2))
    desk.turn(office.clerk, office.now_ns)
    assert desk._errand is not None
    process = desk._errand.process
    office.now_ns = late.deadline_ns
    office.follow()
    desk.turn(office.clerk, office.now_ns)
    assert process.poll() is not None and desk._errand is None
    desk.close()


def test_an_errand_without_a_process_is_a_failure(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand_desk, "_COMMAND", (str(tmp_path / "none"),))
    desk = ErrandDesk(config.load(CONFIGS / "demo.yaml"), tmp_path, tmp_path, "now")
    entry = office.give("doctor", body(1))
    desk.turn(office.clerk, office.now_ns)
    assert office.clerk.journal.entry(entry.id).why.startswith("no process can be started for it: No such file")
    desk.close()


def brief(folder: Path, command: str, place: UploadPlace | None = None, **said: Any) -> ErrandBrief:
    content = msgspec.json.encode({"seqNum": 1, **said})
    return ErrandBrief(command, content, NOW_NS, "R1", str(folder), str(folder), str(folder), uploads=place)


@pytest.mark.parametrize("login", [("", ""), ("R1", "secret")])
def test_a_recording_is_uploaded_whole(tmp_path: Path, login: tuple[str, str]) -> None:
    shutil.copy(GOLDEN, tmp_path / NAME)
    (tmp_path / "password").write_text(f"{login[1]}\n")
    server = FileServer(*login)
    place = UploadPlace(f"http://127.0.0.1:{server.port}/boxes/", login[0], str(tmp_path / "password"))
    result = work.result(brief(tmp_path, "upload", place, what="recording", file=NAME))
    octets = GOLDEN.read_bytes()
    url = f"http://127.0.0.1:{server.port}/boxes/R1/{NAME}"
    digest = hashlib.sha256(octets).hexdigest()
    assert result == ErrandResult({"file": NAME, "url": url, "octets": len(octets), "sha256": digest})
    assert server.held == {f"/boxes/R1/{NAME}": octets} and server.faults == []
    server.close()


@pytest.mark.parametrize(("status", "login"), [(307, ""), (500, ""), (201, "thief")])
def test_a_file_that_is_not_taken_is_a_failure(tmp_path: Path, status: int, login: str) -> None:
    shutil.copy(GOLDEN, tmp_path / NAME)
    server = FileServer(login, "x", status)
    place = UploadPlace(f"http://127.0.0.1:{server.port}")
    result = work.result(brief(tmp_path, "upload", place, what="recording", file=NAME))
    assert result.why == f"the address for uploads does not take it: HTTP {401 if login else status}"
    assert server.held == {}
    server.close()
    assert "Connection refused" in work.result(brief(tmp_path, "upload", place, what="recording", file=NAME)).why


def test_a_piece_around_a_time_is_a_recording_of_its_own(tmp_path: Path) -> None:
    tapes = list(reader.ticks(GOLDEN))
    middle_ms = tapes[len(tapes) // 2].utc_ns // 1_000_000
    begin = time.strftime("%Y%m%dT%H%M%S", time.gmtime(tapes[0].utc_ns // 1_000_000_000))
    shutil.copy(GOLDEN, tmp_path / f"{begin}.000Z-abc.mcap")
    wish = brief(tmp_path, "recorder", verb="cut", time=middle_ms, before=2, after=1)
    result = work.result(wish)
    [name] = result.content["files"]
    pieces = [tape.utc_ns for tape in reader.ticks(tmp_path / name)]
    wanted = [t.utc_ns for t in tapes if (middle_ms - 2000) * 1_000_000 <= t.utc_ns <= (middle_ms + 1000) * 1_000_000]
    assert pieces == wanted and len(pieces) > 20
    assert work.result(wish) == result, "done again, it is the same piece"
    elsewhere = brief(tmp_path, "recorder", verb="cut", time=middle_ms - 3_600_000)
    assert work.result(elsewhere).why == "no recording has any of this time"


def test_the_doctors_rows_come_in_one_language_the_worst_first_and_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {"name": f"p{number}", "verdict": verdict, "why": "w" * 900, "why_zh": "因" * 300, "values": [{"value": "v"}]}
        for number, verdict in enumerate(["fine", "bad", "none", "warn"] * 20)
    ]
    found = msgspec.json.encode({"counts": {"bad": 20}, "probes": rows})
    monkeypatch.setattr(work, "_rsu", lambda *_, **__: found)
    said = work.result(brief(tmp_path, "doctor", language="zh")).content["doctor"]
    assert len(msgspec.json.encode(said)) <= work.MOST_OCTETS
    assert len(said["probes"]) + said["left"] == 80 and said["left"] > 0
    assert [row["verdict"] for row in said["probes"]][:21] == ["bad"] * 20 + ["warn"]
    assert said["probes"][0]["why"] == "因" * 300 and "why_zh" not in said["probes"][0]
