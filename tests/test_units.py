"""A field of a record that holds a quantity names its unit; keys of the site file and of others' formats are theirs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.floors import ROOT

# the unit that ends a name; m2ps2 is (m/s)2
UNITS = "m m2 m4 mps kmh mps2 m2ps2 deg rad px px2 pxps ns ms s h minutes days seconds hz 1min ppm c mib gib percent db"
UNITS += " years"  # epochs
RATES = ("_per_s", "_per_m", "_share")
# shares, probabilities, likelihoods, ratios, unit vectors, means of counts
UNITLESS = (
    "agreement ahead alike along assa best busy channel_busy condition confidence cost deta existence exists exposure"
    " false hdop hota idf1 log_class log_odds look mean_count misfit missed mota normal odds occupancy precision"
    " probability recall recall_all right_class right_group rotation scale score share size_weight space_occupancy"
    " square total true_users v2x_only velocity_square velocity_volume vehicles votes weight word"
)
# elements of several units, or in the unit that another field names: the comment beside each says it
MIXED = (
    "Actor.profile Block.residual CameraPose.matrix CameraSolution.sd CameraSolution.x"
    " EventLimits.over EventLimits.slow Gates.first Gates.own"
    " Indicator.matters IndicatorRow.a IndicatorRow.b Information.about_place Information.about_speed"
    " Information.mixed Information.place Information.speed Job.speed LampPlan.steps Lens.distortion Lens.matrix"
    " Margin.bad Margin.warn"
    " Limit.clear_at Limit.raise_at Obstacles.state Parameter.high Parameter.low Placed.velocity_certainty"
    " Sample.values Scan.velocity_certainty ScoreSummary.gospa SignalGroup.steps ToldLamp.steps TrackTable.covariance"
    " CorridorTracks.covariance SharedTracks.covariance Surveyed.points TrackStates.covariance TrackStates.state"
    " TrackTable.state TrackView.ellipse Tracks.covariance Tuned.after Tuned.before"
    " Values.numbers Vehicle.length ViewShift.matrix Vehicle.speed _Whole.residual"
)
FOREIGN = {"CameraLine", "Objects", "Seen", "SeenUser", "_EventEntry"}  # worded as others' formats are


@cache
def _records(room: str) -> list[tuple[str, list[str]]]:
    """Return the classes of a room but those of settings, whose names are keys of files, with their `_unnamed`."""
    return [
        (node.name, list(_unnamed(node)))
        for file in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.endswith(("Settings", "Spec"))
    ]


def _unnamed(record: ast.ClassDef) -> Iterator[str]:
    """Yield the fields of floats that name no unit."""
    settings = any(ast.unparse(base).endswith("Settings") for base in record.bases)
    for field in record.body:
        if settings or not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        name, kind = field.target.id, ast.unparse(field.annotation)
        if "float" in kind.lower() and name.split("_")[-1] not in UNITS.split() and not name.endswith(RATES):
            yield name


@pytest.mark.parametrize("room", ["perception", "hw", "rsu", "sim"])
def test_a_quantity_names_its_unit(room: str) -> None:
    found = {
        f"{record}.{name}"
        for record, unnamed in _records(room)
        if record not in FOREIGN
        for name in unnamed
        if name not in UNITLESS.split()
    }
    assert found - set(MIXED.split()) == set()


def test_no_exception_outlives_its_field() -> None:
    """Every name that is excused is a field of some record."""
    records = [record for room in ("perception", "hw", "rsu", "sim") for record in _records(room)]
    fields = {f"{record}.{name}" for record, unnamed in records for name in unnamed}
    assert set(MIXED.split()) - fields == set()
    assert set(UNITLESS.split()) - {each.partition(".")[2] for each in fields} == set()
    assert FOREIGN - {record for record, _ in records} == set()
