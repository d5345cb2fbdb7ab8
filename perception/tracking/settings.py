"""How measurements become tracks: the knobs of fusion, with the defaults that the bench was tuned on."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field

from perception.sensing.cluster import ClusterSettings
from perception.sensing.vehicles import VehicleSettings
from perception.sensor import AtLeastOne, NotNegative, Positive, Probability, Settings


class FusionSettings(Settings):
    """Fusion's part of the site file."""

    gate_probability: Probability = 0.999  # that a road user's own detection is within the gate
    vehicle_gate_probability: Probability = 0.99  # the same for a vehicle's first report: it must be the right track
    own_gate_probability: Probability = 0.9999  # the same for its further ones
    birth_probability: Probability = 0.02  # that an unexplained detection is a road user
    confirm_probability: Probability = 0.99  # of being a road user, from which a track is confirmed
    report_probability: Probability = 0.5  # of still being there, below which a track is not reported: likelier gone
    delete_probability: Probability = 0.01  # of being a road user, below which a track is deleted
    least_scans: AtLeastOne = 3  # measurements before a track is confirmed
    forgetting_per_s: NotNegative = 0.5  # how fast the evidence fades, log-odds
    max_late_ms: Positive = 500  # measurements older than the newest by more are dropped
    max_future_ms: NotNegative = 60  # measurements stamped later than their receipt by more are dropped
    max_coast_ms: Positive = 600  # a track without a measurement for longer is not reported
    max_coast_stopped_ms: Positive = 2000  # the same for one that stood still
    stopped_mps: Positive = 0.5  # slower stands still
    max_tracks: AtLeastOne = 1500  # no further track is begun above this number
    id_rest_s: NotNegative = 60  # before an id is used again
    last_id: Annotated[int, Field(ge=255, le=65534)] = 65534  # largest id; low ids are used first
    correct_biases: bool = False  # free the sensors' detections of the errors that fusion finds between them
    cluster: ClusterSettings = ClusterSettings()
    vehicle: VehicleSettings = VehicleSettings()


def squared_gate(probability: float) -> float:
    """Return the squared Mahalanobis distance within which a 2-D residual lies with this probability."""
    return -2.0 * math.log(1.0 - probability)


def log_odds(probability: float) -> float:
    """Return the logarithm of the odds of a probability."""
    return math.log(probability / (1.0 - probability))
