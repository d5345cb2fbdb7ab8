"""A file of keys and values with the place of every value, so that each finding names line, column and key."""

from __future__ import annotations

import codecs
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hw import system
from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding
from rsu.site import wording

Path_ = tuple[str | int, ...]
UNREADABLE = Detail("cannot be read: {reason}", "无法读取：{reason}")
_CHECK_PATH = Detail("cannot be read: {reason}; check the path", "无法读取：{reason}；请检查路径")
_UTF16_FILE = Detail("expected UTF-8, got UTF-16 (save it as UTF-8)", "应为 UTF-8，实为 UTF-16（请另存为 UTF-8）")
_NOT_UTF8 = Detail(
    "is not UTF-8 at octet {octet} (save it as UTF-8; of an older Chinese editor it may be GBK)",
    "第 {octet} 字节处不是 UTF-8（请另存为 UTF-8；旧版中文编辑器可能存为 GBK）",
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Mark(NamedTuple):
    """Where a key and its value begin, lines and columns 1-based; items of lists have no key, but their own place."""

    key: tuple[int, int]
    value: tuple[int, int]


class ParsedFile:
    """One parsed file: `data` for the models, `place` for the findings."""

    file: str
    text: str
    data: Any

    @property
    def files(self) -> set[str]:
        """Return the names of all files that it is made of."""
        return {self.file}

    def of(self, path: Path_) -> ParsedFile:
        """Return the file in which the value at a key path stands."""
        return self

    def mark(self, path: Path_) -> Mark | None:
        """Return where a key path stands, None where the file has none."""
        raise NotImplementedError

    def place(self, path: Path_) -> tuple[int, int]:
        """Return line and column (1-based) of the deepest part of a key path that the file has."""
        found = next((mark for end in range(len(path), 0, -1) if (mark := self.mark(path[:end]))), None)
        return found.value if found else (1, 1)

    def key_place(self, path: Path_) -> tuple[int, int]:
        """Return line and column of a key itself, for keys that should not be there."""
        found = self.mark(path)
        return found.key if found else self.place(path)

    def finding(self, path: Path_, text: Detail) -> Finding:
        """Return an error about the value at a key path."""
        return Finding(self.of(path).file, *self.place(path), ".".join(map(str, path)), *text)

    def warning(self, path: Path_, text: Detail) -> Finding:
        """Return the same as a warning: the site can be run, but is hardly meant so."""
        return self.finding(path, text)._replace(level="warning")

    def findings(self, error: ValidationError, model: type[BaseModel], prefix: Path_ = ()) -> list[Finding]:
        """Translate a model's errors into findings with places and suggestions."""
        items = self._likeliest(error.errors(include_url=False), prefix)
        return [self._translate(item, model, prefix) for item in items]

    def _likeliest(self, items: list[ErrorDetails], prefix: Path_) -> list[ErrorDetails]:
        """Of the members of a union keep the errors of the one that fits best."""
        members = [self._member(prefix + tuple(item["loc"])) for item in items]
        count = Counter(members)
        best = {place: min((n, name) for (at, name), n in count.items() if at == place)[1] for place, _ in count}
        return [item for item, (place, name) in zip(items, members, strict=True) if best[place] == name]

    def _member(self, loc: Path_) -> tuple[Path_, str]:
        """Return where in a model's location the name of a union's member stands, and that name; empty: nowhere."""
        for index, part in enumerate(loc[:-1]):
            if isinstance(part, str) and len(self._in_file(loc[: index + 1])) < len(self._in_file(loc[:index])) + 1:
                return loc[:index], part
        return (), ""

    def written(self, path: Path_) -> str:
        """Return a plain value as it is written in the file, up to the end of its line."""
        line, column = self.place(path)
        return self.of(path).text.split("\n")[line - 1][column - 1 :].rstrip("\r")

    def _translate(self, item: ErrorDetails, model: type[BaseModel], prefix: Path_) -> Finding:
        loc = prefix + tuple(item["loc"])
        if item["type"] in ("extra_forbidden", "invalid_key"):
            path = (*self._in_file(loc[:-1]), loc[-1])
            value = None if item["type"] == "invalid_key" else item["input"]
            text = wording.unknown_key(loc[-1], value, known_keys(model, item["loc"][:-1]))
            return Finding(self.of(path).file, *self.key_place(path), ".".join(map(str, path)), *text)
        path = self._in_file(loc)
        if item["type"] == "missing":
            return self.finding((*path, item["loc"][-1]), wording.MISSING)
        return self.finding(path, wording.of(item, str(path[-1]) if path else "", self.written(path)))

    def _in_file(self, loc: Path_) -> Path_:
        """Keep the parts of a model's location that are keys of the file (it also names members of unions)."""
        node: Any = self.data
        path: list[str | int] = []
        for part in loc:
            keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
            if part in keys:
                node = node[part]
                path.append(part)
        return tuple(path)


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, with or without a byte order mark. ConfigError: there is none."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ConfigError([Finding(str(path), 1, 1, "", *_CHECK_PATH.of(reason=system.said(error)))]) from error
    except ValueError as error:  # a path with a zero octet
        raise ConfigError([Finding(str(path), 1, 1, "", *UNREADABLE.of(reason=error))]) from error
    if octets.startswith(_UTF16):
        raise ConfigError([Finding(str(path), 1, 1, "", *_UTF16_FILE)])
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        octets = octets.removeprefix(codecs.BOM_UTF8)
        line, column = line_column(octets[: error.start].decode("utf-8"), error.start)
        raise ConfigError([Finding(str(path), line, column, "", *_NOT_UTF8.of(octet=error.start))]) from error


def line_column(text: str, offset: int) -> tuple[int, int]:
    """Return line and column (1-based) of an offset; only line feeds end a line."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def known_keys(model: type[BaseModel], loc: Path_) -> list[str]:
    """Return the keys that a model knows at a location of a validation error, as far as it is made of models."""
    current, named = [model], False  # named: the next part is a name in a map
    for part in loc:
        if named or isinstance(part, int):
            named = False
            continue
        if members := [each for each in current if each.__name__ == part]:
            current = members
            continue
        fields = [f for each in current for name, f in each.model_fields.items() if part in (name, f.alias)]
        if not fields:
            return []
        named = get_origin(fields[0].annotation) is dict
        current = _models(fields[0].annotation)
    return sorted({field.alias or name for each in current for name, field in each.model_fields.items()})


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Return the models in a type such as `list[Sensor]` or `Homography | Intrinsics | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models(argument)]
