"""The files of a rosbag as its reader wants them: unpacked, with the usual suffixes, listed or not.

A bag is a file of version 1, a folder of version 2, or one of the files in it. Tools compress whole files (`.db3.zstd`,
`.mcap.zst`, `.bag.gz`, `.bag.bz2`), and people copy them without the folder's metadata.yaml.
"""

from __future__ import annotations

import bz2
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import IO

import zstandard

from hw.detail import Detail
from rsu.lab.importing.frames import ForeignError

_KINDS = (".bag", ".db3", ".mcap")
_BAG = b"#ROS"  # a bag of version 1 begins so
_PACKED = (".zst", ".zstd", ".gz", ".bz2")
_MAGIC = {b"\x28\xb5\x2f\xfd": "zstd", b"\x1f\x8b": "gzip", b"BZh": "bzip2"}

_LOCKED = Detail(
    "{path}: is compressed ({packing}) and cannot be unpacked: {error}",
    "{path}：已压缩（{packing}），无法解压：{error}",
)
_NO_BAG = Detail(
    "is no rosbag: it does not begin with #ROSBAG",
    "不是 rosbag：开头不是 #ROSBAG",
)


def is_bag(path: Path) -> bool:
    """Tell a bag from others by its name. OSError: there is no such file."""
    path.stat()
    return _kind(path) is not None or (path.is_dir() and ((path / "metadata.yaml").is_file() or bool(_files(path))))


def _kind(path: Path) -> str | None:
    """Return the suffix that a bag's file would have unpacked; None: it is none."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    while suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in _KINDS and path.is_file() else None


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if _kind(each))


@contextmanager
def laid_out(path: Path) -> Iterator[list[Path]]:
    """Yield paths that a reader of bags opens. ForeignError: a file is compressed and damaged."""
    if path.is_dir() and (path / "metadata.yaml").is_file():
        yield [path]
        return
    with tempfile.TemporaryDirectory(prefix="rsu-bag-") as folder:
        files = _files(path) if path.is_dir() else [path]
        yield [_plain(each, Path(folder) / f"{number}{_kind(each)}") for number, each in enumerate(files)]


def _plain(path: Path, beside: Path) -> Path:
    """Return a file as it is where it can be read so, else unpacked or under its usual name."""
    with path.open("rb") as file:
        head = file.read(4)
        packing = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
        file.seek(0)
        if packing is not None:
            _unpack(file, packing, beside, path)
        elif _kind(path) == ".bag" and not head.startswith(_BAG):
            raise ForeignError(_NO_BAG)
        elif path.suffix in _KINDS:
            return path
        else:
            beside.symlink_to(path.resolve())
    return beside


def _unpack(file: IO[bytes], packing: str, target: Path, path: Path) -> None:
    try:
        with target.open("wb") as out:
            if packing == "zstd":
                zstandard.ZstdDecompressor().copy_stream(file, out)
            else:
                copyfileobj(gzip.GzipFile(fileobj=file) if packing == "gzip" else bz2.BZ2File(file), out)
    except EOFError:
        return  # the records that are there are read; the bag's reader reports the missing ones
    except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError, OSError) as error:
        raise ForeignError(_LOCKED.of(path=path, packing=packing, error=error)) from error
