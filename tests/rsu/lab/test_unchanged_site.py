"""A site whose sensors stand as its file says: nothing has moved, however few road users a recording has."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rsu.lab.hearing import sensed
from rsu.lab.tune.registering import registrations
from rsu.recording import reader, site_files
from tests.rsu.recording.golden_outputs import FOLDER

SMALL_M, SMALL_DEG, CONSISTENT = 0.1, 0.1, 2.5


@pytest.mark.parametrize("name", ["wrong-way", "sensor-loss"])  # the fewest road users
def test_offsets_of_an_unchanged_site_are_within_their_uncertainty(name: str, tmp_path: Path) -> None:
    path = FOLDER / f"{name}.mcap"
    site = site_files.load(*reader.start(path), tmp_path)
    found = [one for one in registrations(site, sensed(site, reader.ticks(path))) if one.verdict != "unknown"]
    assert len(found) >= 7 and {one.verdict for one in found} == {"fine"}
    errors = np.array([[one.east_m, one.north_m, one.yaw_deg] for one in found])
    spread = np.array([[one.east_sd_m, one.north_sd_m, one.yaw_sd_deg] for one in found])
    assert (np.abs(errors) <= np.maximum([SMALL_M, SMALL_M, SMALL_DEG], CONSISTENT * spread)).all()
    assert 0.3 < np.sqrt(((errors / spread) ** 2).mean()) < 1.2  # neither boasts nor says nothing
    assert spread[:, :2].max() < 0.3  # a metre would be found
