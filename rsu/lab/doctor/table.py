"""The one table of all probes, in the order in which an engineer looks."""

from __future__ import annotations

from rsu.lab.doctor.probes import (
    box,
    cameras,
    clock,
    daemon,
    devices,
    lines,
    messages,
    place,
    platform,
    radars,
    radio,
    signals,
)

GROUPS = tuple(
    module.GROUP
    for module in (clock, place, radio, signals, cameras, radars, devices, lines, box, daemon, platform, messages)
)
