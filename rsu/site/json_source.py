"""A JSON file with the place of every value. RFC 8259 and nothing beside it: no comments, no NaN, no key twice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding
from rsu.site import syntax
from rsu.site.foreign import known
from rsu.site.source import Mark, ParsedFile, Path_, line_column, read_text

_NOT_JSON = Detail("not JSON: {problem}{hint}", "不是 JSON：{problem}{hint}")
_NO_OBJECT = Detail("expected an object: keys and values in braces", "应为对象：花括号中的键与值")
_TWICE = Detail("is there twice", "重复出现")
_TOKEN = re.compile(r'[ \t\r\n]*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)', re.DOTALL)


class JsonSource(ParsedFile):
    """One parsed JSON file."""

    def __init__(self, path: Path) -> None:
        """ConfigError: it cannot be read, or is no JSON object."""
        self.file = str(path)
        self.text = read_text(path)
        self._twice = False
        try:
            self.data = json.loads(self.text, object_pairs_hook=self._object)
        except json.JSONDecodeError as error:
            raise ConfigError([self._no_json(error.msg, error.pos)]) from error
        except (RecursionError, ValueError) as error:  # the latter of numbers with thousands of digits
            raise ConfigError([Finding(self.file, 1, 1, "", *_NOT_JSON.of(problem=error, hint=""))]) from error
        if not isinstance(self.data, dict):
            raise ConfigError([Finding(self.file, 1, 1, "", *_NO_OBJECT)])
        if self._twice:
            raise ConfigError(list(self._keys_twice()))

    def mark(self, path: Path_) -> Mark | None:
        """Return where a key path stands."""
        found = self._places.get(path)
        return found and Mark(*(line_column(self.text, offset) for offset in found))

    @cached_property
    def _places(self) -> dict[Path_, tuple[int, int]]:
        return {path: (key, value) for path, key, value in _offsets(self.text)}

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._twice = self._twice or len({key for key, _ in pairs}) < len(pairs)
        return dict(pairs)

    def _keys_twice(self) -> Iterator[Finding]:
        seen: set[Path_] = set()
        for path, key, _ in _offsets(self.text):
            if path in seen:
                yield Finding(self.file, *line_column(self.text, key), ".".join(map(str, path)), *_TWICE)
            seen.add(path)

    def _no_json(self, problem: str, offset: int) -> Finding:
        line, column = line_column(self.text, offset)
        line, column, hint = syntax.of_json(self.text.split("\n"), line, column)
        return Finding(self.file, line, column, "", *_NOT_JSON.of(problem=known(problem), hint=hint))


def _offsets(text: str) -> Iterator[tuple[Path_, int, int]]:
    """Yield the path of every value in JSON text, with where its key (of an item: itself) and it begin."""
    path: list[str | int] = []  # of the value that comes next; a list's next index, an object's key once it was read
    key_offset: int | None = None
    awaits_key = False
    kinds: list[str] = []
    for token in _TOKEN.finditer(text):
        word, offset = token[1], token.start(1)
        if word in "]}":
            path.pop()
            kinds.pop()
            awaits_key = False
        elif word == ",":
            awaits_key = kinds[-1] == "{"
            if kinds[-1] == "[":
                path[-1] = int(path[-1]) + 1
        elif word == ":":
            awaits_key = False
        elif awaits_key:
            path[-1], key_offset = json.loads(word), offset
        else:
            if path:
                yield tuple(path), offset if key_offset is None else key_offset, offset
            key_offset = None
            if word in "[{":
                kinds.append(word)
                path.append(0)
                awaits_key = word == "{"
