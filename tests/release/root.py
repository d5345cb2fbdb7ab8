"""`make test-deb`: the Debian package in a bare Debian 12 without network: installed, used, purged, nothing left.

    python -m tests.release.root [PACKAGE]

Needs root, debootstrap and Debian's archive for the bare system, which is made once and kept in build/deb. All that
happens in it afterwards happens in a network namespace of its own that has a loopback and nothing else.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.release import deb

MIRROR = "http://deb.debian.org/debian"
SUITE = "bookworm"
NEEDS = "python3,adduser,libstdc++6,ca-certificates"
SITE = "/opt/rsu-edge/current/share/rsu/configs/demo.yaml"
_LEAST_HZ = 8.0  # of 10, on a machine that does other work, too
# files that dpkg, apt and the accounts keep of everything that was ever there
_TRACES = (
    *("var/lib/dpkg/", "var/lib/apt/", "var/cache/", "var/log/", "tmp/", "var/tmp/", "dev/", "proc/", "sys/", "run/"),
    *(
        "etc/passwd",
        "etc/group",
        "etc/shadow",
        "etc/gshadow",
        "etc/subuid",
        "etc/subgid",
        "etc/ld.so.cache",
        "etc/.pwd",
    ),
)


def base(architecture: str) -> Path:
    """Return a bare system for a processor, made if there is none yet; another one than ours runs under qemu."""
    folder = deb.OUT / f"root-{architecture}"
    if not (folder / "usr/bin/python3").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        chosen = ["--variant=minbase", f"--arch={architecture}", f"--include={NEEDS}"]
        subprocess.run(["debootstrap", *chosen, SUITE, str(folder), MIRROR], check=True, stdout=subprocess.DEVNULL)
    return folder


class BareSystem:
    """A copy of a bare system, in which commands run without network."""

    def __init__(self, folder: Path, of: Path) -> None:
        self.folder = folder / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", of, self.folder], check=True)
        shutil.rmtree(self.folder / "root", ignore_errors=True)
        (self.folder / "root").mkdir()

    def run(self, *command: str, limit_s: float = 600) -> str:
        """Run a command in it and return its output. SystemExit: it ended with another exit code than 0."""
        mounts = (("proc", "proc"), ("tmpfs", "dev/shm"), ("devpts -o newinstance,ptmxmode=0666", "dev/pts"))
        inside = "".join(f'mount -t {kind} none "$0/{place}"; ' for kind, place in mounts)
        inside += 'mount --bind "$0/dev/pts/ptmx" "$0/dev/ptmx"; ip link set lo up; exec chroot "$0" "$@"'
        spaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--ipc", "sh", "-ec", inside]
        clean = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            [*spaces, str(self.folder), *command], env=clean, capture_output=True, text=True, timeout=limit_s
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def files(self) -> set[str]:
        """Return its files and folders, without those that the tools of the system keep."""
        named = (str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))
        return {name for name in named if not f"{name}/".startswith(_TRACES) and "__pycache__" not in name}

    def accounts(self) -> str:
        """Return users and groups."""
        return "".join(sorted((self.folder / "etc/passwd").read_text() + (self.folder / "etc/group").read_text()))


def installed(system: BareSystem, package: Path) -> None:
    """Install the package as an operator does."""
    shutil.copy(package, system.folder / "root" / package.name)
    system.run("apt-get", "install", "-y", "-q", "--no-install-recommends", f"/root/{package.name}")
    (system.folder / "root" / package.name).unlink()
    print(f"installed: {system.run('rsu', '--version').strip()}, user {system.run('id', 'rsu').strip()}")


def used(system: BareSystem) -> None:
    """Check the demo's site, run it, and look at the output on air. SystemExit: it was not as it should be."""
    print(system.run("rsu", "check", SITE).strip())
    facts = json.loads(system.run("rsu", "demo", "--for", "30", "--source", "recorded", "--json"))
    wrong = sum(facts["judged"]["wrong"].values())
    rates = {name: facts["messages"][name]["rate_hz"] for name in ("spat", "rsm")}
    print(f"demo: {rates} Hz, {sum(facts['judged']['frames'].values())} frames, {wrong} wrong")
    if wrong or min(rates.values()) < _LEAST_HZ:
        raise SystemExit("the demo's messages are not what they should be")


def purged(system: BareSystem, files: set[str], accounts: str) -> list[str]:
    """Purge the package; return the files that are left of it."""
    system.run("apt-get", "purge", "-y", "-q", "rsu-edge")
    left = sorted(system.files() - files) + [f"gone: {name}" for name in sorted(files - system.files())]
    left += [] if system.accounts() == accounts else ["accounts"]
    print(f"purged: {'nothing left' if not left else left[:20]}")
    return left


def main() -> int:
    """Run the command; return its exit code."""
    architecture = deb.native()
    package = (
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else max(deb.OUT.glob(f"*_{architecture}.deb"), key=lambda f: f.stat().st_mtime)
    )
    with tempfile.TemporaryDirectory(dir=deb.OUT) as folder:
        system = BareSystem(Path(folder), base(package.stem.rpartition("_")[2]))
        before = system.files(), system.accounts()
        installed(system, package)
        used(system)
        return int(bool(purged(system, *before)))


if __name__ == "__main__":
    sys.exit(main())
