"""The bench platform's counting: copies, gaps, declared gaps, refused and invalid records, records in parts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.archive import Archive, ArchivedMessage
from sim.platform import ranges

MS = 1_795_000_000_000


def _message(archive: Archive, seq: int, boot: str = "b", kind: str = "event", **more: object) -> ArchivedMessage:
    record = {"timeStamp": MS, "rscuSn": "R", "eventList": [], "bootId": boot, "seqNum": seq, **more}
    message = archive.read(kind, json.dumps(record).encode())
    assert message is not None
    return message


def _marker(archive: Archive, first: int, seq: int) -> ArchivedMessage:
    record = {"timeStamp": MS, "rscuSn": "R", "active": 0, "bootId": "b", "seqNum": seq, "firstSeqNum": first}
    message = archive.read("run-status", json.dumps(record).encode())
    assert message is not None
    return message


def test_counts_copies_and_gaps(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    archive.keep([_message(archive, seq) for seq in (1, 2, 2, 5)])
    archive.keep([_message(archive, seq, "c") for seq in (1, 2)])
    summary = archive.summary()
    assert (summary["received"], summary["distinct"], summary["duplicates"], summary["gaps"]) == (6, 5, 1, 2)
    assert (summary["by_kind"], summary["refused"]) == ({"event": 5}, 0)


def test_declared_gaps_are_no_gaps(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    archive.keep([_message(archive, 1), _message(archive, 9), _marker(archive, 2, 6)])
    summary = archive.summary()
    assert (summary["distinct"], summary["gaps"], summary["given_up"]) == (2, 2, 5)


def test_survives_its_own_restart(tmp_path: Path) -> None:
    for seqs in ((1, 2), (2, 3)):
        archive = Archive(tmp_path / "platform.sqlite")
        archive.keep([_message(archive, seq) for seq in seqs])
        summary = archive.summary()
        archive.close()
    assert (summary["received"], summary["duplicates"], summary["gaps"]) == (4, 1, 0)


def test_a_presence_message_has_no_number(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    payload = json.dumps({"timeStamp": MS, "rscuSn": "R", "deviceType": 0, "active": 1}).encode()
    assert archive.read("basic-status", payload) is None
    assert (archive.summary()["presence"], archive.summary()["invalid"]) == (1, 0)


@pytest.mark.parametrize("payload", [b"", b"{", b"[1]", b'{"seqNum": "x"}', b'{"seqNum": 1}', b"\xff", b"null"])
def test_counts_what_is_no_record(tmp_path: Path, payload: bytes) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    assert archive.read("event", payload) is None
    assert archive.summary()["invalid"] == 1


@pytest.mark.parametrize("listed", [[{"eventType": 903}], 5, [1]])
def test_refuses_what_does_not_fit_and_keeps_why(tmp_path: Path, listed: object) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    archive.keep([_message(archive, 1), _message(archive, 2, eventList=listed), _message(archive, 2, eventList=listed)])
    summary = archive.summary()
    assert (summary["refused"], summary["distinct"], summary["gaps"], summary["by_kind"]) == (1, 2, 0, {"event": 1})
    ((reason, count),) = summary["refusals"].items()
    assert reason.startswith("event eventList") and count == 2
    assert summary["examples"][0].startswith("event b/2: eventList")


def test_a_record_in_parts_is_one_when_all_are_there(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    first, second = (_message(archive, 2, partNum=part, partSum=2) for part in (1, 2))
    archive.keep([_message(archive, 1), first])
    assert not archive.is_whole(first)
    assert archive.summary()["distinct"] == 1
    archive.keep([first, second])
    assert archive.is_whole(first) and archive.is_whole(second)
    summary = archive.summary()
    assert (summary["distinct"], summary["duplicates"], summary["gaps"]) == (2, 0, 0)


def test_ranges_join_neighbours() -> None:
    assert ranges([(5, 5), (1, 1), (2, 3), (2, 2), (7, 9)]) == [(1, 3), (5, 5), (7, 9)]
