"""V2X/RSU/{esn}/RSM/UP: the road users."""

from __future__ import annotations

from rsu.bus.told import Participants, ToldUser
from rsu.site.box import Box
from rsu.uplink import csae53
from rsu.uplink.csae53 import Json


def build(box: Box, told: Participants) -> Json:
    """Build the message; its one RSM refers to the box's surveyed point."""
    me = box.identity
    rsms = [{"refPos": csae53.here(box), "participants": [_user(box, user) for user in told.users]}]
    return {"name": me.cross_name or me.rsu_sn, "id": me.rsu_sn, "content": {"rsms": rsms}}


def _user(box: Box, user: ToldUser) -> Json:
    """Return a participant; `global_track_id` is unique among boxes, as its tracks are joined over them."""
    about: Json = {
        "ptcType": csae53.participant_type(user.kind),
        "ptcId": user.id,
        "global_track_id": f"{box.identity.rsu_sn}-{user.id}",
        "source": csae53.source(user, box),
        "secMark": csae53.second_mark(user.stamp_ns),
        "pos": csae53.position(user.east_m, user.north_m, box.identity.reference),
        "speed": csae53.speed(user.speed_mps),
        "heading": csae53.heading(user.heading_deg),
    }
    if user.place is not None:
        about["lane"] = f"{user.place.link}_{user.place.lane}"
    size = csae53.size(user)
    return about if size is None else about | {"size": size}
