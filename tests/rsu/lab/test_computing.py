"""Where recordings are computed: addresses of clusters, folders of recordings, runs of a folder scored one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rsu.cli.main import app
from rsu.lab.computing import ComputingPlace, address, name_there
from rsu.lab.errors import ParameterError
from rsu.recording.errors import NotARecordingError
from rsu.recording.listing import listed

GOLDEN = Path(__file__).parents[1] / "recording" / "golden"


def test_a_scheduler_on_this_machine_may_be_plain_another_is_reached_by_tls_alone() -> None:
    assert address("dask://127.0.0.1:8786", encrypted=False) == "tcp://127.0.0.1:8786"
    assert address("dask://[::1]:8786", encrypted=False) == "tcp://[::1]:8786"
    assert address("dask://127.0.0.1:8786", encrypted=True) == "tls://127.0.0.1:8786"
    assert address("dask://lab.example:8786", encrypted=False) == "tls://lab.example:8786"


@pytest.mark.parametrize("place", ["lab", "dask://lab", "dask://lab:x", "tcp://127.0.0.1:1", "dask://127.0.0.1:1/a"])
def test_another_address_is_refused(place: str) -> None:
    with pytest.raises(ParameterError, match="dask://HOST:PORT"):
        address(place, encrypted=False)


def test_paths_for_a_cluster_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "truth.csv").touch()
    monkeypatch.chdir(tmp_path)
    there = ComputingPlace(1, "dask://127.0.0.1:1")
    assert there.there(Path("day.mcap")) == tmp_path / "day.mcap"
    assert (name_there(there, "truth.csv"), name_there(there, "v2x")) == (str(tmp_path / "truth.csv"), "v2x")
    assert name_there(ComputingPlace(1), "truth.csv") == "truth.csv"


def test_a_folder_stands_for_its_finished_recordings(tmp_path: Path) -> None:
    for name in ("b.mcap", "a.mcap", "c.mcap.part", "a.truth.csv"):
        (tmp_path / name).touch()
    assert listed([tmp_path, Path("x.mcap")]) == [tmp_path / "a.mcap", tmp_path / "b.mcap", Path("x.mcap")]
    (tmp_path / "none").mkdir()
    with pytest.raises(NotARecordingError, match="none: no finished recording"):
        listed([tmp_path / "none"])


def test_of_a_folder_each_start_is_scored_alone(tmp_path: Path) -> None:
    for name in ("wrong-way.mcap", "pedestrians.mcap"):
        (tmp_path / name).symlink_to(GOLDEN / name)
    done = CliRunner().invoke(app, ["score", str(tmp_path), "--truth", "v2x", "--json"])
    assert [len(json.loads(line)["recordings"]) for line in done.stdout.splitlines()] == [1, 1]
