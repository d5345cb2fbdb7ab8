"""`make deb`, `make deb-arm64`: the Debian package, with all libraries inside.

    python -m tests.release.deb [--architecture arm64 --wheel FILE]

A release is one folder below /opt/rsu-edge/releases, a virtual environment of the box's own python3.11; `current` leads
to the one in use (`rsu.upgrade`). Libraries come from configs/requirements.lock, as wheels for the named processor, so
nothing runs on it here; our own wheel, which has C in it, must have been built on it. Same commit, same package.
"""

from __future__ import annotations

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from typer._completion_shared import get_completion_script

from tests.release import lock, wheel

ROOT = Path(__file__).parents[2]
OUT = ROOT / "build" / "deb"
HOME = Path("opt/rsu-edge/releases")
_PARTS = ROOT / "configs" / "deb"
_SCRIPTS = ("postinst", "prerm", "postrm")
_PAGES = {"en": "usr/share/man/man1", "zh": "usr/share/man/zh_CN/man1"}
_SHELLS = {
    "bash": "usr/share/bash-completion/completions/rsu",
    "zsh": "usr/share/zsh/vendor-completions/_rsu",
    "fish": "usr/share/fish/vendor_completions.d/rsu.fish",
}


def native() -> str:
    """Return Debian's name of this machine's processor."""
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


def release(tree: Path, architecture: str, ours: Path, version: str) -> None:
    """Make the folder of a release below a tree. CalledProcessError: a wheel is missing, or not the locked one."""
    home = tree / HOME / version
    site = home / "lib" / f"python{lock.PYTHON}" / "site-packages"
    chosen: list[str | Path] = ["--no-deps", "--no-compile", "--target", site, *lock.platform(architecture)]
    lock.pip("install", *chosen, "--require-hashes", "-r", lock.LOCK)
    for beside in ("bin", "share"):  # programs and man pages of libraries; where there is a folder pip leaves out ours
        shutil.rmtree(site / beside, ignore_errors=True)
    lock.pip("install", "--no-deps", "--no-compile", "--target", site, *_any_linux(architecture), ours)
    shutil.rmtree(site / "bin")
    shutil.move(site / "share", home / "share")
    (home / "bin").mkdir()
    (home / "bin" / "python").symlink_to(f"/usr/bin/python{lock.PYTHON}")
    (home / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {lock.PYTHON}\n"
    )
    script = home / "bin" / "rsu"
    script.write_text(f"#!/{HOME / version}/bin/python -I\nfrom rsu.cli.main import main\n\nmain()\n")
    script.chmod(0o755)
    compiled: list[str | Path] = [
        f"python{lock.PYTHON}",
        "-m",
        "compileall",
        "-q",
        "--invalidation-mode",
        "unchecked-hash",
    ]
    subprocess.run([*compiled, "-s", tree, "-p", "/", site], check=True, stdout=subprocess.DEVNULL)


def _any_linux(architecture: str) -> list[str]:
    """Return pip's options for a wheel that was built here: its tag says nothing of a C library."""
    return [*lock.platform(architecture), f"--platform=linux_{lock.MACHINES[architecture]}"]


def documents(tree: Path, version: str) -> None:
    """Write man pages, completion, list of components, chrony's hints and units."""
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/rsu").symlink_to("/opt/rsu-edge/current/bin/rsu")
    for language, folder in _PAGES.items():
        page = _printed(sys.executable, "-m", "tests.release.manpage", language)
        _write(tree / folder / "rsu.1.gz", gzip.compress(page, mtime=0))
    for shell, file in _SHELLS.items():
        script = get_completion_script(prog_name="rsu", complete_var="_RSU_COMPLETE", shell=shell)
        _write(tree / file, f"{script}\n".encode())
    sbom: list[str | Path] = ["--of", "JSON", "--output-reproducible", lock.LOCK]
    listed = _printed(sys.executable, "-m", "cyclonedx_py", "requirements", *sbom)
    _write(tree / "usr/share/doc/rsu-edge/sbom.cdx.json", listed)
    _write(tree / "etc/chrony/conf.d/rsu-edge.conf", (_PARTS / "chrony.conf").read_bytes())
    units = [ROOT / "configs/rsu.service", *_PARTS.glob("rsu-*.*")]
    for unit in units:
        _write(tree / "lib/systemd/system" / unit.name, unit.read_bytes())


def control(tree: Path, architecture: str, version: str) -> None:
    """Write the files that dpkg reads."""
    size = sum(file.lstat().st_size for file in tree.rglob("*")) // 1024
    filled = {"VERSION": version, "ARCHITECTURE": architecture, "SIZE": str(size)}
    for name in ("control", "conffiles", *_SCRIPTS):
        text = (_PARTS / name).read_text(encoding="utf-8")
        for key, value in filled.items():
            text = text.replace(f"@{key}@", value)
        _write(tree / "DEBIAN" / name, text.encode())
        if name in _SCRIPTS:
            (tree / "DEBIAN" / name).chmod(0o755)


def package(architecture: str, ours: Path) -> Path:
    """Make the package and return it. `ours`: our wheel for that processor."""
    version = ours.name.split("-")[1]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        release(tree, architecture, ours, version)
        documents(tree, version)
        control(tree, architecture, version)
        OUT.mkdir(parents=True, exist_ok=True)
        made = OUT / f"rsu-edge_{version}_{architecture}.deb"
        build: list[str | Path] = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", tree, made]
        subprocess.run(
            build, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": wheel.epoch()}, stdout=subprocess.DEVNULL
        )
    return made


def _printed(*command: str | Path) -> bytes:
    return subprocess.run(
        command, check=True, capture_output=True, cwd=ROOT, env={**os.environ, "LC_ALL": "C.UTF-8"}
    ).stdout


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def main() -> None:
    """Run the command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--architecture", choices=lock.MACHINES, default=native())
    asked.add_argument("--wheel", type=Path, help="ours, built on that processor; without it, it is built here")
    chosen = asked.parse_args()
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as folder:
        made = package(chosen.architecture, chosen.wheel or wheel.build(Path(folder)))
    print(f"{made.relative_to(ROOT)}: {made.stat().st_size / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
