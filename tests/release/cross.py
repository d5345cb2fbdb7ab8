"""`make deb-arm64`: our wheel for 64-bit Arm, compiled here, then the package, then its proof under qemu-user.

    python -m tests.release.cross

Needs gcc-aarch64-linux-gnu and, for the proof, qemu-user-static. The compiler's settings are those of Debian's own
python3.11 of that processor, taken from its packages.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.release import deb, lock, root, wheel

ARCHITECTURE = "arm64"
GOLDEN = lock.ROOT / "tests/rsu/recording/golden/wrong-way.mcap"  # the shortest
_TRIPLE = "aarch64-linux-gnu"
_SETTINGS = f"_sysconfigdata__{_TRIPLE}"
_SETUPTOOLS = "setuptools==84.2.1"
_BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def headers(system: Path) -> Path:
    """Return the folder of Python's headers for the processor, fetched from Debian once."""
    folder = deb.OUT / f"headers-{ARCHITECTURE}"
    if not folder.exists():
        fetch = "cd /tmp && apt-get update -q && apt-get download -q libpython3.11-dev"
        subprocess.run(["chroot", str(system), "sh", "-ec", fetch], check=True, stdout=subprocess.DEVNULL)
        (package,) = (system / "tmp").glob("libpython3.11-dev_*.deb")
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder)], check=True)
        package.unlink()
    return folder / "usr" / "include"


def build(folder: Path, system: Path) -> Path:
    """Compile our wheel for the processor in a folder; return it. CalledProcessError: that fails."""
    tools = folder / "tools"
    lock.pip("install", "--target", tools, _SETUPTOOLS)
    (tools / f"{_SETTINGS}.py").write_bytes((system / f"usr/lib/python3.11/{_SETTINGS}.py").read_bytes())
    include = headers(system)
    settings = {
        "PYTHONPATH": str(tools),
        "_PYTHON_HOST_PLATFORM": "linux-aarch64",
        "_PYTHON_SYSCONFIGDATA_NAME": _SETTINGS,
        "CC": f"{_TRIPLE}-gcc",
        "CFLAGS": f"-g0 -I{include / 'python3.11'} -I{include}",
        "SOURCE_DATE_EPOCH": wheel.epoch(),
    }
    command = [sys.executable, "-c", _BUILD, str(folder)]
    subprocess.run(
        command, check=True, cwd=wheel.source(folder), env={**os.environ, **settings}, stdout=-3, umask=0o022
    )
    (made,) = folder.glob("rsu_edge-*.whl")
    return made


def proof(there: root.BareSystem, package: Path) -> int:
    """Install, use and purge the package under qemu; a recording must give its own octets. Returns an exit code."""
    before = there.files(), there.accounts()
    root.installed(there, package)
    print(there.run("rsu", "check", root.SITE).strip())
    recording = there.folder / "tmp" / GOLDEN.name
    recording.write_bytes(GOLDEN.read_bytes())
    print(there.run("rsu", "replay", "--verify", f"/tmp/{GOLDEN.name}", limit_s=3600).strip())
    return int(bool(root.purged(there, *before)))


def main() -> int:
    """Run the command; return its exit code."""
    os.umask(0o022)
    system = root.base(ARCHITECTURE)
    with tempfile.TemporaryDirectory() as folder:
        made = deb.package(ARCHITECTURE, build(Path(folder), system))
    print(f"{made.name}: {made.stat().st_size / 2**20:.0f} MiB")
    with tempfile.TemporaryDirectory(dir=deb.OUT) as folder:
        return proof(root.BareSystem(Path(folder), system), made)


if __name__ == "__main__":
    sys.exit(main())
