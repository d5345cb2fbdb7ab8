"""The box as a dialect knows it, and the dialect made for it: imported when asked for, the station knows none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple, Protocol, cast

from hw.modality import Modality
from rsu.bus.told import Told
from rsu.site.config import Config, identity, modalities
from rsu.site.dialects import DIALECTS
from rsu.site.identity import Identity
from rsu.site.uplink import StandardSettings


class Box(NamedTuple):
    """Data of a dialect beside the station's reports."""

    identity: Identity
    modalities: Mapping[str, Modality]  # of the devices
    standard: StandardSettings


class Teller(Protocol):
    """The part of a dialect that recordings need."""

    def body(self, kind: str, stamp_ns: int, told: Told) -> bytes:
        """Return a record as the platform reads it, without the additions of the uplink: numbers, parts."""


def box(config: Config) -> Box:
    """Return the box of a site."""
    return Box(identity(config), modalities(config.site), config.site.uplink.standard)


def make(dialect: str, box: Box) -> Teller:
    """Import and make a dialect by its name in DIALECTS."""
    module, attribute = DIALECTS[dialect].maker.split(":")
    return cast(Callable[[Box], Teller], getattr(import_module(module), attribute))(box)
