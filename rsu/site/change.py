"""Values of a site changed in the files in which they stand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rsu.site import edit, history, layers
from rsu.site.layers import SiteLayers


def with_values(site: Path, values: Mapping[str, Any], into: str | None = None) -> dict[str, bytes]:
    """Return the files of a site with other values, by dotted key (`edit.edited`), for `SiteHistory.change`.

    `into`: the drop-in to write them into; None: the file in which each stands, or the nearest key above it.
    ConfigError, KeyPathError.
    """
    files = dict(history.present(site))
    source = SiteLayers(site)
    for key, value in values.items():
        name = f"{layers.FOLDER}/{into}" if into else _file_of(site, source, key)
        before = files.get(name, b"").decode("utf-8-sig")
        files[name] = edit.edited(before, {key: value}).encode()
    return files


def _file_of(site: Path, source: SiteLayers, key: str) -> str:
    """Return the file in which a key stands, or the nearest one above it."""
    found = Path(source.of(edit.place(source.data, key)).file)
    return found.name if found == site else f"{layers.FOLDER}/{found.name}"
