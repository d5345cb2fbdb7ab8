"""Text files of others: marks, line ends, separators, decimal commas, ends that are missing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.lab import tables

TABLE = "t,pos.x,note\n1,2.5,a\n2,-3.0,b\n"
ROWS = [(2, {"t": "1", "pos.x": "2.5", "note": "a"}), (3, {"t": "2", "pos.x": "-3.0", "note": "b"})]


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, row.values) for row in tables.rows(tables.text_of(path))]


@pytest.mark.parametrize(
    "octets",
    [
        TABLE.encode(),
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.rstrip("\n").encode(),
        TABLE.encode("utf-16"),
        gzip.compress(TABLE.encode(), mtime=0),
        TABLE.replace(",", "\t").encode(),
        TABLE.replace(",", ";").replace("2.5", "2,5").replace("-3.0", "-3,0").encode(),
        TABLE.replace("t,pos.x", " t , pos.x").encode(),
        TABLE.replace("\n2,", "\n\n2,").replace("\n\n2,", "\n2,").encode(),
    ],
)
def test_one_table_in_many_clothes(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "a").write_bytes(octets)
    assert read(tmp_path / "a") == ROWS


def test_only_line_feeds_end_a_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("t,note\n1,a\u2028b\x0bc\x0cd\x85e\n2,f\n", encoding="utf-8")
    assert read(tmp_path / "a") == [(2, {"t": "1", "note": "a\u2028b\x0bc\x0cd\x85e"}), (3, {"t": "2", "note": "f"})]
    assert [*tables.lines('{"a": "\u2028"}\r\n\n{}\n')] == [(1, '{"a": "\u2028"}'), (3, "{}")]


@pytest.mark.parametrize(
    ("text", "cut"),
    [("t,x\n1,2\n3", True), ("t,x,y\n1,2,3\n4,5", True), ("t,x\n1,2\n3\n", False), ("t,x\n1\n2,3", False)],
)
def test_a_last_line_may_be_cut_and_no_other(text: str, cut: bool) -> None:
    if cut:
        assert [*tables.rows(text)][-1] == tables.TableRow(3, {})
        return
    with pytest.raises(tables.TableError, match=r"line [23]: expected 2 columns \(t, x\), got 1"):
        list(tables.rows(text))


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("A.CSV", True),
        ("a.csv.gz", True),
        ("a.Csv.GZ", True),
        ("a.TSV", True),
        ("a.JSON.GZ", False),
        ("a.jsonl", False),
    ],
)
def test_names_in_any_case(name: str, table: bool) -> None:
    assert tables.is_table(Path(name)) is table


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a,b\n1,\xc4\xe3\n")
    with pytest.raises(tables.TableError, match="line 2: is not UTF-8 at octet 6"):
        tables.text_of(tmp_path / "a")
    whole = gzip.compress(TABLE.encode())
    (tmp_path / "a").write_bytes(whole[:-6])  # the sum at the end was not written
    assert read(tmp_path / "a") == ROWS


@given(st.text())
def test_any_text_is_a_table_or_refused_with_its_line(text: str) -> None:
    try:
        for row in tables.rows(text):
            assert 1 < row.line <= text.count("\n") + 1
    except tables.TableError as error:
        assert str(error).startswith("line ")
