"""The chained log of changes: whole through power cuts, and every change of it is seen."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from rsu.core import audit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / audit.FOLDER


def fill(folder: Path, count: int = 5) -> None:
    for number in range(count):
        audit.append(folder, 1e9 + number, "page: anna", "site", "page.port", {"port": number}, {"port": number + 1})


def lines(folder: Path) -> list[str]:
    return audit.files(folder)[0].read_text().splitlines(keepends=True)


def rewrite(folder: Path, changed: list[str]) -> list[int]:
    audit.files(folder)[0].write_text("".join(changed))
    return [fault.line for fault in audit.verify(folder)]


def test_entries_come_back_in_order(folder: Path) -> None:
    fill(folder)
    found = list(audit.entries(folder))
    assert [entry.number for entry in found] == [1, 2, 3, 4, 5]
    assert [entry.previous for entry in found] == ["", *(entry.hash for entry in found[:-1])]
    assert (found[2].before, found[2].after, found[2].outcome) == ({"port": 2}, {"port": 3}, "done")
    assert audit.newest(folder) == found[-1]
    assert audit.verify(folder) == []


def test_a_log_that_is_not_there_is_empty(folder: Path) -> None:
    assert (list(audit.entries(folder)), audit.verify(folder), audit.newest(folder)) == ([], [], None)


def test_every_change_of_the_log_is_seen(folder: Path) -> None:
    fill(folder)
    whole = lines(folder)
    assert rewrite(folder, [*whole[:2], whole[2].replace('"port":3', '"port":9'), *whole[3:]]) == [3]
    assert rewrite(folder, [*whole[:2], *whole[3:]]) == [3]  # taken out
    assert rewrite(folder, [whole[1], whole[0], *whole[2:]]) == [2, 3]  # turned round
    assert rewrite(folder, [*whole[:3], "dust\n", *whole[3:]]) == [4]
    assert rewrite(folder, [whole[0], whole[1].replace("{", '{"approved":"yes",', 1), *whole[2:]]) == [2]  # one more
    assert rewrite(folder, whole) == []


def test_an_entry_made_anew_breaks_the_chain_behind_it(folder: Path, tmp_path: Path) -> None:
    fill(folder)
    whole = lines(folder)
    fill(tmp_path / "other", 2)
    other = audit.append(tmp_path / "other", 1.0, "page: eve", "site", "page.port", None, {"port": 1})
    forged = json.dumps(json.loads(whole[2]) | {"actor": other.actor, "hash": other.hash}) + "\n"
    assert rewrite(folder, [*whole[:2], forged, *whole[3:]]) == [3, 4]


def test_a_line_that_a_power_cut_left_unfinished_is_cut_off(folder: Path) -> None:
    fill(folder, 2)
    os.truncate(audit.files(folder)[0], audit.files(folder)[0].stat().st_size - 7)
    fill(folder, 1)
    assert [entry.number for entry in audit.entries(folder)] == [1, 2]
    assert audit.verify(folder) == []


def test_old_files_make_room_and_the_chain_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "FILE_OCTETS", 400)
    monkeypatch.setattr(audit, "FILES", 3)
    fill(folder, 12)
    assert [path.name for path in audit.files(folder)] == [f"{number:010}.jsonl" for number in (7, 9, 11)]
    assert [entry.number for entry in audit.entries(folder)] == [7, 8, 9, 10, 11, 12]
    assert audit.verify(folder) == []
    audit.files(folder)[1].unlink()
    assert [(fault.file, fault.line) for fault in audit.verify(folder)] == [("0000000011.jsonl", 1)]


def test_several_writers_make_one_chain(folder: Path) -> None:
    writers = [threading.Thread(target=fill, args=(folder,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [entry.number for entry in audit.entries(folder)] == [*range(1, 21)]
    assert audit.verify(folder) == []
