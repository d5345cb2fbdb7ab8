"""A lane map as its MAP goes on air: octets of the whole frame, and whether a receiver reads it back."""

from __future__ import annotations

from perception.geo import Reference
from rsu.messages import mapdata
from rsu.site.lanemap import LaneMapFile
from v2x import DEFAULT_PROFILE, SERVICES, Profile, decode, dsmp, encode

SOMEWHERE = Reference(22.5431, 114.0579)  # for maps without a place on earth; the size hardly depends on it
_AID = SERVICES["map"].aid


def octets(lane_map: LaneMapFile, origin: Reference | None = None, profile: Profile = DEFAULT_PROFILE) -> bytes:
    """Return the MessageFrame of a lane map's MAP. EncodeError: it cannot be one."""
    return encode(mapdata.build(0, None, mapdata.nodes(lane_map, origin or SOMEWHERE)), profile)


def size(lane_map: LaneMapFile, origin: Reference | None = None) -> int:
    """Return the octets that the radio carries: the MAP with the header of a DSM."""
    return len(dsmp.frame(_AID, octets(lane_map, origin), limit=1 << 20))


def reads_back(lane_map: LaneMapFile, origin: Reference | None = None) -> bool:
    """Tell whether a receiver finds all links and lanes in the octets."""
    found = decode(octets(lane_map, origin))
    there = [[len(link.lanes) for link in node.links or ()] for node in getattr(found, "nodes", ())]
    return there == [[len(link.lanes) for link in node.links] for node in lane_map.nodes]
