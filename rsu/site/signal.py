"""The `signal` section of a site file."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from hw.detail import Detail
from perception.sensor import Settings

Span = tuple[float, float]

_ORDER = Detail(
    "{name}: expected the least time before the most, got [{least:g}, {most:g}]",
    "{name}：最短时间应在最长时间之前，实为 [{least:g}, {most:g}]",
)


class LimitSettings(Settings):
    """How long a light may last, least and most, in seconds. A light that breaks them is not told of."""

    green_s: Span = Field((4.0, 300.0), description="green, its flash included")
    yellow_s: Span = Field((2.0, 8.0), description="GB 14886: 3 to 5 s")
    red_s: Span = Field((1.0, 900.0), description="under manual control it may be long")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name in ("green_s", "yellow_s", "red_s"):
            least, most = getattr(self, name)
            if not 0 <= least < most:
                raise ValueError(_ORDER.of(name=name, least=least, most=most))
        return self


class PhaseSettings(Settings):
    """One SPAT phase and the lamp that shows it."""

    id: int = Field(ge=1, le=255, description="number of the phase, as in the lane map and in SPAT")
    lamp: int = Field(ge=0, le=255, description="number of the lamp at the controller")
    green: Literal["protected", "permissive"] = Field("protected", description="permissive: gives way to others")
    crosswalk: bool = Field(False, description="a light for pedestrians")
    limits: LimitSettings | None = Field(None, description="other ones than those of the signal")


class LampSettings(Settings):
    """The type that the controller must report of a lamp; a lamp with another report is not used."""

    lamp: int = Field(ge=0, le=255, description="number of the lamp at the controller")
    angle_deg: int = Field(ge=0, le=359, description="of the approach, clockwise from north")
    type: int = Field(ge=0, le=255, description="GA/T 1743: 1 straight, 2 left, 3 right, 4 round, 8 crosswalk ...")


class NoConflictSettings(Settings):
    """Two phases whose ways meet by the lane map, and that may be green together all the same."""

    phases: tuple[int, int] = Field(description="two phase numbers")
    why: str = Field(min_length=1, description="reason, for an audit")


class SignalSettings(Settings):
    """The signal controller of the site."""

    device: str = Field(description="name of the signal controller among the devices")
    nominal_interval_ms: int = Field(1000, ge=50, le=10_000, description="between two reports of the lamp colours")
    phases: list[PhaseSettings] = Field(min_length=1, max_length=16)
    lamps: list[LampSettings] = Field([], description="how the controller tells of its lamps; others: in any way")
    conflicts: list[tuple[int, int]] = Field(
        [], description="pairs of phases that must never be green together, beside those of the lane map"
    )
    no_conflicts: list[NoConflictSettings] = Field([], description="pairs of the lane map that may be green together")
    limits: LimitSettings = LimitSettings()
    merge_flashing_green: bool = Field(False, description="announce the green flash as the end of green")

    @property
    def fresh_ns(self) -> int:
        """Return how old a report may be, ns (guarantee G1)."""
        return max(300_000_000, round(2.5e6 * self.nominal_interval_ms))
