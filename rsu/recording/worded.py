"""The words in which recordings hold the station's records: one dialect's, so that runs are compared by bytes."""

from __future__ import annotations

import msgspec

from rsu.bus.tape import Item, Outcome
from rsu.site import box
from rsu.site.box import Teller
from rsu.site.config import Config

DIALECT = "tits0180"  # whatever the platform speaks


def teller(config: Config) -> Teller:
    """Return the function that puts the records of a site into the format of recordings."""
    return box.make(DIALECT, box.box(config))


def worded(outcome: Outcome, teller: Teller) -> Outcome:
    """Return the output of a tick as a recording holds it."""
    items = [Item(told.kind, told.stamp_ns, teller.body(told.kind, told.stamp_ns, told.data)) for told in outcome.told]
    return msgspec.structs.replace(outcome, items=items, told=[])
