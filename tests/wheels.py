"""`make wheels`: the wheel with and without a C compiler, each installed alone in a fresh environment and used there.

Each wheel must hold every file of the packages, say which engine it has, encode and decode, and accept the demo's site
file; the one with the C extension runs the demo, whose page serves the manual, and comes out the same when it is built
twice. The libraries that the wheel asks for
come from this environment; the source tree does not, nor the package as it is installed here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
import zipfile
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.release.wheel import build

ROOT = Path(__file__).parents[1]
COMPILERS = {"native": {}, "plain": {"CC": "/bin/false", "CXX": "/bin/false"}}  # engine -> environment of the build
PACKAGES = {"codecs/v2x": "v2x", "perception": "perception", "hw": "hw", "sim": "sim", "rsu": "rsu"}
SOURCES_ONLY = {".c", ".h", ".pyi", ".png"}  # sources of C, stubs for mypy, the README's picture
ADDRESS = "127.0.0.77"  # of the demo
PIP = ["-m", "pip", "-q", "--disable-pip-version-check"]

# an RSI without anything in it, then back again
TRY = """
import v2x
record = v2x.RoadSideInformation(msg_cnt=1, id=b"RSU-0001", position=None)
assert v2x.decode(v2x.encode(record)) == record
from perception.kernel.native import kernel
assert (kernel is not None) == (v2x.engine_name() == "native"), "one C extension was built and the other was not"
print(v2x.engine_name(), v2x.__file__)
"""


def left_out(wheel: Path) -> list[str]:
    """Return the files of the packages that are not in a wheel."""
    held = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "-C", ROOT, "ls-files", *PACKAGES], check=True, capture_output=True, text=True)
    wanted = {
        f"{package}{name.removeprefix(folder)}"
        for name in tracked.stdout.split()
        for folder, package in PACKAGES.items()
        if name.startswith(f"{folder}/") and Path(name).suffix not in SOURCES_ONLY
    }
    return sorted(wanted - held)


def install(folder: Path, wheel: Path) -> Path:
    """Return a fresh environment that has the wheel, and this one's libraries."""
    home = folder / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    (site,) = home.glob("lib/python*/site-packages")
    # a folder named in a .pth file lends its libraries, but its own .pth files, so the editable install, stay unread
    (site / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    command: list[str | Path] = [sys.executable, *PIP, "--python", python, "install", "--no-deps", wheel]
    subprocess.run(command, check=True)
    return home


def ask(home: Path, *words: str) -> str:
    """Run a program of an environment, away from the source tree, and return its output."""
    command: list[str | Path] = [home / "bin" / words[0], *words[1:]]
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=home, env=clean, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def served(home: Path) -> list[str]:
    """Run the demo and return the parts that its page does not serve of itself and of the manual."""
    (assets,) = home.glob("lib/python*/site-packages/rsu/web/static")
    (manual,) = home.glob("lib/python*/site-packages/rsu/manual")
    files = (file for file in assets.rglob("*.*") if file.name != "index.html")
    paths = [f"/{file.relative_to(assets)}" for file in files]
    paths += ["/", *(f"/manual/{page.parent.name}/{page.stem}" for page in manual.glob("*/*.md"))]
    run = ["demo", "--for", "60", "--source", "recorded", "--address", ADDRESS, "--run", str(home / "demo")]
    with subprocess.Popen([home / "bin" / "rsu", *run], cwd=home, stdout=-3, stderr=-3) as demo:
        try:
            missing = [path for path in paths if not answers(f"http://{ADDRESS}:18080{path}")]
        finally:
            demo.terminate()
    print(f"the demo's page: {len(paths) - len(missing)} of {len(paths)} addresses served")
    return missing


def answers(url: str) -> bool:
    """Return whether an address of a page that may still be starting answers."""
    for _ in range(60):
        try:
            with urlopen(url, timeout=5) as answer:
                return bool(answer.read())
        except (URLError, TimeoutError) as error:
            if not isinstance(getattr(error, "reason", error), ConnectionRefusedError | TimeoutError):
                return False
            time.sleep(0.5)
    return False


def _not_again(wheel: Path) -> list[str]:
    """Build the wheel once more, elsewhere; return whether it differs."""
    with tempfile.TemporaryDirectory(prefix="another-place-") as folder:
        same = build(Path(folder)).read_bytes() == wheel.read_bytes()
    print(f"built twice: {'the same octets' if same else 'different octets'}")
    return [] if same else ["another build gives another wheel"]


def faults(engine: str) -> list[str]:
    """Build, install and use one wheel; return the faults."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder), **COMPILERS[engine])
        wrong = [f"not in the wheel: {name}" for name in left_out(wheel)]
        home = install(Path(folder), wheel)
        found, place = ask(home, "python", "-c", TRY).split()
        wrong += _not_again(wheel) if engine == "native" else []
        wrong += [f"the engine is {found}, and not {engine}"] if found != engine else []
        wrong += [f"imported from {place}"] if not place.startswith(str(home)) else []
        print(f"{wheel.name}: engine {found}, {ask(home, 'rsu', '--version').strip()}")
        ask(home, "rsu", "--help")
        ask(home, "rsu", "check", str(home / "share/rsu/configs/demo.yaml"))
        wrong += [f"not served: {path}" for path in served(home)] if engine == "native" else []
    return wrong


def main() -> int:
    """Run the command; return its exit code."""
    found = {engine: faults(engine) for engine in COMPILERS}
    for engine, wrong in found.items():
        print("\n".join(f"{engine}: {text}" for text in wrong or ["fine"]))
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
