"""The file of a lane map: YAML where its name says so, else JSON."""

from __future__ import annotations

from pathlib import Path

from rsu.site.json_source import JsonSource
from rsu.site.source import ParsedFile
from rsu.site.yaml_source import YamlSource


def map_source(path: Path) -> ParsedFile:
    """Return a parsed lane map. ConfigError: it cannot be read."""
    return YamlSource(path) if path.suffix in (".yaml", ".yml") else JsonSource(path)
