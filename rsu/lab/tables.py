"""Text files of others, as lines and tables: UTF-8 with or without a mark, zipped or not, any of the usual separators.

Only line feeds end a line (with or without a carriage return before): other signs that Unicode counts as line ends
stand in texts.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from hw.detail import Detail

_SEPARATORS = ",;\t|"
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*")
_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}

_NOT_UTF8 = Detail(
    "line {line}: is not UTF-8 at octet {octet} (an older Chinese encoding?)",
    "第 {line} 行：第 {octet} 字节处不是 UTF-8（是否为旧的中文编码？）",
)
_NOT_GZIP = Detail(
    "not gzip: {error}",
    "不是 gzip：{error}",
)
NO_JSON = Detail(
    "not JSON: {error}",
    "不是 JSON：{error}",
)
_COLUMNS = Detail(
    "line {line}: expected {expected} columns ({names}), got {got}",
    "第 {line} 行：应有 {expected} 列（{names}），实有 {got} 列",
)
_NOT_CSV = Detail(
    "line {line}: not CSV: {error}",
    "第 {line} 行：不是 CSV：{error}",
)


class TableError(ValueError):
    """A file that is no text, or no table; says in which line."""


class TableRow(NamedTuple):
    """One line of a table."""

    line: int
    values: dict[str, str]  # none: the line was cut


def is_table(path: Path) -> bool:
    """Tell by a file's name whether it is a table, not JSON."""
    return {".csv", ".tsv"} & {suffix.lower() for suffix in path.suffixes} != set()


def text_of(path: Path) -> str:
    """Return the text of a file, also of a zipped one without its end. TableError, OSError."""
    octets = octets_of(path)
    encoding = _ENCODINGS.get(octets[:2], "utf-8-sig")
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError as error:
        line = octets[: error.start].count(b"\n") + 1
        raise TableError(_NOT_UTF8.of(line=line, octet=error.start)) from error


def octets_of(path: Path) -> bytes:
    """Return a file's octets, unzipped where they are zipped. TableError, OSError."""
    octets = path.read_bytes()
    return _unzipped(octets) if octets[:2] == b"\x1f\x8b" else octets


def _unzipped(octets: bytes) -> bytes:
    try:
        with suppress(EOFError):
            return gzip.decompress(octets)
        return zlib.decompressobj(wbits=31).decompress(octets)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise TableError(_NOT_GZIP.of(error=error)) from error


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers from 1, without their ends, blank ones left out."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line.removesuffix("\r")


def rows(text: str) -> Iterator[TableRow]:
    """Yield the rows of a table below its first line, which names the columns. TableError: with line and columns.

    A last line that was cut comes without values.
    """
    separator = max(_SEPARATORS, key=text.split("\n", 1)[0].count)
    last = text.count("\n") + 1
    reader = csv.reader((f"{line}\n" for line in text.split("\n")), delimiter=separator)
    columns: list[str] = []
    try:
        for cells in reader:
            line = min(reader.line_num, last)
            if not columns:
                columns = [name.strip() for name in cells]
            elif len(cells) == len(columns):
                yield TableRow(line, dict(zip(columns, (_plain(cell, separator) for cell in cells), strict=True)))
            elif len(cells) < len(columns) and line == last and any(cells):
                yield TableRow(line, {})
            elif any(cell.strip() for cell in cells):
                names = ", ".join(columns)
                raise TableError(_COLUMNS.of(line=line, expected=len(columns), names=names, got=len(cells)))
    except csv.Error as error:
        raise TableError(_NOT_CSV.of(line=min(reader.line_num, last), error=error)) from error


def _plain(cell: str, separator: str) -> str:
    """Return a cell, numbers with a decimal point: a table whose separator is no comma may have decimal ones."""
    return cell.replace(",", ".") if separator != "," and _DECIMAL_COMMA.fullmatch(cell) else cell
