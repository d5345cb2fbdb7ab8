"""`make wheels`: builds the wheel with and without a C compiler, installs each alone and encodes with it.

What is tried out sees neither the source tree nor the package that is installed here (-S: no editable installation).
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMPILERS = {"native": {}, "plain": {"CC": "/bin/false", "CXX": "/bin/false"}}  # engine -> environment of the build

# an RSI without anything in it, then back again
TRY = """
import sys
sys.path = [sys.argv[1], *sys.path, sys.argv[2]]
import v2x
record = v2x.RoadSideInformation(msg_cnt=1, id=b"RSU-0001", position=None)
octets = v2x.encode(record)
assert v2x.decode(octets) == record
assert v2x.__file__.startswith(sys.argv[1])
print(v2x.engine_name())
"""


def engine_of_wheel(environment: dict[str, str]) -> str:
    """Build a wheel, install it into a folder of its own, and return the engine that it uses."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source", Path(folder) / "installed"
        pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
        # nothing that an earlier build left behind: only what the repository holds
        subprocess.run(["git", "-C", ROOT, "checkout-index", "-a", f"--prefix={source}/"], check=True)
        command = [*pip, "wheel", "--no-deps", "-w", folder, source]
        subprocess.run(command, check=True, env={**os.environ, **environment}, capture_output=True)
        (wheel,) = Path(folder).glob("*.whl")
        subprocess.run([*pip, "install", "--no-deps", "--target", target, wheel], check=True)
        run = [sys.executable, "-S", "-c", TRY, target, sysconfig.get_path("purelib")]
        return subprocess.run(run, check=True, capture_output=True, text=True, cwd=folder).stdout.strip()


def main() -> int:
    """Run the command; return its exit code."""
    found = {engine: engine_of_wheel(environment) for engine, environment in COMPILERS.items()}
    print(f"with a compiler: {found['native']}; without: {found['plain']}")
    return int(any(wanted != engine for wanted, engine in found.items()))


if __name__ == "__main__":
    sys.exit(main())
