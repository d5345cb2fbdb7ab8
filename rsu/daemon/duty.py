"""The daemon's task: one frozen site and its processes."""

from __future__ import annotations

from pathlib import Path

import msgspec

from rsu.daemon import processes, reads
from rsu.daemon.processes import ProcessRow
from rsu.daemon.site_copy import Frozen

SHELF = "site"


class Duty(msgspec.Struct, frozen=True):
    """A site to be kept running; one supervisor hands it to the next."""

    name: str  # of the site
    origin: str  # path of the site file that is edited
    path: str  # of its frozen copy
    digest: str  # of that
    files: list[str]  # in it
    processes: dict[str, str]  # by name, in starting order: a digest of the parts of the site that each reads
    page: str  # its address

    def rows(self) -> dict[str, ProcessRow]:
        """Return the rows of the processes, in starting order."""
        return {name: processes.row(name) for name in self.processes}


def duty_of(frozen: Frozen) -> Duty:
    """Return the task that a frozen site gives."""
    site = frozen.config.site
    host = f"[{site.page.host}]" if ":" in site.page.host else site.page.host
    return Duty(
        name=site.site.name,
        origin=str(frozen.origin),
        path=str(frozen.path),
        digest=frozen.digest,
        files=list(frozen.names),
        processes=reads.digests(frozen.config, frozen.digest),
        page=f"http://{host}:{site.page.port}/",
    )


def shelves(run: Path, data: Path) -> list[Path]:
    """Return where copies of sites may stand: in the data folder, or while that takes nothing, in the run folder."""
    return [data / SHELF, run / SHELF]
