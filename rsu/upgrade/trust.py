"""The signatures of a release: The Update Framework 1.0 (TUF), from a folder or a tar of it instead of a server.

    FOLDER/metadata/timestamp.json, N.snapshot.json, N.targets.json, and N.root.json where keys were exchanged
    FOLDER/targets/SHA256.rsu-edge_ARCHITECTURE.deb

The box's own root.json names the keys and how many of them must sign each file: two. Accepted metadata are kept, so
that none that are older are accepted later. python-tuf verifies; nothing here decides about signatures.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import TargetFile
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from hw.detail import Detail
from rsu.upgrade.errors import ReleaseError

_BASE = "https://release.invalid/"  # python-tuf wants an address; the fetcher takes its path only
_PIECE = 1 << 20  # octets read at once
_EXPIRED = Detail(
    "{}: expired: {}; is the box's clock right? Else ask for a newer package",
    "{}：已过期：{}；本机时钟是否正确？否则请索取更新的升级包",
)
_REFUSED = Detail("{}: refused: {}", "{}：拒绝：{}")
_OTHER_PROCESSOR = Detail(
    "the package holds no {}: it is for boxes with another processor", "升级包中没有 {}：适用于其他处理器的设备"
)


class VerifiedRelease(NamedTuple):
    """A package that enough of the trusted keys have signed."""

    version: str
    package: Path  # the Debian package, verified
    expires: datetime  # UTC: from then on the same package would be refused


class FolderFetcher(FetcherInterface):
    """Files of a folder, by the path of their address."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        file = self._folder / unquote(urlsplit(url).path).lstrip("/")
        if not file.is_file():
            raise DownloadHTTPError(f"{file.name} is not in the package", 404)
        with file.open("rb") as opened:
            yield from iter(lambda: opened.read(_PIECE), b"")


def verified(source: Path, root: Path, kept: Path, work: Path) -> VerifiedRelease:
    """Verify a package, a folder or a tar of it, and copy its Debian package for this processor into `work`.

    `root`: the box's own root.json; `kept`: folder of the metadata that were accepted before. ReleaseError: refused.
    """
    try:
        folder = source if source.is_dir() else _unpacked(source, work / "package")
        _refuse_other_spellings(folder)
        return _verified(folder, root, kept, work)
    except ExpiredMetadataError as error:
        raise ReleaseError(_EXPIRED.of(source, error)) from error
    except (RepositoryError, DownloadError, tarfile.TarError, ValueError, KeyError) as error:
        raise ReleaseError(_REFUSED.of(source, error)) from error


def _verified(folder: Path, root: Path, kept: Path, work: Path) -> VerifiedRelease:
    kept.mkdir(parents=True, exist_ok=True)
    name = f"rsu-edge_{architecture()}.deb"
    base, fetcher = f"{_BASE}metadata/", FolderFetcher(folder)
    updater = Updater(str(kept), base, str(work), f"{_BASE}targets/", fetcher, bootstrap=root.read_bytes())
    updater.refresh()
    target = updater.get_targetinfo(name)
    if target is None:
        raise ReleaseError(_OTHER_PROCESSOR.of(name))
    package = Path(updater.download_target(target, str(work / name)))
    return VerifiedRelease(_version(target), package, _expires(kept))


def _version(target: TargetFile) -> str:
    version = (target.custom or {})["version"]
    if not isinstance(version, str) or not all(part.isdecimal() for part in version.split(".")):
        raise ValueError(f"{version!r} is no version")
    return version


def _expires(kept: Path) -> datetime:
    told = json.loads((kept / "timestamp.json").read_bytes())["signed"]["expires"]
    return datetime.fromisoformat(told)


def _refuse_other_spellings(folder: Path) -> None:
    """Refuse signatures in upper-case hex, as only a damaged file holds them. ValueError: there are some."""
    for file in sorted((folder / "metadata").glob("*.json")):
        try:
            signatures = [each["sig"] for each in json.loads(file.read_bytes())["signatures"]]
        except (KeyError, TypeError) as error:
            raise ValueError(f"{file.name} is damaged") from error
        if any(each != each.lower() for each in signatures):
            raise ValueError(f"{file.name} is damaged")


def _unpacked(package: Path, folder: Path) -> Path:
    with tarfile.open(package) as opened:
        opened.extractall(folder, filter="data")
    return folder


@cache
def architecture() -> str:
    """Return Debian's name of this box's processor."""
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
