"""A site moves to another box with its secrets and state, or nothing moves."""

from __future__ import annotations

import gzip
import random
import stat
import zlib
from pathlib import Path

import pytest

from rsu.site.uplink import SpoolSettings
from rsu.upgrade import backup
from rsu.upgrade.errors import BackupError, OccupiedError
from rsu.uplink.spool import Spool
from tests.rsu.uplink.spooled import commit, held_in, records_of


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with a secret, a spool that is being written, a latch, and a recording."""
    for name in ("etc/credentials", "data/recordings", "data/site/0123"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc/site.yaml").write_text("site: {name: crossing}\n")
    (tmp_path / "etc/credentials/platform").write_text("secret")
    (tmp_path / "etc/credentials/platform").chmod(0o600)
    (tmp_path / "data/latch.json").write_text("{}")
    (tmp_path / "data/recordings/a.mcap").write_bytes(b"\0" * 4096)
    return tmp_path / "etc/site.yaml"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_site_moves_with_secrets_and_state_and_without_recordings(site: Path, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "data/uplink.sqlite", SpoolSettings())  # as the uplink at work has it
    commit(spool, records_of(1, 3))
    saved = tmp_path / "crossing.rsu-backup"
    backup.save(saved, site, tmp_path / "data")
    spool.close()
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    backup.restore(saved, tmp_path / "new/etc/site.yaml", tmp_path / "new/data")
    assert contents(tmp_path / "new/etc") == contents(tmp_path / "etc")
    assert stat.S_IMODE((tmp_path / "new/etc/credentials/platform").stat().st_mode) == 0o600
    assert set(contents(tmp_path / "new/data")) == {"latch.json", "uplink.sqlite"}
    moved = Spool(tmp_path / "new/data/uplink.sqlite", SpoolSettings())
    assert [record.seq for record in held_in(moved)] == [1, 2, 3]
    moved.close()


def test_a_box_that_has_a_site_keeps_it(site: Path, tmp_path: Path) -> None:
    saved = tmp_path / "crossing.rsu-backup"
    backup.save(saved, site, tmp_path / "data")
    before = contents(tmp_path / "etc")
    with pytest.raises(OccupiedError):
        backup.restore(saved, site, tmp_path / "data")
    assert contents(tmp_path / "etc") == before


def unpacked(octets: bytes | bytearray) -> bytes | None:
    try:
        return gzip.decompress(octets)
    except (OSError, EOFError, zlib.error):
        return None


def test_a_damaged_backup_changes_nothing(site: Path, tmp_path: Path) -> None:
    saved, place = tmp_path / "crossing.rsu-backup", tmp_path / "new"
    backup.save(saved, site, tmp_path / "data")
    whole = saved.read_bytes()
    chance = random.Random(5)
    for _ in range(200):
        damaged = bytearray(whole)
        damaged[chance.randrange(10, len(whole))] ^= 1 << chance.randrange(8)  # after the header of gzip: time, system
        saved.write_bytes(damaged)
        if unpacked(damaged) == unpacked(whole):
            continue  # zeros copied from elsewhere are the same zeros
        with pytest.raises(BackupError):
            backup.restore(saved, place / "etc/site.yaml", place / "data")
    for length in range(0, len(whole), 40):
        saved.write_bytes(whole[:length])
        with pytest.raises(BackupError):
            backup.restore(saved, place / "etc/site.yaml", place / "data")
    assert not place.exists()
