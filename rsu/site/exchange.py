"""A site in one file, to hand it on: an archive of the site file, its drop-ins and the files that it is made of."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path, PurePosixPath

from hw.detail import Detail
from rsu.core import durable
from rsu.core.errors import RsuError
from rsu.site import config, content

_MAIN = "site.yaml"  # the site file's name in the archive
_MOST = 64 << 20  # octets of one file
_DAMAGED = Detail("{path}: no archive of a site: {why}", "{path}：不是站点归档：{why}")
_NO_SITE = Detail("there is no site.yaml in it", "其中没有 site.yaml")
_OUTSIDE = Detail("{name} does not lie in the folder of the site file", "{name} 不在站点文件所在文件夹中")


class ArchiveError(RsuError):
    """An archive that is none of a site, or a site that fits into none."""


def export(site: Path, out: Path) -> None:
    """Write a site into an archive. ConfigError: it is not valid; ArchiveError: a file lies outside of its folder."""
    files = content.collect(config.load(site))
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name, data in sorted(files.items()):
            if name.startswith(".."):
                raise ArchiveError(_OUTSIDE.of(name=name))
            entry = tarfile.TarInfo(_MAIN if name == site.name else name)
            entry.size, entry.mode = len(data), 0o640
            archive.addfile(entry, io.BytesIO(data))
    durable.replace(out, packed.getvalue())


def files(archive: Path, site: Path) -> dict[str, bytes]:
    """Return the files of an archive, the site file by the name of `site`. ArchiveError: it is none. OSError."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for entry in opened:
                path = PurePosixPath(entry.name)
                if not entry.isfile() or path.is_absolute() or ".." in path.parts or entry.size > _MOST:
                    raise ArchiveError(_DAMAGED.of(path=archive, why=entry.name))
                content = opened.extractfile(entry)
                assert content is not None
                found[site.name if entry.name == _MAIN else entry.name] = content.read()
    except (tarfile.TarError, EOFError, gzip.BadGzipFile) as error:
        raise ArchiveError(_DAMAGED.of(path=archive, why=error)) from error
    if site.name not in found:
        raise ArchiveError(_DAMAGED.of(path=archive, why=_NO_SITE))
    return found
