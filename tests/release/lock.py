"""`make lock`: configs/requirements.lock, every library of a box with the hashes of its wheels for both processors.

    python -m tests.release.lock

pip resolves the requirements of setup.cfg for each processor; both must come to the same versions, and every library
must have a wheel for each, because nothing is compiled on a box but our own C.
"""

from __future__ import annotations

import configparser
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "configs" / "requirements.lock"
PYTHON = "3.11"  # of Debian 12
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}  # Debian's name -> the wheels' name of a processor
_GLIBC = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")  # Debian 12 has glibc 2.36
_HEAD = "# Libraries of a box, for x86-64 and aarch64. Made by `make lock`; installed with --require-hashes.\n"


def requirements() -> list[str]:
    """Return the requirements of a box: those of setup.cfg with those of its extra `box`."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    named = setup["options"]["install_requires"] + setup["options.extras_require"]["box"]
    return [canonical(line) for line in named.splitlines() if line and not line.startswith("#")]


def canonical(requirement: str) -> str:
    """Return `name==version` with the name as PEP 503 writes it: lower case, hyphens."""
    name, mark, version = requirement.partition("==")
    return re.sub(r"[-_.]+", "-", name).lower() + mark + version


def platform(architecture: str) -> list[str]:
    """Return pip's options for the wheels of a processor."""
    tags = [f"--platform={tag}_{MACHINES[architecture]}" for tag in _GLIBC]
    return [*tags, f"--python-version={PYTHON}", "--only-binary=:all:"]


def pip(*words: str | Path) -> None:
    """Run pip, without its talk. CalledProcessError: it failed."""
    command: list[str | Path] = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True)


def resolved(architecture: str) -> dict[str, str]:
    """Return `name==version` -> SHA-256 of the wheel for a processor."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        where: list[str | Path] = ["--dry-run", "--ignore-installed", "--target", folder, "--report", report]
        pip("install", *where, *platform(architecture), *requirements())
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        canonical(f"{each['metadata']['name']}=={each['metadata']['version']}"): hashes["sha256"]
        for each in found
        if (hashes := each["download_info"]["archive_info"]["hashes"])
    }


def lock() -> str:
    """Return the file's text. SystemExit: the processors come to different libraries."""
    hashes: dict[str, set[str]] = defaultdict(set)
    found = {architecture: resolved(architecture) for architecture in MACHINES}
    if len({frozenset(each) for each in found.values()}) != 1:
        raise SystemExit(f"the processors come to different libraries: {found}")
    for each in found.values():
        for name, digest in each.items():
            hashes[name].add(digest)
    lines = (
        f"{name} {' '.join(f'--hash=sha256:{digest}' for digest in sorted(hashes[name]))}" for name in sorted(hashes)
    )
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    LOCK.write_text(lock(), encoding="utf-8")
    print(f"{LOCK.relative_to(ROOT)}: {len(LOCK.read_text(encoding='utf-8').splitlines()) - 1} libraries")
