"""The largest record that a box may send its platform, and how it goes through packets of a size. Pure."""

from __future__ import annotations

from typing import cast

from hw.modality import Gives
from perception.objects import RoadUser
from perception.results import LanePlace
from rsu.bus.handover import LIVE
from rsu.bus.records import Report
from rsu.bus.told import Participants, ToldUser
from rsu.site import box
from rsu.site.config import Config, modalities
from rsu.site.dialects import DEFAULT
from rsu.uplink.dialect import Dialect
from rsu.uplink.errors import TooLargeError
from rsu.uplink.record import SpooledRecord

USERS = 100  # in the rush hour of a large crossing
_KIND = "participant"
_BOOT = "0" * 16


def largest(config: Config, now_ns: int) -> SpooledRecord:
    """Return a record of so many road users, as the site's dialect writes it."""
    told = Participants([_user(config, number, now_ns) for number in range(1, USERS + 1)])
    payload = dialect(config).payload(Report(_KIND, now_ns, _BOOT, 1, told, live=True))
    return SpooledRecord(_BOOT, 1, 1, _KIND, LIVE, now_ns, payload)


def parts(config: Config, record: SpooledRecord, room: int) -> int | None:
    """Return in how many packets of at most `room` octets a record goes; None: it does not go."""
    try:
        return len(dialect(config).publications(record, room))
    except TooLargeError:
        return None


def dialect(config: Config) -> Dialect:
    """Return the dialect of a site's platform."""
    platform = config.site.uplink.platform
    return cast(Dialect, box.make(DEFAULT if platform is None else platform.dialect, box.box(config)))


def _user(config: Config, number: int, now_ns: int) -> ToldUser:
    link = config.lane_map.nodes[0].links[0] if config.lane_map.nodes[0].links else None
    sensors = [name for name, modality in modalities(config.site).items() if modality.gives == Gives.ROAD_USERS]
    return ToldUser(
        id=number,
        stamp_ns=now_ns,
        kind=RoadUser.CAR,
        east_m=-123.456,
        north_m=-123.456,
        position_95_m=0.81,
        speed_mps=13.89,
        speed_95_mps=0.42,
        heading_deg=181.25,
        heading_95_deg=2.5,
        length_m=4.62,
        width_m=1.85,
        height_m=1.55,
        sources=sensors,
        place=None if link is None else LanePlace(link.name, link.lanes[0].id, None),
        events=[],
    )
