"""The files that a site is made of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hw.credential import SECRET
from rsu.site import layers
from rsu.site.config import Config


def collect(site: Config) -> dict[str, bytes]:
    """Return the site file with its drop-ins, its lane map and the files that drivers name, by path from its folder.

    Never secrets: recordings, exports and the history of a site leave the box.
    """
    folder = site.path.resolve().parent
    paths = [site.path, *layers.drop_ins(site.path.resolve()), folder / site.site.site.lane_map, *driver_files(site)]
    return {os.path.relpath(path.resolve(), folder): path.read_bytes() for path in paths}


def driver_files(site: Config) -> Iterator[Path]:
    """Yield the files that drivers name, but secrets; the site's own folder is in their paths already."""
    yield from _paths(site, secret=False)


def secret_files(site: Config) -> Iterator[Path]:
    """Yield the files of passwords that drivers name: they stay where they are."""
    yield from _paths(site, secret=True)


def _paths(site: Config, secret: bool) -> Iterator[Path]:
    for settings in site.drivers.values():
        for name, field in type(settings).model_fields.items():
            value = getattr(settings, name)
            if isinstance(value, Path) and (SECRET in field.metadata) == secret:
                yield value
