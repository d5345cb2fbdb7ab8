"""The form that is kept beside the byte code is used while it is up to date, and never else."""

from __future__ import annotations

from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import pytest

from v2x.engine import definitions
from v2x.engine.kept import kept
from v2x.profiles import PROFILES


class Maker:
    def __init__(self, value: int) -> None:
        self.value, self.count = value, 0

    def __call__(self) -> dict[str, Any]:
        self.count += 1
        return {"value": (self.value, None)}


def test_made_once_while_the_sources_stay(tmp_path: Path) -> None:
    maker = Maker(1)
    for _ in range(3):
        assert kept(tmp_path / "x", [b"a", b"b"], maker) == {"value": (1, None)}
    assert maker.count == 1


@pytest.mark.parametrize("sources", [[b"a", b"c"], [b"ab"], [b"a"], [b"b", b"a"]])
def test_other_sources_are_never_taken_for_the_same(tmp_path: Path, sources: list[bytes]) -> None:
    kept(tmp_path / "x", [b"a", b"b"], Maker(1))
    assert kept(tmp_path / "x", sources, Maker(2)) == {"value": (2, None)}


def file_of(source: Path) -> Path:
    return Path(cache_from_source(str(source.with_suffix(".py")))).with_suffix(".types")


@pytest.mark.parametrize("octets", [b"", b"rubbish", b"\xfb", b"N", bytes(9)])
def test_a_damaged_file_is_made_again(tmp_path: Path, octets: bytes) -> None:
    kept(tmp_path / "x", [b"a"], Maker(1))
    file_of(tmp_path / "x").write_bytes(octets)
    assert kept(tmp_path / "x", [b"a"], Maker(2)) == {"value": (2, None)}
    assert kept(tmp_path / "x", [b"a"], Maker(3)) == {"value": (2, None)}


def test_a_cut_file_is_made_again(tmp_path: Path) -> None:
    kept(tmp_path / "x", [b"a"], Maker(1))
    whole = file_of(tmp_path / "x").read_bytes()
    for length in range(len(whole)):
        file_of(tmp_path / "x").write_bytes(whole[:length])
        assert kept(tmp_path / "x", [b"a"], Maker(2)) == {"value": (2, None)}


def test_nothing_is_kept_where_nothing_can_be(tmp_path: Path) -> None:
    file_of(tmp_path / "x").parent.write_bytes(b"a file in the place of the folder")
    assert kept(tmp_path / "x", [b"a"], Maker(1)) == {"value": (1, None)}


def test_the_definitions_are_those_that_were_parsed() -> None:
    for profile in PROFILES:
        assert definitions._types(profile) == definitions._parsed(definitions._texts(profile))
