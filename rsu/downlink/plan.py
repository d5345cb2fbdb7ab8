"""The meaning of a command that is obeyed: values that hold from now on, and the event that completes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

import msgspec

from perception.geo import Reference
from rsu.bus.orders import AirOrder, AirOrders, AirState, AirSwitch, UpFilter
from v2x.profiles import Profile

ORDER, SWITCH, PERIOD, FILTER = "order.", "switch.", "period.", "filter."  # beginnings of names of values
_encode = msgspec.json.Encoder().encode


class Until(StrEnum):
    """The event that completes a command."""

    KEPT = "kept"  # its values are on disk
    STATION = "station"  # the station follows them
    RESTART = "restart"  # the daemon has started anew
    ERRAND = "errand"  # a process of its own has done it
    CONNECTED = "connected"  # the platform at another address has acknowledged a record
    SITE = "site"  # the site as it is then has stood its probation


class Facts(NamedTuple):
    """The box as it is now, for answers."""

    running: Mapping[str, object]  # as RunningInfo of T/ITS 0117
    versions: Mapping[str, object]
    air: AirState | None  # None: the station says nothing
    values: Mapping[str, bytes]


class CommandPlan(NamedTuple):
    """The effect of one command."""

    values: Mapping[str, bytes | None] = {}  # name -> JSON from now on; None: no longer
    until: Until = Until.KEPT
    deadline_s: float | None = None  # from its receipt to its completion; None: that of the command's row


class PlatformAddress(msgspec.Struct, frozen=True):
    """Where the platform's broker is."""

    host: str
    port: int


class LanePath(NamedTuple):
    """The middle line of a lane, towards the stop line."""

    points_deg: tuple[tuple[float, float], ...]  # latitude, longitude
    radius_dm: int  # half its width


class Circumstances(NamedTuple):
    """Everything that a command's effect may depend on."""

    issuer: str
    utc_ns: int
    profile: Profile
    reference: Reference
    own_signal: bool  # the box has a signal controller of its own
    restarted: bool  # a service manager starts the daemon again when it ends
    home: PlatformAddress | None  # of the site file
    values: Mapping[str, bytes]  # that hold
    crossing: str = ""  # crossId of the site
    lanes: Mapping[tuple[str, str], LanePath] = {}  # by branchId and laneId
    uploads: str = ""  # address for files in the site file
    probation_s: float = 60.0  # of a site
    packaged: bool = False  # the box was installed from the Debian package


ADDRESS = "address"  # name of that value


def address(values: Mapping[str, bytes]) -> PlatformAddress | None:
    """Return the ordered address of the platform."""
    return msgspec.json.decode(values[ADDRESS], type=PlatformAddress) if ADDRESS in values else None


def encoded(value: object) -> bytes:
    """Return a value as the journal keeps it."""
    return _encode(value)


def orders(values: Mapping[str, bytes]) -> list[AirOrder]:
    """Return the orders on air among values."""
    return [msgspec.json.decode(text, type=AirOrder) for name, text in values.items() if name.startswith(ORDER)]


def filters(values: Mapping[str, bytes]) -> dict[str, UpFilter]:
    """Return the ordered filters by kind of record."""
    return {
        name.removeprefix(FILTER): msgspec.json.decode(text, type=UpFilter)
        for name, text in values.items()
        if name.startswith(FILTER)
    }


def air_orders(revision: int, values: Mapping[str, bytes]) -> AirOrders:
    """Return the values that concern the station."""
    switches = {
        name.removeprefix(SWITCH): msgspec.json.decode(text, type=AirSwitch)
        for name, text in values.items()
        if name.startswith(SWITCH)
    }
    periods_ns = {
        name.removeprefix(PERIOD): msgspec.json.decode(text, type=int)
        for name, text in values.items()
        if name.startswith(PERIOD)
    }
    return AirOrders(revision, switches, orders(values), periods_ns, filters(values))


def run_out(values: Mapping[str, bytes], utc_ns: int) -> list[str]:
    """Return the names of orders that are to be sent no longer."""
    found = {name: text for name, text in values.items() if name.startswith(ORDER)}
    return [name for name, order in zip(found, orders(found), strict=True) if order.until_ns <= utc_ns]
