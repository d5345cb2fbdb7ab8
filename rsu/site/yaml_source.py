"""A YAML file with the place of every value. YAML 1.2: `yes` and `010` are no bool and no octal number."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning

from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding
from rsu.site import syntax
from rsu.site.foreign import known
from rsu.site.source import Mark, ParsedFile, Path_, read_text

_NOT_YAML = Detail("not YAML: {problem}{hint}", "不是 YAML：{problem}{hint}")
_NO_KEYS = Detail("expected keys and values", "应为键与值")
_NO_COLON = "could not find expected ':'"
_NO_LINE_END = re.compile("\r(?!\n)|[\x85\u2028\u2029]")  # in no editor; the parser takes them for line ends


class YamlSource(ParsedFile):
    """One parsed YAML file."""

    def __init__(self, path: Path) -> None:
        """ConfigError: it cannot be read, or is no YAML map."""
        self.file = str(path)
        self.text = _NO_LINE_END.sub(" ", read_text(path))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML 1.2 allows it
                self.data = YAML().load(self.text)
        except MarkedYAMLError as error:
            raise ConfigError([self._no_yaml(error)]) from error
        except Exception as error:  # ruamel lets more than its own errors escape: of keys, dates, depth
            text = _NOT_YAML.of(problem=known(str(error) or type(error).__name__), hint="")
            raise ConfigError([Finding(self.file, 1, 1, "", *text)]) from error
        if not isinstance(self.data, dict):
            raise ConfigError([Finding(self.file, 1, 1, "", *_NO_KEYS)])

    def mark(self, path: Path_) -> Mark | None:
        """Return where a key path stands; keys merged in with `<<` have no place."""
        node, mark = self.data, None
        for key in path:
            if not isinstance(node, (CommentedMap, CommentedSeq)) or key not in _marks(node):
                return None
            *of_key, line, column = _marks(node)[key]
            begin = (line + 1, column + 1)
            of_name = (of_key[0] + 1, of_key[1] + 1) if of_key else begin
            node = node[key]
            if node is None and of_name[0] < begin[0]:  # the next node is on a line below, and another value
                begin = of_name
            mark = Mark(of_name, begin)
        return mark

    def _no_yaml(self, error: MarkedYAMLError) -> Finding:
        mark = error.problem_mark or error.context_mark
        if error.problem == _NO_COLON and error.context_mark:  # where the key stands, not the line below it
            mark = error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        line, column, hint = syntax.of_yaml(self.text.split("\n"), line, column, str(error.context or ""))
        return Finding(self.file, line, column, "", *_NOT_YAML.of(problem=known(str(error.problem)), hint=hint))


def _marks(node: CommentedMap | CommentedSeq) -> dict[Any, list[int]]:
    """Return line and column of a map's keys and values, or of a list's items."""
    marks: dict[Any, list[int]] = node.lc.data or {}
    return marks
