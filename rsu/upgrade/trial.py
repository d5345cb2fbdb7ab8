"""From a package to a release that has proved itself, or back to the one before.

The new release checks the site file before it is used. Then a timer is armed that goes back by itself, the link is
switched, the daemon started again, and its state asked for: it must be no worse than before for some seconds on end.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from hw.detail import Detail
from rsu.core import progress
from rsu.core.exits import Exit
from rsu.upgrade import trust
from rsu.upgrade.errors import ReleaseError, ReturnedError
from rsu.upgrade.releases import Releases
from rsu.upgrade.trust import VerifiedRelease

PATIENCE_S = 60.0  # for a release to work; rsu-return.timer goes back after 100 s whatever happens here
STEADY_S = 10.0  # it must work for so long on end
_LOOK_S = 1.0
Tell = Callable[[Detail], None]
_ON_TRIAL = Detail("{} is on trial: wait until it is confirmed, or left", "{} 正在试运行：请等待其确认或回退")
_OTHER_VERSION = Detail("the package holds {}, not {}", "升级包中是 {}，而不是 {}")
_NOT_NEWER = Detail("{} is not newer than {}, which is in use", "{} 不比正在使用的 {} 新")
_REFUSES = Detail("the new release does not take {}:\n{}", "新版本不接受 {}：\n{}")
_RETURNED = Detail("{} did not work within {} s: {} is in use again", "{} 在 {} s 内未能工作：已恢复使用 {}")
_VERIFIED = Detail("{}: signatures fine; the package expires on {}", "{}：签名有效；升级包有效期至 {}")
_UNPACKED = Detail("{}: unpacked, takes the site file; on trial now", "{}：已解包，接受站点文件；开始试运行")
_TIMER, _DAEMON = "rsu-return.timer", "rsu.service"
_RANKS = {Exit.FINE: 0, Exit.DEGRADED: 1}  # of `rsu status`; anything else: it does not run


class Services(Protocol):
    """The manager of units on the box."""

    def order(self, verb: str, unit: str) -> None:
        """Carry out an order such as `restart`. OSError, CalledProcessError: it cannot be."""


class Systemd:
    """systemd."""

    def order(self, verb: str, unit: str) -> None:
        """Carry out an order by systemctl."""
        subprocess.run(["systemctl", verb, unit], check=True, capture_output=True)


class TrialPlace(NamedTuple):
    """The place of a trial."""

    file: Path  # site file
    run: Path  # run folder of the daemon
    root: Path  # root.json: the keys of releases


def upgrade(
    source: Path, site: TrialPlace, releases: Releases, services: Services, tell: Tell, wanted: str = ""
) -> str:
    """Bring a package into use and return its version; `tell` is told each step. `wanted`: version; empty: any newer.

    ReleaseError: refused, nothing was changed; ReturnedError: tried, and left again.
    """
    before = releases.current
    if releases.on_trial:
        raise ReleaseError(_ON_TRIAL.of(before))
    releases.empty_work()
    release = trust.verified(source, site.root, releases.trust, releases.work)
    if wanted and release.version != wanted:
        raise ReleaseError(_OTHER_VERSION.of(release.version, wanted))
    _refuse_old(release.version, before)
    tell(_VERIFIED.of(release.version, f"{release.expires:%Y-%m-%d}"))
    releases.unpack(release.package, release.version)
    _try_out(releases.folder(release.version) / "bin/rsu", site.file)
    tell(_UNPACKED.of(release.version))
    _trial(release, site, releases, services)
    releases.tidy(before, release.version)
    return release.version


def _refuse_old(version: str, current: str) -> None:
    new, old = ([int(part) for part in each.split(".")] for each in (version, current))
    if new <= old:
        raise ReleaseError(_NOT_NEWER.of(version, current))


def _try_out(program: Path, site: Path) -> None:
    """Have a release check the site file. ReleaseError: it does not run here, or refuses the site."""
    done = subprocess.run([program, "check", site], capture_output=True, text=True)
    if done.returncode != Exit.FINE:
        raise ReleaseError(_REFUSES.of(site, f"{done.stdout}{done.stderr}".rstrip()))


def _trial(release: VerifiedRelease, site: TrialPlace, releases: Releases, services: Services) -> None:
    before = releases.current
    limit = min(_rank(releases, site.run), _RANKS[Exit.DEGRADED])  # a daemon that did not run must run afterwards
    services.order("restart", _TIMER)
    releases.switch(release.version)
    try:
        services.order("restart", _DAEMON)
        works = _steady(lambda: _rank(releases, site.run) <= limit)
    except (OSError, subprocess.SubprocessError):
        works = False
    works = works and releases.on_trial  # else the timer has gone back
    if works:
        releases.confirm()
    elif releases.on_trial:
        releases.go_back()
        services.order("restart", _DAEMON)
    services.order("stop", _TIMER)
    if not works:
        raise ReturnedError(_RETURNED.of(release.version, f"{PATIENCE_S:.0f}", before))


def _rank(releases: Releases, run: Path) -> int:
    """Return how well the daemon does, by the release in use: 0 fine, 1 degraded, 2 not there."""
    command: list[str | Path] = [releases.home / "current/bin/rsu", "status", "--run", run]
    code = subprocess.run(command, capture_output=True).returncode
    return _RANKS.get(Exit(code), 2) if code in [*Exit] else 2


def _steady(works: Callable[[], bool]) -> bool:
    """Return whether something works for STEADY_S on end within PATIENCE_S."""
    began = since = time.monotonic()
    while (now := time.monotonic()) - began < PATIENCE_S:
        progress.tell("on trial", round(now - since), round(STEADY_S) + 1)
        if not works():
            since = now
        elif now - since >= STEADY_S:
            return True
        time.sleep(_LOOK_S)
    return False
