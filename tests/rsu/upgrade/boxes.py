"""A box with releases of three lines of shell, in real Debian packages with real signatures."""

from __future__ import annotations

import subprocess
from pathlib import Path

from rsu.upgrade.releases import Releases
from rsu.upgrade.trial import TrialPlace
from rsu.upgrade.trust import architecture
from tests.release import sign

# answers as `rsu` does; the content of RUN/VERSION is the exit code of `status`
PROGRAM = """#!/bin/sh
case "$1" in status) exit "$(cat "$3/@VERSION@" 2>/dev/null || echo 0)";; check) exit @CHECK@;; esac
echo rsu @VERSION@
"""


class Box:
    """A box on which 0.1.0 runs, and the keys that may release for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = sign.new_keys()
        self.releases = Releases(folder / "opt")
        self.site = TrialPlace(folder / "site.yaml", folder / "run", folder / "root.json")
        self.site.root.write_bytes(sign.root(self.keys))
        self.site.run.mkdir()
        place = self.releases.folder("0.1.0")
        (place / "bin").mkdir(parents=True)
        self._program(place / "bin/rsu", "0.1.0", 0)
        (self.releases.home / "current").symlink_to("releases/0.1.0")

    def _program(self, file: Path, version: str, check: int) -> None:
        file.write_text(PROGRAM.replace("@VERSION@", version).replace("@CHECK@", str(check)))
        file.chmod(0o755)

    def deb(self, version: str, check: int = 0) -> Path:
        """Return a Debian package of a release; `check`: the exit code of its `rsu check`."""
        tree = self.folder / f"tree-{version}"
        for name in ("DEBIAN", f"opt/rsu-edge/releases/{version}/bin"):
            (tree / name).mkdir(parents=True)
        self._program(tree / f"opt/rsu-edge/releases/{version}/bin/rsu", version, check)
        facts = (
            f"Package: rsu-edge\nVersion: {version}\nArchitecture: {architecture()}\nMaintainer: a <a@example.org>\n"
        )
        (tree / "DEBIAN/control").write_text(f"{facts}Description: release\n")
        made = self.folder / f"rsu-edge_{version}_{architecture()}.deb"
        subprocess.run(["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, made], check=True, stdout=-3)
        return made

    def release(self, version: str, number: int, check: int = 0) -> Path:
        """Return the folder of a release that two have signed."""
        return sign.release(self.folder / f"release-{version}", [self.deb(version, check)], number, self.keys[:2])

    def says(self) -> str:
        """Return the version that the release in use says; one that answers is whole."""
        program = self.releases.home / "current/bin/rsu"
        return subprocess.run([program], check=True, capture_output=True, text=True).stdout.strip()


class Orders:
    """Notes orders to systemd, and carries out none."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def order(self, verb: str, unit: str) -> None:
        self.given.append(f"{verb} {unit}")
