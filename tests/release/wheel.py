"""The wheel, octet for octet the same from the same commit: wherever the source lies, whichever user builds, whenever.

    python -m tests.release.wheel FOLDER

The time of all files is that of the commit (SOURCE_DATE_EPOCH), their mode does not depend on the umask, and the C
extensions have no debug information, in which the folder of the build would stand.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def epoch() -> str:
    """Return the time of the commit, seconds since 1970; that in the environment where there is no repository."""
    if named := os.environ.get("SOURCE_DATE_EPOCH"):
        return named
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def source(folder: Path) -> Path:
    """Return a copy of the files that the repository holds, in a folder."""
    copy = folder / "source"
    command = ["git", "-C", str(ROOT), "checkout-index", "-a", "-f", f"--prefix={copy}/"]
    subprocess.run(command, check=True, umask=0o022)
    return copy


def build(folder: Path, *options: str, **environment: str) -> Path:
    """Build the wheel in a folder and return it. `options`: of pip; CalledProcessError: it cannot be built."""
    command: list[str | Path] = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "wheel", "--no-deps"]
    given = {**os.environ, "SOURCE_DATE_EPOCH": epoch(), "CFLAGS": "-g0", **environment}
    subprocess.run([*command, *options, "-w", folder, source(folder)], check=True, env=given, umask=0o022)
    (wheel,) = folder.glob("rsu_edge-*.whl")
    return wheel


if __name__ == "__main__":
    print(build(Path(sys.argv[1]).absolute()))
