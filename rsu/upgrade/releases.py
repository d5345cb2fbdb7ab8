"""The releases on a box, and the switch between them: whenever the power fails, `current` leads to a whole release.

HOME/releases/VERSION/    whole once it has this name
HOME/current              link to the release in use, replaced by a rename
HOME/previous             link to the one before, while a new one is on trial: at a start of the box, or in time by
                          rsu-return.timer, rsu-return.service renames it to `current`
HOME/trust/               TUF metadata that were accepted
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from hw.detail import Detail
from rsu.core import durable
from rsu.upgrade.errors import ReleaseError

HOME = Path("/opt/rsu-edge")
_NO_LINK = Detail("{} is no link: upgrades need the Debian package installed", "{} 不是链接：升级须已安装 Debian 包")
_NO_RELEASE = Detail("{} does not hold release {} {}", "{} 不含版本 {} {}")


class Releases:
    """The folder of releases."""

    def __init__(self, home: Path = HOME) -> None:
        self.home = home
        self.trust = home / "trust"
        self.work = home / "incoming"
        self._current, self._previous, self._next = (home / name for name in ("current", "previous", "next"))

    @property
    def current(self) -> str:
        """Return the version in use. ReleaseError: the daemon was not installed from the Debian package."""
        try:
            return self._current.readlink().name
        except OSError as error:
            raise ReleaseError(_NO_LINK.of(self._current)) from error

    @property
    def on_trial(self) -> bool:
        """Return whether the one in use is not confirmed yet."""
        return self._previous.is_symlink()

    def folder(self, version: str) -> Path:
        """Return where a release stands."""
        return self.home / "releases" / version

    def empty_work(self) -> None:
        """Make the folder for a package that comes in, empty."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir()

    def unpack(self, package: Path, version: str) -> None:
        """Put a release beside the others. ReleaseError: the Debian package holds another one, or cannot be read."""
        tree, place = self.work / "tree", self.folder(version)
        done = subprocess.run(["dpkg-deb", "--extract", package, tree], capture_output=True, text=True)
        release = tree / "opt/rsu-edge/releases" / version
        if done.returncode or not (release / "bin/rsu").is_file():
            raise ReleaseError(_NO_RELEASE.of(package.name, version, done.stderr.strip()))
        os.sync()  # all of its files, before it has its name
        shutil.rmtree(place, ignore_errors=True)  # of an upgrade that was given up
        release.rename(place)
        durable.sync(place.parent)

    def switch(self, version: str) -> None:
        """Take a release into use, on trial."""
        self._link(self._previous, self.current)
        self._link(self._current, version)

    def _link(self, link: Path, version: str) -> None:
        """Let a link lead to a release: to the old one until it leads to the new one."""
        self._next.unlink(missing_ok=True)
        self._next.symlink_to(f"releases/{version}")
        self._next.rename(link)
        durable.sync(self.home)

    def confirm(self) -> None:
        """End the trial: the release in use stays."""
        self._previous.unlink()
        durable.sync(self.home)

    def go_back(self) -> None:
        """End the trial: the one before is in use again, as after rsu-return.service."""
        self._previous.rename(self._current)
        durable.sync(self.home)

    def tidy(self, *versions: str) -> None:
        """Remove the incoming package, and all releases but these."""
        shutil.rmtree(self.work, ignore_errors=True)
        for folder in self.folder("").iterdir():
            if folder.name not in versions:
                shutil.rmtree(folder, ignore_errors=True)
