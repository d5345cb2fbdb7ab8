"""CSV and JSON of others: rows, times, columns; a row that does not fit the mapping is named."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perception.geo import Reference
from perception.objects import Detections
from rsu.core.exits import Exit
from rsu.lab.importing import text
from rsu.lab.importing.findings import Findings
from rsu.lab.importing.frames import ForeignError, SensorView
from rsu.lab.importing.mapping import StreamSettings
from tests.rsu.lab.importing.samples import BEGIN_NS, Import, measurements

CSV = """
streams:
  - device: camera-east
    time: {field: t, unit: s}
    frame: site
    fields: {id: n, class: {field: sort, map: {PKW: car}}, x: {field: east, unit: cm}, y: north, vx: v, vy: zero}
"""


def test_csv_rows_of_the_same_time_are_a_frame(imported: Import, site: Path, tmp_path: Path) -> None:
    lines = ["t,n,sort,east,north,v,zero"]
    name = int.from_bytes(hashlib.blake2b(b"B8", digest_size=8).digest()) >> 1
    for k in range(5):
        t = f"17600000{k:02}.5"
        lines += [f"{t},7,PKW,{2000 + 500 * k},3,5,0", f"{t},B8,tank,4000,-2,0,0"]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    summary = imported(tmp_path / "a.csv", CSV)
    assert summary["frames"] == {"camera-east": 5} and summary["findings"] == []
    found = [one for one in measurements(tmp_path / "o.mcap", site) if isinstance(one, Detections)]
    assert [one.stamp_ns for one in found] == [BEGIN_NS + k * 10**9 + 5 * 10**8 for k in range(5)]
    # the camera looks east: forward is east, left is north
    assert found[1].position_m == pytest.approx(np.array([[25.0, 3.0], [40.0, -2.0]]))
    assert found[1].velocity_mps[0] == pytest.approx([5.0, 0.0])
    assert found[1].kind.tolist() == [1, 0] and found[1].source_id.tolist() == [7, name]


@pytest.mark.parametrize(("mapping", "code", "said"), [
    ("streams: [{device: nobody, time: {field: t}, fields: {latitude: a, longitude: b}}]", Exit.DAMAGED, "no device"),
    ("streams: [{device: camera-east, time: {field: t}, fields: {latitude: a}}]", Exit.INVALID_CONFIG, "longitude"),
    ("streams: [{device: camera-east, tiem: 1}]", Exit.INVALID_CONFIG, "streams.0.tiem: unknown key"),
    (CSV.replace("unit: s", "minute: noon"), Exit.INVALID_CONFIG, "streams.0.time.minute"),
    ("streams: [{device: camera-east, topic: /x}]", Exit.DAMAGED, "not a rosbag"),
    (CSV, Exit.DAMAGED, "say pace_ms"),
    (CSV.replace("unit: cm", "unit: furlong"), Exit.INVALID_CONFIG, "furlong"),
    (CSV.replace("field: east", "field: sort"), Exit.DAMAGED, "line 2: sort"),
    (CSV.replace("camera-east", "gnss"), Exit.DAMAGED, "become those of a camera-json"),
])  # fmt: skip
def test_what_does_not_fit_is_said(imported: Import, tmp_path: Path, mapping: str, code: Exit, said: str) -> None:
    rows = "t,n,sort,east,north,v,zero\n1760000000,1,PKW,1,1,1,0\n1760009999,2,PKW,1,1,1,0\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    assert said in imported(tmp_path / "a.csv", mapping, code)["said"]


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text("aft0123456789.-e", max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ftxyn"), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(values, max_size=4).map(json.dumps) | st.text('tfxyn,0123456789\n"[]{}:.', max_size=60) | st.text())
def test_any_text_is_read_or_refused_with_its_place(content: str) -> None:
    stream = StreamSettings.model_validate(
        {
            "device": "d",
            "objects": "f",
            "time": {"field": "t"},
            "frame": "sensor",
            "fields": dict(zip("xy", "xy", strict=True)),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.json", "a.csv"):
            path = Path(folder) / name
            path.write_text(content, encoding="utf-8")
            with contextlib.suppress(ForeignError):
                for frame in text.frames(path, stream, SensorView(Reference(0.0, 0.0), None), Findings()):
                    assert frame.stamp_ns >= 0 and frame.place


@pytest.mark.parametrize(
    ("time", "zone", "utc"),
    [
        ("2025-11-29 16:00:00.5+0800", "", "2025-11-29T08:00:00.5+00:00"),
        ("2025-11-29 16:00:00.5", "+08:00", "2025-11-29T08:00:00.5+00:00"),
        ("2025-11-29 16:00:00.5", "UTC", "2025-11-29T16:00:00.5+00:00"),
        ("2025-11-29 16:00:00.5-0330", "Asia/Shanghai", "2025-11-29T19:30:00.5+00:00"),  # its own goes before
        ("2025-11-29 16:00:00.5", "", None),
    ],
)
@pytest.mark.parametrize("style", ["iso", "%Y-%m-%d %H:%M:%S.%f"])
def test_times_have_an_offset_of_their_own_or_of_the_mapping(
    tmp_path: Path, style: str, time: str, zone: str, utc: str | None
) -> None:
    own = "%z" if style != "iso" and len(time) > 21 else ""
    said = {"field": "t", "format": style + own} | ({"zone": zone} if zone else {})
    fields = {"x": "pos.x", "y": "pos.y"}
    stream = StreamSettings.model_validate({"device": "d", "time": said, "frame": "sensor", "fields": fields})
    (tmp_path / "A.CSV").write_text(f"\ufefft;pos.x;pos.y\r\n{time};2,5;-1\r\n{time};3", encoding="utf-8")
    findings = Findings()
    found = text.frames(tmp_path / "A.CSV", stream, SensorView(Reference(0.0, 0.0), None), findings)
    if utc is None:
        with pytest.raises(ForeignError, match=r"line 2: t: .* has no offset; say `zone`"):
            list(found)
        return
    frames = [*found]
    assert [one.stamp_ns for one in frames] == [round(datetime.fromisoformat(utc).timestamp() * 10) * 10**8]
    assert frames[0].seen[0].position == (2.5, -1.0)
    assert [(each.kind, each.first) for each in findings.list()] == [("cut", "line 3")]


def test_columns_that_are_missing_are_named(tmp_path: Path) -> None:
    stream = StreamSettings.model_validate(
        {"device": "d", "time": {"field": "t"}, "frame": "sensor", "fields": {"x": "x", "y": "y"}}
    )
    (tmp_path / "a.csv").write_text("t,x,north\n1,2,3\n", encoding="utf-8")
    with pytest.raises(ForeignError, match="line 2: no column y, but t, x, north"):
        list(text.frames(tmp_path / "a.csv", stream, SensorView(Reference(0.0, 0.0), None), Findings()))
    (tmp_path / "a.jsonl").write_text('{"t": 1, "x": 2, "y": 3}\n{"t": 2, "x": 4, "y"', encoding="utf-8")
    assert len([*text.frames(tmp_path / "a.jsonl", stream, SensorView(Reference(0.0, 0.0), None), Findings())]) == 1
