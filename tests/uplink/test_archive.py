"""The bench platform's counting: copies, gaps, declared gaps, invalid records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.archive import Archive, Message
from sim.platform import ranges


def _message(archive: Archive, seq: int, boot: str = "b", **more: object) -> Message:
    record = {"timeStamp": 1, "rscuSn": "R", "eventList": [], "bootId": boot, "seqNum": seq, **more}
    message = archive.read("event", json.dumps(record).encode())
    assert message is not None
    return message


def test_counts_copies_and_gaps(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    archive.keep([_message(archive, seq) for seq in (1, 2, 2, 5)])
    archive.keep([_message(archive, seq, "c") for seq in (1, 2)])
    summary = archive.summary()
    assert (summary["received"], summary["distinct"], summary["duplicates"], summary["gaps"]) == (6, 5, 1, 2)
    assert summary["by_kind"] == {"event": 5}


def test_declared_gaps_are_no_gaps(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    archive.keep([_message(archive, 1), _message(archive, 9), _message(archive, 6, firstSeqNum=2)])
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
    payload = b'{"timeStamp": 1, "rscuSn": "R", "deviceType": 0, "active": 1}'
    assert archive.read("basic-status", payload) is None
    assert (archive.summary()["presence"], archive.summary()["invalid"]) == (1, 0)


@pytest.mark.parametrize("payload", [b"", b"{", b"[1]", b'{"seqNum": "x"}', b'{"seqNum": 1}', b"\xff", b"null"])
def test_counts_what_is_no_record(tmp_path: Path, payload: bytes) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    assert archive.read("event", payload) is None
    assert archive.summary()["invalid"] == 1


@pytest.mark.parametrize("listed", [[{"eventType": 903}], 5, [1]])
def test_counts_missing_mandatory_fields_and_keeps_the_record(tmp_path: Path, listed: object) -> None:
    archive = Archive(tmp_path / "platform.sqlite")
    archive.keep([_message(archive, 1, eventList=listed)])
    summary = archive.summary()
    assert (summary["invalid"], summary["distinct"]) == (1, 1)


def test_ranges_join_neighbours() -> None:
    assert ranges([(5, 5), (1, 1), (2, 3), (2, 2), (7, 9)]) == [(1, 3), (5, 5), (7, 9)]
