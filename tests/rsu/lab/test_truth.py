"""Truth files in all their forms, their faults, and places of road users in between."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.geo import Reference, to_wgs84
from rsu.lab.air import Air
from rsu.lab.errors import TruthError
from rsu.lab.receiver import USER
from rsu.lab.runs import spans
from rsu.lab.truth import ROW, RunTruth
from rsu.lab.truth_file import SteadySpan, beside, load

S = 1_000_000_000
REFERENCE = Reference(22.5431, 114.0579)
EVER = [SteadySpan(0, 1 << 62, 0)]
CSV = "stamp_ns,id,class,east_m,north_m,speed_mps,note\n1000000000,a,car,1.5,-2,10,x\n1100000000,a,car,2.5,-2,10,\n"


def test_csv_and_ndjson_and_gzip_say_the_same(tmp_path: Path) -> None:
    latitude, longitude = to_wgs84([1.5, 2.5], [-2.0, -2.0], REFERENCE)
    lines = [
        {"time_s": 1 + n / 10, "id": 5, "class": "car", "latitude_deg": latitude[n], "longitude_deg": longitude[n]}
        | {"speed_mps": 10}
        for n in (0, 1)
    ]
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    (tmp_path / "c.ndjson").write_text("\n".join(map(json.dumps, lines)) + "\n")
    for path in sorted(tmp_path.iterdir()):
        (life,) = load(path, REFERENCE, EVER).lives
        assert life.place == pytest.approx([1.5 - 2j, 2.5 - 2j], abs=1e-6)
        assert life.speed_mps.tolist() == [10, 10] and np.isnan(life.heading_deg).all() and life.accuracy_m == 0.0


def test_truth_is_in_utc_and_the_run_in_steady_time(tmp_path: Path) -> None:
    """The clock is set forward by 3 s after 5 s, and back by 2 s after 10 s more."""
    rows = [f"{n * 100_000_000},a,car,{n / 10},0" for n in range(300)]
    (tmp_path / "a.csv").write_text("\n".join(["stamp_ns,id,class,east_m,north_m", *rows]))
    ticks_ns = np.arange(1, 200) * 100_000_000
    corrections_ns = np.select([ticks_ns < 5 * S, ticks_ns < 15 * S], [0, 3 * S], S)
    nothing: dict[str, dict[int, bytes]] = {}
    air = Air("", ticks_ns, corrections_ns, np.zeros(0, USER), np.zeros(200, np.int64), [], [], [], nothing)
    truth = load(tmp_path / "a.csv", REFERENCE, spans(air))
    (life,) = truth.lives
    east = dict(zip((life.stamp_ns // 100_000_000).tolist(), life.place.real.round(1).tolist(), strict=True))
    assert [east[n] for n in (40, 49, 50, 149, 150, 190)] == [4.0, 4.9, 8.0, 17.9, 16.0, 20.0]


def test_a_gzip_file_that_is_being_written_ends_where_it_does(tmp_path: Path) -> None:
    head, row = CSV.splitlines(keepends=True)[:2]
    stamps = (str(10**9 + number * 10**8) for number in range(2000))
    whole = gzip.compress((head + "".join(row.replace("1000000000", stamp) for stamp in stamps)).encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    (life,) = load(tmp_path / "a.csv.gz", REFERENCE, EVER).lives
    assert 100 < len(life.stamp_ns) < 2000


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("a.csv", CSV.replace("1100000000,a,car,2.5", "1100000000,a,car,"), "a.csv:3: neither east_m"),
        ("a.csv", CSV.replace("a,car,1.5", "a,tank,1.5"), 'a.csv:2: class "tank": there are unknown, car'),
        ("a.csv", CSV.replace(",a,", ",,"), "a.csv:2: no id"),
        ("a.csv", CSV.replace("-2,10", "-2,fast"), "a.csv:2: could not convert"),
        ("a.ndjson", '{"id": 1\n', "a.ndjson:1: not JSON"),
        ("a.ndjson", "[1]\n", "a.ndjson:1: expected an object"),
        ("a.csv", "stamp_ns,id\n", "nothing of the time of the recording"),
    ],
)
def test_errors_name_the_place(tmp_path: Path, name: str, text: str, what: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TruthError, match=what):
        load(tmp_path / name, REFERENCE, EVER)


def test_errors_are_said_in_chinese_too(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text("[1]\n")
    with pytest.raises(TruthError) as failure:
        load(tmp_path / "a.ndjson", REFERENCE, EVER)
    assert failure.value.args[0].zh == f"{tmp_path}/a.ndjson：第 1 行：应为一个对象"


def test_the_truth_of_the_bench_lies_beside_or_above(tmp_path: Path) -> None:
    recording = tmp_path / "data" / "recordings" / "x.mcap"
    recording.parent.mkdir(parents=True)
    with pytest.raises(TruthError, match="no truth of the bench"):
        beside(recording)
    (tmp_path / "truth").mkdir()
    assert beside(recording) == tmp_path / "truth"
    (near := recording.with_name("x.truth.csv.gz")).touch()
    assert beside(recording) == near


def test_between_two_times_everybody_moves_evenly_and_turns_the_short_way() -> None:
    rows = np.zeros(4, ROW)
    rows["stamp_ns"] = [0, 10**9, 9 * 10**9, 10 * 10**9]  # away for 8 s: two lives
    rows["id"], rows["heading"], rows["speed"] = 7, [350, 10, 90, 90], [0, 4, 1, 1]
    rows["position"] = [[0, 0], [0, 4], [5, 5], [5, 5]]
    truth = RunTruth("x", rows, complete=True)
    assert [life.id for life in truth.lives] == [7, 7]
    assert truth.present(5 * 10**8).tolist() == [0] and truth.present(5 * 10**9).tolist() == []
    assert truth.places([0, 1], np.array([25 * 10**7]))[0] == pytest.approx(
        np.array([[0, 1], [np.nan, np.nan]]), nan_ok=True
    )
    assert truth.motion(0, 75 * 10**7) == pytest.approx((3.0, 5.0))


_CELLS = st.one_of(st.text(max_size=8), st.integers().map(str), st.floats().map(str), st.sampled_from(["", "car", "1"]))
_KEYS = ("stamp_ns", "time_s", "id", "class", "east_m", "north_m", "latitude_deg", "longitude_deg", "speed_mps")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from(_KEYS), _CELLS, max_size=2), max_size=4),
    st.text(max_size=9),
    st.booleans(),
)
def test_whatever_stands_in_a_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], tail: str, as_csv: bool
) -> None:
    good = {"stamp_ns": "5", "id": "1", "class": "car", "east_m": "1", "north_m": "2"}
    rows = [good | row for row in rows]
    path = tmp_path_factory.mktemp("any") / ("a.csv" if as_csv else "a.ndjson")
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        if as_csv:
            writer = csv.DictWriter(file, _KEYS)
            writer.writeheader()
            writer.writerows(rows)
        else:
            file.write("".join(json.dumps(row) + "\n" for row in rows))
        file.write(tail)
    try:
        truth = load(path, REFERENCE, EVER)
    except TruthError:
        return
    assert all(np.isfinite(life.place).all() for life in truth.lives)
