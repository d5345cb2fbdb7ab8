"""The versions of a site, kept by content in `history` beside the site file.

    history/0007.json       one version: when, why, and its files by SHA-256
    history/blobs/SHA256    the content of files

A version has the site file, its drop-ins, its lane map and the files that its drivers name, by path from the folder of
the site file. Every change is saved before and after; files are replaced whole, and only by a site that is valid.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hw.detail import Detail
from rsu.core import durable
from rsu.core.errors import ConfigError, RsuError
from rsu.site import config, content, layers, probation
from rsu.site.probation import SiteProbation

FOLDER, _BLOBS = "history", "blobs"
_MODE = 0o640
_NO_VERSION = Detail("{site}: no version {number}; there are {there}", "{site}：没有版本 {number}，有 {there}")

_CHANGED = Detail("{} was changed meanwhile", "{} 在此期间已被更改")


class NoVersionError(RsuError):
    """A version that is not there."""


class ChangedMeanwhileError(RsuError):
    """A site whose files have changed since they were read."""


class SiteVersion(msgspec.Struct, frozen=True):
    """One version."""

    number: int
    utc_s: float
    why: str
    files: dict[str, str]  # path -> SHA-256


class SiteHistory:
    """The history of one site file."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._folder = site.parent / FOLDER

    def versions(self) -> list[SiteVersion]:
        """Return all versions, the oldest first."""
        found = sorted(self._folder.glob("[0-9]*.json"))
        return [msgspec.json.decode(path.read_bytes(), type=SiteVersion) for path in found]

    def files(self, number: int | None = None) -> dict[str, bytes]:
        """Return the files of a version; None: of the one before the newest. NoVersionError."""
        known = {version.number: version for version in self.versions()}
        wanted = sorted(known)[-2] if number is None and len(known) > 1 else number
        if wanted is None or wanted not in known:
            there = ", ".join(map(str, known)) or "0"
            raise NoVersionError(_NO_VERSION.of(site=self._site, number=wanted or 1, there=there))
        blobs = self._folder / _BLOBS
        return {name: (blobs / digest).read_bytes() for name, digest in known[wanted].files.items()}

    def change(self, files: Mapping[str, bytes], why: str) -> SiteVersion:
        """Put files in the place of those of the site, and keep both versions. ConfigError: the site is not valid then.

        A drop-in that is not among the files is removed. UnderProbationError: the site is on probation.
        """
        with laid_out(self._site, files) as path:
            _load(path, self._site)
        with self._alone():
            probation.refuse_open(self._folder)
            self._found()
            return self._put(files, why)

    def try_out(self, files: Mapping[str, bytes], wish: SiteProbation, seen: Mapping[str, bytes]) -> SiteVersion:
        """Change the site on probation. `wish`: it, still without the version before. Errors as of `change`.

        `seen`: the files of which the change was made; ChangedMeanwhileError: others stand there by now.
        """
        with laid_out(self._site, files) as path:
            _load(path, self._site)
        with self._alone():
            probation.refuse_open(self._folder)
            if present(self._site) != seen:
                raise ChangedMeanwhileError(_CHANGED.of(self._site))
            wish = msgspec.structs.replace(wish, before=self._found())
            probation.write(self._folder, wish)
            try:
                return self._put(files, wish.by)
            except OSError as error:
                self._return(wish, str(error))
                raise

    def probation(self) -> SiteProbation | None:
        """Return the newest probation; None: there was none."""
        return probation.read(self._folder)

    def keep(self, by: str) -> bool:
        """End a probation: the version stays. False: it is over already."""
        with self._alone():
            found = self._open(by)
            if found is not None and found.left_s(probation.now_s(), probation.boot()) > 0:
                probation.write(self._folder, msgspec.structs.replace(found, state="kept"))
                return True
            return False

    def give_back(self, by: str, why: str) -> bool:
        """End a probation: the version before is the site's again. False: it is over already."""
        with self._alone():
            found = self._open(by)
            if found is not None:
                self._found()
                self._return(found, why)
            return found is not None

    def _return(self, found: SiteProbation, why: str) -> None:
        self._put(self.files(found.before), f"returned: {why}")
        probation.write(self._folder, msgspec.structs.replace(found, state="returned", why=why))

    def _open(self, by: str) -> SiteProbation | None:
        found = probation.read(self._folder)
        return found if found is not None and found.state == "open" and found.by == by else None

    def _found(self) -> int:
        """Keep the version that stands in the files now, and return its number; 0: there is none."""
        now = present(self._site)
        return self._save(now, "as found").number if now else 0

    def _put(self, files: Mapping[str, bytes], why: str) -> SiteVersion:
        now = present(self._site)
        for name in sorted(files, key=lambda name: name == self._site.name):
            path = self._site.parent / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if now.get(name) != files[name]:
                durable.replace(path, files[name])
        for name in now.keys() - files.keys():
            if name.startswith(f"{layers.FOLDER}/"):
                (self._site.parent / name).unlink()
        return self._save(files, why)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        (self._folder / _BLOBS).mkdir(mode=0o750, parents=True, exist_ok=True)
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _save(self, files: Mapping[str, bytes], why: str) -> SiteVersion:
        """Keep a version, unless it is the newest already."""
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        newest = next(reversed(self.versions()), None)
        if newest is not None and newest.files == digests:
            return newest
        for name, digest in digests.items():
            blob = self._folder / _BLOBS / digest
            if not blob.exists():
                durable.replace(blob, files[name])
        version = SiteVersion(1 if newest is None else newest.number + 1, time.time(), why, digests)
        durable.replace(self._folder / f"{version.number:04}.json", msgspec.json.encode(version))
        return version


@contextmanager
def laid_out(site: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """Lay the files of a version out in a folder of their own; give the path of the site file."""
    here = site.parent.resolve()
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base, here.name)
        folder.mkdir()
        _linked(here.parent, Path(base), [here.name])
        _linked(here, folder, [FOLDER, layers.FOLDER, *files])
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        yield folder / site.name


def _load(path: Path, site: Path) -> None:
    """Load a site that was laid out, and name its files as those of the site in its mistakes."""
    try:
        config.load(path)
    except ConfigError as error:
        inside, there = str(path.parent), str(site.parent)
        raise ConfigError([each._replace(file=each.file.replace(inside, there)) for each in error.findings]) from error


def present(site: Path) -> dict[str, bytes]:
    """Return the files of a site by path from its folder: of no site none, of an invalid one the YAML files."""
    if not site.exists():
        return {}
    try:
        files = content.collect(config.load(site))
    except ConfigError:
        found = [site, *sorted((site.parent / layers.FOLDER).glob("*.yaml"))]
        files = {os.path.relpath(path, site.parent): path.read_bytes() for path in found}
    return {name: data for name, data in files.items() if not name.startswith("..")}


def _linked(source: Path, folder: Path, without: Collection[str]) -> None:
    """Put links to the files of a folder into another one, so that a site there finds files that it only names."""
    for path in source.iterdir():
        if path.name not in without and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
