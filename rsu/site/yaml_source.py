"""A YAML file with the place of every value, so that each error names line, column and key."""

from __future__ import annotations

import difflib
import warnings
from pathlib import Path
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning

from rsu.errors import ConfigError, Finding

Path_ = tuple[str | int, ...]


class YamlSource:
    """One parsed file: `data` for the models, `place` for the errors."""

    def __init__(self, path: Path) -> None:
        self.file = str(path)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML 1.2 allows it
                self.data: Any = YAML().load(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError([Finding(self.file, 1, 1, "", f"cannot be read: {error.strerror}")]) from error
        except UnicodeDecodeError as error:
            raise ConfigError([Finding(self.file, 1, 1, "", f"is not UTF-8 at octet {error.start}")]) from error
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise ConfigError([Finding(self.file, line, column, "", f"not YAML: {error.problem}")]) from error
        except Exception as error:  # ruamel lets more than its own errors escape: of keys, dates, depth
            raise ConfigError([Finding(self.file, 1, 1, "", f"not YAML: {error or type(error).__name__}")]) from error
        if not isinstance(self.data, dict):
            raise ConfigError([Finding(self.file, 1, 1, "", "expected keys and values")])

    def place(self, path: Path_) -> tuple[int, int]:
        """Return line and column (1-based) of the deepest part of a key path that the file has."""
        node, line, column = self.data, 0, 0
        for key in path:
            if not isinstance(node, (CommentedMap, CommentedSeq)) or key not in _marks(node):
                break
            line, column = _marks(node)[key][-2:]
            node = node[key]
        return line + 1, column + 1

    def key_place(self, path: Path_) -> tuple[int, int]:
        """Return line and column of a key itself, for keys that should not be there."""
        node = self.data
        for key in path[:-1]:
            node = node[key]
        if path[-1] not in _marks(node):
            return self.place(path)
        line, column = _marks(node)[path[-1]][:2]
        return line + 1, column + 1

    def finding(self, path: Path_, text: str) -> Finding:
        """Return a finding about the value at a key path."""
        return Finding(self.file, *self.place(path), ".".join(map(str, path)), text)

    def findings(self, error: ValidationError, model: type[BaseModel], prefix: Path_ = ()) -> list[Finding]:
        """Translate a model's errors into findings with places and suggestions."""
        return [self._translate(item, model, prefix) for item in error.errors(include_url=False)]

    def _translate(self, item: ErrorDetails, model: type[BaseModel], prefix: Path_) -> Finding:
        path = self._in_file(prefix + tuple(item["loc"]))
        if item["type"] == "extra_forbidden":
            known = sorted(_field_names(model, item["loc"][:-1]))
            close = difflib.get_close_matches(str(path[-1]), known, 1)
            hint = f' (did you mean "{close[0]}"?)' if close else f" (known: {', '.join(known)})" if known else ""
            return Finding(self.file, *self.key_place(path), ".".join(map(str, path)), f"unknown key{hint}")
        if item["type"] == "missing":
            return self.finding((*path, item["loc"][-1]), "is missing")
        text = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
        text = text if item["type"] == "value_error" else f"expected {text}, got {_shown(item['input'])}"
        return self.finding(path, text)

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


def _marks(node: CommentedMap | CommentedSeq) -> dict[str | int, list[int]]:
    """Return line and column of a map's keys and values, or of a list's items; keys merged in with `<<` have none."""
    marks: dict[str | int, list[int]] = node.lc.data or {}
    return marks


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)[:60]


def _field_names(model: type[BaseModel], loc: Path_) -> set[str]:
    """Return the keys a model knows at a location, as far as it is made of plain models."""
    current: Any = model
    named = False  # whether the next part is a name in a map
    for part in loc:
        if named or isinstance(part, int):
            named = False
            continue
        if not (isinstance(current, type) and issubclass(current, BaseModel)) or part not in current.model_fields:
            return set()
        annotation = current.model_fields[str(part)].annotation
        named = get_origin(annotation) is dict
        options = [annotation, *getattr(annotation, "__args__", ())]
        current = next((o for o in options if isinstance(o, type) and issubclass(o, BaseModel)), None)
    if isinstance(current, type) and issubclass(current, BaseModel):
        return set(current.model_fields)
    return set()
