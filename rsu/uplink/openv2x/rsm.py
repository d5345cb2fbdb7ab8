"""V2X/RSU/{esn}/RSM/UP: the road users."""

from __future__ import annotations

from rsu.bus.told import Participants, ToldUser
from rsu.site.box import Box
from rsu.uplink.openv2x import units
from rsu.uplink.openv2x.units import Json

_MINUTE_MS = 60_000
_CM, _HEIGHT_M = 100, 0.05


def build(box: Box, told: Participants) -> Json:
    """Build the message; its one RSM refers to the box's surveyed point."""
    me, place = box.identity, box.identity.reference
    users = [_user(box, user) for user in told.users]
    rsms = [{"refPos": units.wgs84(place.latitude_deg, place.longitude_deg, place.elevation_m), "participants": users}]
    return {"name": me.cross_name or me.rsu_sn, "id": me.rsu_sn, "content": {"rsms": rsms}}


def _user(box: Box, user: ToldUser) -> Json:
    """Return a participant; `global_track_id` is unique among boxes, as its tracks are joined over them."""
    modalities = [box.modalities[name] for name in user.sources if name in box.modalities]
    about: Json = {
        "ptcType": units.PTC_TYPE[user.kind],
        "ptcId": user.id,
        "global_track_id": f"{box.identity.rsu_sn}-{user.id}",
        "source": units.source(modalities),
        "secMark": user.stamp_ns // 1_000_000 % _MINUTE_MS,
        "pos": units.position(user.east_m, user.north_m, box.identity.reference),
        "speed": units.speed(user.speed_mps),
        "heading": units.heading(user.heading_deg),
    }
    if user.place is not None:
        about["lane"] = f"{user.place.link}_{user.place.lane}"
    if user.width_m is not None and user.length_m is not None:
        about["size"] = {
            "width": round(user.width_m * _CM),
            "length": round(user.length_m * _CM),
            "height": round((user.height_m or 0.0) / _HEIGHT_M),  # 0: unknown, T/CSAE 53
        }
    return about
