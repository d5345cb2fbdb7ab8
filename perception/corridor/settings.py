"""The corridor's knobs, with the defaults that `make bench-corridor` was tuned on."""

from __future__ import annotations

from perception.sensor import Positive, Settings


class CorridorSettings(Settings):
    """How far neighbouring boxes may differ, and how long an identity lives."""

    datum_sd_m: Positive = 0.5  # difference of the surveys of two boxes, per axis, before it is estimated
    clock_sd_ms: Positive = 10.0  # difference of the clocks of two boxes, before it is estimated
    decide_s: Positive = 1.0  # a new road user waits so long for the identity that it had at another box
    gap_s: Positive = 90.0  # a road user that no box sees is expected for so long
    identity_m: Positive = 5000.0  # privacy: the identity of a road user ends after so long a way
    identity_s: Positive = 900.0  # privacy: and after so long a time
