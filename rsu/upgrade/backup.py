"""A site in one file, to move it to a replacement box: its configuration with secrets, and the daemon's state.

Recordings stay behind: they are large, and `rsu rec` copies those that matter. The daemon may run meanwhile: its
databases are copied by SQLite itself, every other file of its state is replaced whole (`rsu.core.durable`).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec

from hw.detail import Detail
from rsu.core import durable
from rsu.upgrade.errors import BackupError, OccupiedError

_MANIFEST = "manifest.json"
_SITE, _DATA = "site/", "data/"  # folders in the archive
_LEFT_OUT = (".mcap", ".keep", ".part", ".new", "-wal", "-shm", "-journal", "-lock")
_SQLITE = b"SQLite format 3\0"
_MODE = 0o600  # secrets are in it
_HAS_A_SITE = Detail(
    "{} exists: this box has a site; stop the daemon and move the file away first",
    "{} 已存在：本机已有站点；请先停止守护程序并移走该文件",
)
_DAMAGED = Detail("{} is damaged: {}", "{} 已损坏：{}")
_OTHER_FILES = Detail("a file is missing or differs from the manifest", "有文件缺失或与清单不符")


class BackupManifest(msgspec.Struct, frozen=True):
    """The list of a backup's files."""

    version: str  # of the release that made it
    site: str  # name of the site file
    files: dict[str, str]  # name -> SHA-256


def save(out: Path, site: Path, data: Path) -> BackupManifest:
    """Write a backup of a site file's folder and of a data folder. OSError: something cannot be read or written."""
    site.open("rb").close()
    files = {**_files(site.parent, _SITE), **_files(data, _DATA)}
    digests = {name: hashlib.sha256(content).hexdigest() for name, (content, _) in files.items()}
    manifest = BackupManifest(version("rsu-edge"), site.name, digests)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        _add(archive, _MANIFEST, msgspec.json.encode(manifest), _MODE)
        for name, (content, mode) in files.items():
            _add(archive, name, content, mode)
    out.touch(mode=_MODE)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:  # open to its owner alone
        new = Path(folder, out.name)
        durable.write(new, packed.getvalue())
        new.chmod(_MODE)
        new.rename(out)
    durable.sync(out.parent)
    return manifest


def restore(backup: Path, site: Path, data: Path) -> BackupManifest:
    """Put a site and its state onto a box that has none, the site file last.

    BackupError: the backup is damaged; OccupiedError: the box has a site; nothing was changed. OSError: something
    cannot be written.
    """
    if site.exists():
        raise OccupiedError(_HAS_A_SITE.of(site))
    manifest, files = _opened(backup)
    places = {_SITE: site.parent, _DATA: data}
    site_file = f"{_SITE}{manifest.site}"
    for name in sorted(files, key=lambda name: (name == site_file, name)):
        content, mode = files[name]
        kind, _, rest = name.partition("/")
        folder = places[f"{kind}/"]
        file = site if name == site_file else folder / rest
        _make_folders(file.parent, folder)
        durable.write(file, content)
        file.chmod(mode)
        _give(file, folder)
    durable.sync(site.parent)
    return manifest


def _make_folders(folder: Path, top: Path) -> None:
    if not folder.exists():
        _make_folders(folder.parent, top)
        folder.mkdir(mode=0o750)
        _give(folder, top)


def _give(path: Path, to: Path) -> None:
    """Let a file have the owner that the folder of its kind has."""
    if os.geteuid() == 0 and to.exists():
        os.chown(path, to.stat().st_uid, to.stat().st_gid)


def _files(folder: Path, kind: str) -> dict[str, tuple[bytes, int]]:
    """Return content and mode of the files of a folder, by their names in the archive."""
    found = {f"{kind}{path.relative_to(folder)}": path for path in _kept(folder)}
    return {name: (_content(path), path.stat().st_mode & 0o777) for name, path in sorted(found.items())}


def _kept(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(_LEFT_OUT))


def _content(path: Path) -> bytes:
    with path.open("rb") as opened:
        if opened.read(len(_SQLITE)) != _SQLITE:
            return path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        source, target = sqlite3.connect(f"file:{path}?mode=ro", uri=True), sqlite3.connect(copy)
        source.backup(target)
        source.close()
        target.close()
        return copy.read_bytes()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    archive.addfile(member, io.BytesIO(content))


def _opened(backup: Path) -> tuple[BackupManifest, Mapping[str, tuple[bytes, int]]]:
    """Read a backup whole. BackupError: it is damaged."""
    found: dict[str, tuple[bytes, int]] = {}
    try:
        whole = io.BytesIO(gzip.decompress(backup.read_bytes()))  # to its end, with its checksum
        with tarfile.open(fileobj=whole) as archive:
            for member in archive:
                tarfile.data_filter(member, "/")  # no name that leads out of the folder
                opened = archive.extractfile(member)
                found[member.name] = (b"" if opened is None else opened.read(), member.mode & 0o777)
        manifest = msgspec.json.decode(found.pop(_MANIFEST)[0], type=BackupManifest)
    except FileNotFoundError:
        raise
    except (tarfile.TarError, OSError, EOFError, KeyError, ValueError, msgspec.DecodeError, zlib.error) as error:
        raise BackupError(_DAMAGED.of(backup, error)) from error
    if {name: hashlib.sha256(content).hexdigest() for name, (content, _) in found.items()} != manifest.files:
        raise BackupError(_DAMAGED.of(backup, _OTHER_FILES))
    return manifest, found
