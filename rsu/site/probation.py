"""A version of a site on probation: it stays only if the box does well with it in time, else the one before comes back.

    history/probation.json      the newest one

It is on the disk before the files of the site are changed, so that the way back is there whatever ends meanwhile. Its
end is told by the kernel's clock since the start of the box, which no correction of UTC moves and which goes on while
processes end; a box that has started anew since has used up its time.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Literal

import msgspec

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.core import durable
from rsu.core.errors import RsuError

_FILE = "probation.json"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_OPEN = Detail(
    "{} is on probation for {} s more: wait until it is kept or returned", "{} 试运行中，还剩 {} s：请等待其保留或恢复"
)


class UnderProbationError(RsuError):
    """Another version is on probation: the site is not changed meanwhile."""


class SiteProbation(msgspec.Struct, frozen=True):
    """One version of a site, and how it does."""

    by: str  # its origin: the platform's issuer and command
    before: int  # number of the version to return to
    working: list[str]  # messages and devices that worked before it
    boot: str  # identity of the kernel's start
    until_s: float  # since that start
    needed_s: float  # that the box must do well on end
    state: Literal["open", "kept", "returned"] = "open"
    why: str = ""  # it was returned

    def left_s(self, now_s: float, boot: str) -> float:
        """Return the time that is left. `now_s`: since the start of the box; `boot`: identity of that."""
        return self.until_s - now_s if self.boot == boot else 0.0


def now_s() -> float:
    """Return the time since the start of the box."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot() -> str:
    """Return the identity of the kernel's start."""
    return _BOOT.read_text(encoding="ascii").strip()


def read(folder: Path) -> SiteProbation | None:
    """Return the newest probation. `folder`: of the history. None: there was none."""
    try:
        return msgspec.json.decode((folder / _FILE).read_bytes(), type=SiteProbation)
    except (FileNotFoundError, *UNDECODABLE):
        return None


def write(folder: Path, probation: SiteProbation) -> None:
    """Put a probation in the place of the one before, and wait for the disk. OSError."""
    durable.replace(folder / _FILE, msgspec.json.encode(probation))


def refuse_open(folder: Path) -> None:
    """Refuse a change of a site that is on probation. UnderProbationError.

    One whose time is over counts until the daemon has given the site back: that would undo the change too.
    """
    found = read(folder)
    if found is not None and found.state == "open":
        raise UnderProbationError(_OPEN.of(found.by, max(0, round(found.left_s(now_s(), boot())))))
