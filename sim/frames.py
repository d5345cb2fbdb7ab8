"""Frames of the bench world: the truth that every emulator derives its bytes from.

Frames are published every 100 ms on ZeroMQ (`world.ipc` in the run folder, topic `frame`), one period *before* they
are true, so that an emulator can interpolate to its own capture time. A message is [TOPIC, `encode(frame)`].
"""

from __future__ import annotations

import msgspec
import numpy as np

from perception.objects import Floats, Ints, decode_array, encode_array

PERIOD_NS = 100_000_000
SOCKET = "world.ipc"  # in the run folder
TOPIC = b"frame"
OBU, EMERGENCY_OBU = 1, 2  # `equipped`; the second one of a vehicle on its way with siren and lights


class WorldFrame(msgspec.Struct, frozen=True, eq=False):
    """All road users and signals of the world at `stamp_ns` (UTC). Site frame; rows aligned over all arrays."""

    stamp_ns: int
    id: Ints  # (n,) stable over a road user's life
    kind: Ints  # (n,) perception.objects.RoadUser
    position_m: Floats  # (n, 2) m, centre
    velocity_mps: Floats  # (n, 2) m/s
    heading_deg: Floats  # (n,) deg
    size_m: Floats  # (n, 3) m: length, width, height
    equipped: Ints  # (n,) OBU or EMERGENCY_OBU where the vehicle carries one, else 0
    signals: str  # as SUMO prints it: one character per signal group, `link` in sim/data/signals.json
    cycle_s: float  # seconds since the signal cycle began


encode = msgspec.msgpack.Encoder(enc_hook=encode_array).encode
decode = msgspec.msgpack.Decoder(WorldFrame, dec_hook=decode_array).decode


def at(before: WorldFrame, after: WorldFrame, stamp_ns: int) -> WorldFrame:
    """Interpolate the road users that are in both frames to a time between them; signals are those of `before`."""
    share = (stamp_ns - before.stamp_ns) / (after.stamp_ns - before.stamp_ns)
    _, rows, later = np.intersect1d(before.id, after.id, return_indices=True)
    turn = (after.heading_deg[later] - before.heading_deg[rows] + 180) % 360 - 180
    return WorldFrame(
        stamp_ns=stamp_ns,
        id=before.id[rows],
        kind=before.kind[rows],
        position_m=before.position_m[rows] * (1 - share) + after.position_m[later] * share,
        velocity_mps=before.velocity_mps[rows] * (1 - share) + after.velocity_mps[later] * share,
        heading_deg=(before.heading_deg[rows] + share * turn) % 360,
        size_m=before.size_m[rows],
        equipped=before.equipped[rows],
        signals=before.signals,
        cycle_s=before.cycle_s + share * (after.stamp_ns - before.stamp_ns) / 1e9,
    )
