"""The frozen copy of a site: every process reads this, never a file that is being edited.

It holds the site file and the files that it names (lane map, drivers' files, models), each at its own absolute path
below a folder named by their digest: relative paths mean the same there. Films and recordings are links, since they are
large and affect only the pictures and devices; so are certificates and passwords, which are renewed where they are.

    DATA/site/DIGEST/etc/rsu/site.yaml ...
    DATA/site/last-good     which of them was frozen last, and of which site file
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from pydantic import BaseModel

from hw.decoding import UNDECODABLE
from rsu.core import durable
from rsu.core.errors import ConfigError
from rsu.site import config, content, layers
from rsu.site.config import Config
from rsu.site.yaml_source import YamlSource

_LAST = "last-good"
_DIGITS = 16
_KEPT = 3  # copies: the one in use, the one before, and the next one


class Gathered(NamedTuple):
    """A site as it is edited, read once and found valid."""

    origin: Path  # the site file
    files: Mapping[str, bytes | Path]  # by absolute path without its slash; a path: where a link leads
    digest: str


class Frozen(NamedTuple):
    """A site that does not change any more."""

    origin: Path  # the site file that is edited
    digest: str
    config: Config  # loaded from the copy
    names: tuple[str, ...]  # of its files and of the drop-ins' folder, without the slash of their absolute paths

    @property
    def path(self) -> Path:
        """Return the copy of the site file."""
        return self.config.path


class _Last(msgspec.Struct):
    origin: str
    digest: str


def gather(site: Path) -> Gathered:
    """Read a site and all that it names. ConfigError: it cannot be used; OSError: a file cannot be read any more."""
    loaded = config.load(site.resolve())
    named = list(_named(loaded))
    files = {_key(path): path.resolve() if is_link else path.read_bytes() for path, is_link in named}
    for path in [loaded.path, *layers.drop_ins(loaded.path)]:
        copied = {_key(path) for path, is_link in named if not is_link}  # a link leads to the same file anyhow
        files[_key(path)] = _site_file(path, loaded.path.parent, copied)
    return Gathered(loaded.path, files, _digest(files))


def freeze(site: Gathered, shelves: Iterable[Path]) -> Frozen:
    """Copy a site onto the first shelf that takes it, load it from there, and note it as the last good one.

    ConfigError: it was changed while it was read; OSError: no disk takes it. The copy from before stays.
    """
    failed: OSError | None = None
    for shelf in shelves:
        try:
            return _freeze(site, shelf)
        except OSError as error:
            failed = error
    assert failed is not None
    raise failed


def _freeze(site: Gathered, shelf: Path) -> Frozen:
    place = shelf / site.digest
    if not place.exists() or _digest(_kept(place)) != site.digest:
        _write(place, site.files)
    try:
        frozen = Frozen(
            site.origin, site.digest, config.load(_mirror(place, site.origin)), _names(site.origin, site.files)
        )
    except ConfigError as error:
        findings = [each._replace(file=each.file.removeprefix(str(place))) for each in error.findings]
        raise ConfigError(findings) from error
    durable.replace(shelf / _LAST, msgspec.json.encode(_Last(str(site.origin), site.digest)))
    _tidy(shelf, site.digest)
    return frozen


def last_good(site: Path, shelf: Path) -> Frozen | None:
    """Return the copy that a site file was frozen as last; None: there is none, or it is damaged."""
    origin = site.resolve()
    try:
        last = msgspec.json.decode((shelf / _LAST).read_bytes(), type=_Last)
        files = _kept(shelf / last.digest)
        if last.origin != str(origin) or _digest(files) != last.digest:
            return None
        return Frozen(origin, last.digest, config.load(_mirror(shelf / last.digest, origin)), _names(origin, files))
    except (OSError, ConfigError, *UNDECODABLE):
        return None


def stamps(names: Iterable[str]) -> list[tuple[int, int, int] | None]:
    """Return a value that differs once one of the edited files was changed. `names`: of `Frozen`."""
    found: list[tuple[int, int, int] | None] = []
    for name in names:
        try:
            facts = Path("/", name).stat()
            found.append((facts.st_mtime_ns, facts.st_size, facts.st_ino))
        except OSError:
            found.append(None)
    return found


def _named(loaded: Config) -> Iterator[tuple[Path, bool]]:
    """Yield the files that a site names, and whether a link to it will do."""
    folder = loaded.path.parent
    models = [device.video.onnx.model for device in loaded.site.devices.values() if device.video and device.video.onnx]
    copied = [folder / loaded.site.site.lane_map, *content.driver_files(loaded), *models]
    yield from ((path, False) for path in copied)
    yield from ((path, True) for path in content.secret_files(loaded))
    for path in _paths(loaded.site):
        if (folder / path).is_file() and path not in copied:
            yield folder / path, True


def _names(origin: Path, files: Iterable[str]) -> tuple[str, ...]:
    return (*files, _key(origin.parent / layers.FOLDER))


def _paths(node: object) -> Iterator[Path]:
    """Yield every path in a model."""
    if isinstance(node, Path):
        yield node
    parts: Iterable[object] = ()
    if isinstance(node, BaseModel):
        parts = (getattr(node, name) for name in type(node).model_fields)
    elif isinstance(node, dict | list | tuple):
        parts = node.values() if isinstance(node, dict) else node
    for part in parts:
        yield from _paths(part)


def _key(path: Path) -> str:
    return os.path.normpath(path.absolute()).lstrip("/")


def _site_file(site: Path, folder: Path, named: set[str]) -> bytes:
    """Return a site file or drop-in without absolute paths of files in the copy: those would lead out of it."""
    text, data = site.read_bytes(), YamlSource(site).data
    absolute = {word for word in _words(data) if word.startswith("/") and _key(Path(word)) in named}
    for word in sorted(absolute, key=len, reverse=True):
        text = text.replace(word.encode(), os.path.relpath(word, folder).encode())
    return text


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield str(node)
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _words(part)


def _mirror(place: Path, origin: Path) -> Path:
    return place / _key(origin)


def _digest(files: Mapping[str, bytes | Path]) -> str:
    told = hashlib.sha256()
    for name, data in sorted(files.items()):
        content = data if isinstance(data, bytes) else os.fsencode(data)
        told.update(f"{name}\0{type(data) is bytes}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return told.hexdigest()[:_DIGITS]


def _kept(place: Path) -> dict[str, bytes | Path]:
    """Return the files of a copy, as `_files` returned them."""
    paths = [path for path in place.rglob("*") if path.is_symlink() or path.is_file()]
    return {str(path.relative_to(place)): path.readlink() if path.is_symlink() else path.read_bytes() for path in paths}


def _write(place: Path, files: Mapping[str, bytes | Path]) -> None:
    """Write a copy whole or not at all."""
    part = place.with_name(f"{place.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)  # damaged
    for name, data in files.items():
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            durable.write(path, data)
        else:
            path.symlink_to(data)
    part.rename(place)
    durable.sync(place.parent)


def _tidy(shelf: Path, digest: str) -> None:
    """Remove copies that are out of use: all but the newest."""
    copies = sorted(
        (path for path in shelf.iterdir() if path.is_dir() and path.name != digest),
        key=lambda path: path.stat().st_mtime_ns,
        reverse=True,
    )
    for path in copies[_KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
