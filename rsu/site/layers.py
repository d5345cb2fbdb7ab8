"""A site file with its drop-ins: `conf.d/NN-NAME.yaml` beside it, in the order of their names.

Maps are merged key by key; any other value, lists too, takes the place of the one below. Findings name the file in
which the value stands that counts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hw import system
from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding
from rsu.site.source import UNREADABLE, Mark, ParsedFile, Path_
from rsu.site.yaml_source import YamlSource

FOLDER = "conf.d"
_NAME = re.compile(r"\d\d-.+\.yaml")
_NOT_READ = Detail(
    "expected a name such as 20-radar.yaml, got {got}: the order of drop-ins is that of their numbers",
    "文件名应形如 20-radar.yaml，实为 {got}：附加文件按编号顺序生效",
)


def drop_ins(site: Path) -> list[Path]:
    """Return the drop-ins of a site file. ConfigError: a file there has a name that gives it no place."""
    folder = site.parent / FOLDER
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml")) if folder.exists() else []
    except OSError as error:
        raise ConfigError([Finding(str(folder), 1, 1, "", *UNREADABLE.of(reason=system.said(error)))]) from error
    if stray := [path for path in found if not _NAME.fullmatch(path.name)]:
        raise ConfigError([Finding(str(path), 1, 1, "", *_NOT_READ.of(got=path.name)) for path in stray])
    return found


class SiteLayers(ParsedFile):
    """The site file, and its drop-ins on it."""

    def __init__(self, path: Path) -> None:
        """ConfigError: one of the files cannot be read, or is no YAML map."""
        self.file = str(path)
        self.layers: list[YamlSource] = []
        findings: list[Finding] = []
        for each in [path, *drop_ins(path)]:
            try:
                self.layers.append(YamlSource(each))
            except ConfigError as error:
                findings += error.findings
        if findings:
            raise ConfigError(findings)
        self.text = self.layers[0].text
        self.data: Any = {}
        for layer in self.layers:
            self.data = _merged(self.data, layer.data)

    @property
    def files(self) -> set[str]:
        """Return the names of all files."""
        return {layer.file for layer in self.layers}

    def of(self, path: Path_) -> ParsedFile:
        """Return the file in which the value at a key path stands, or the deepest part of the path that there is."""
        for end in range(len(path), 0, -1):
            for layer in reversed(self.layers):
                if layer.mark(path[:end]) is not None:
                    return layer
        return self.layers[0]

    def mark(self, path: Path_) -> Mark | None:
        """Return where a key path stands in its file."""
        return self.of(path).mark(path)


def _merged(below: Any, above: Any) -> Any:
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: _merged(below[key], value) if key in below else value for key, value in above.items()}}
