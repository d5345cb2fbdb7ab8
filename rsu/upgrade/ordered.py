"""An upgrade that a command of the platform has ordered. The daemon's user fetches; this part runs as root.

    DATA/upgrade/package        as it was fetched: nothing of it is believed before `rsu.upgrade.trust` has verified it
    DATA/upgrade/given.json     the newest order; it stays
    DATA/upgrade/order.json     the same until it is taken up: rsu-upgrade.path then starts rsu-upgrade.service, which
                                runs this module
    HOME/ordered.json           the end of the newest order

An order cannot make a box do more than `rsu upgrade` with a package from a stick: keys and versions decide.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Annotated

import msgspec

from rsu.core import durable
from rsu.core.errors import RsuError
from rsu.upgrade import trial
from rsu.upgrade.releases import Releases
from rsu.upgrade.trial import Services, Systemd, TrialPlace

FOLDER, PACKAGE, GIVEN = "upgrade", "package", "given.json"
_ORDER, _END = "order.json", "ordered.json"
_MODE = 0o644
_MOST_OCTETS = 1000  # of an order
_Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]


class UpgradeOrder(msgspec.Struct, frozen=True):
    """One order."""

    id: _Id
    version: Annotated[str, msgspec.Meta(max_length=64)]  # that the package must hold


class OrderedEnd(msgspec.Struct, frozen=True):
    """The end of an order."""

    id: str
    release: str = ""  # in use since
    why: str = ""  # it is not


def give(folder: Path, order: UpgradeOrder) -> None:
    """Have the package in a folder brought into use. OSError."""
    for name in (GIVEN, _ORDER):
        durable.replace(folder / name, msgspec.json.encode(order))


def given(folder: Path) -> str:
    """Return the id of the newest order; empty: there is none."""
    try:
        return _read(folder / GIVEN).id
    except (OSError, msgspec.MsgspecError):
        return ""


def end(releases: Releases) -> OrderedEnd | None:
    """Return the end of the newest order; None: none has ended."""
    try:
        return msgspec.json.decode((releases.home / _END).read_bytes(), type=OrderedEnd)
    except (OSError, msgspec.MsgspecError):
        return None


def carry_out(folder: Path, site: TrialPlace, releases: Releases, services: Services) -> OrderedEnd:
    """Carry out the order in a folder, and note its end. OSError, MsgspecError: there is none."""
    order = _read(folder / _ORDER)
    (folder / _ORDER).unlink()
    try:
        release = trial.upgrade(folder / PACKAGE, site, releases, services, lambda _: None, order.version)
        done = OrderedEnd(order.id, release)
    except (RsuError, OSError, subprocess.SubprocessError) as error:
        done = OrderedEnd(order.id, why=str(error))
    durable.replace(releases.home / _END, msgspec.json.encode(done), _MODE)
    return done


def _read(file: Path) -> UpgradeOrder:
    with file.open("rb") as opened:
        return msgspec.json.decode(opened.read(_MOST_OCTETS), type=UpgradeOrder)


def main() -> None:
    """Carry out the order of the box's daemon."""
    where = TrialPlace(Path("/etc/rsu/site.yaml"), Path("/run/rsu"), Path("/etc/rsu/trust/root.json"))
    print(carry_out(Path("/var/lib/rsu", FOLDER), where, Releases(), Systemd()))


if __name__ == "__main__":
    main()
