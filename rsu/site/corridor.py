"""Settings of the corridor: the `corridor:` part of a site file. Without it the box exchanges nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from hw.endpoint import Address
from perception.corridor.settings import CorridorSettings
from perception.sensor import Settings

Key = Annotated[str, Field(pattern=r"^[!-~]{40}$")]  # CurveZMQ, 32 octets in Z85


class NeighbourSettings(Settings):
    """A neighbouring box."""

    address: Address = Field(description="its address and port, which is its `corridor.listen`")
    public_key: Key = Field(description="its public key, as `rsu corridor key` prints it")


class CorridorLinkSettings(Settings):
    """Exchange of tracks with neighbouring boxes (ZeroMQ with CURVE); the box's name is its `rscu_sn`."""

    listen: Address = Field("0.0.0.0:4750", description="our address and port for the neighbours")
    key_file: Path = Field(
        description="file of the secret key that `rsu corridor key` made; a bare name: in /etc/rsu/credentials"
    )
    neighbours: dict[str, NeighbourSettings] = Field(
        min_length=1, max_length=16, description="by their `rscu_sn`: they alone may connect"
    )
    axis_m: list[tuple[float, float]] = Field(
        min_length=2,
        max_length=1000,
        description="points of the road's axis, east and north, from beyond one neighbour to beyond the other",
    )
    identities: CorridorSettings = CorridorSettings()
