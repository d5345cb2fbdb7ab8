"""A site as it is edited on the page: its files as texts, their mistakes, the effect of changes, versions."""

from __future__ import annotations

import difflib
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding, RsuError
from rsu.site import config, history, layers
from rsu.site.history import SiteHistory
from rsu.site.keys import flat
from rsu.site.keys.effects import effect
from rsu.site.keys.flat import SiteChange
from rsu.site.layers import SiteLayers

# sections that the role `tune` may change; all others, such as users and addresses, need an administrator
TUNED = ("sensors", "signal", "clock", "position", "tracking", "vehicles", "events", "statistics", "recording")
_KEPT = ("recording.path",)  # but these: with it the recorder writes anywhere
_DROP_IN = re.compile(rf"{layers.FOLDER}/\d\d-[\w.-]+\.yaml")
_NO_FILE = Detail("{name} is no file of this site", "{name} 不是此站点的文件")
Texts = dict[str, str]  # path from the site file's folder -> content
Files = Mapping[str, bytes]


class SiteEditError(RsuError):
    """Files that a site does not have."""


class EditedSite(NamedTuple):
    """Edited files, judged."""

    findings: list[Finding]  # files by their path from the site file's folder
    changes: list[SiteChange]  # of values, against the site that runs; empty where there are errors
    others: tuple[
        SiteChange, ...
    ] = ()  # lane map and files of drivers, by path: SHA-256, against the file that is there
    lane_map: str = ""  # its path

    @property
    def valid(self) -> bool:
        """Return whether the daemon takes them."""
        return all(finding.level != "error" for finding in self.findings)

    def record(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"findings": [each._asdict() for each in self.findings], "changes": list(map(told, self.changes))}


def told(change: SiteChange) -> dict[str, Any]:
    """Return a change as JSON, with its effect in both languages."""
    does = effect(flat.general(change.key))
    return change._asdict() | {"effect": does.en, "effect_zh": does.zh}


def texts(site: Path) -> Texts:
    """Return the files of a site that are texts, also while it has mistakes."""
    found: Texts = {}
    for name, data in _octets(site).items():
        try:
            found[name] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            continue  # such as a model
    return found


def digest(files: Texts) -> str:
    """Return a value that differs once a file was changed."""
    return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()


def judged(site: Path, files: Files, running: Path | None) -> EditedSite:
    """Return the mistakes of all files of a site, and their differences from the one that runs."""
    with history.laid_out(site, files) as path:
        found = [_named(each, path.parent) for each in config.check(path)]
        if any(each.level == "error" for each in found):
            return EditedSite(found, [])
        after = config.load(path)
    changes = flat.changes(values(running or site), flat.values(after))
    return EditedSite(found, changes, _others(site, files), os.path.normpath(after.site.site.lane_map))


def _others(site: Path, files: Files) -> tuple[SiteChange, ...]:
    """Return the changed files whose content is no value of the site file."""
    now = _octets(site)
    return tuple(
        SiteChange(name, _sha256(now.get(name)), _sha256(data))
        for name, data in sorted(files.items())
        if name != site.name and not _DROP_IN.fullmatch(name) and now.get(name) != data
    )


def untuned(edited: EditedSite) -> list[str]:
    """Return the keys of changes, and the files, that need an administrator."""
    keys = [change.key for change in edited.changes]
    kept = [key for key in keys if key in _KEPT or key.partition(".")[0] not in TUNED]
    return kept + [each.key for each in edited.others if each.key != edited.lane_map]


def values(site: Path) -> dict[str, Any]:
    """Return the values of a site; of none, or of one with mistakes, nothing."""
    try:
        return flat.values(config.load(site))
    except (ConfigError, OSError):
        return {}


def difference(site: Path, number: int) -> dict[str, str]:
    """Return how the files of today differ from those of a version, as unified differences. NoVersionError."""
    old, new = SiteHistory(site).files(number), _octets(site)
    found = {}
    for name in sorted({*old, *new}):
        before, after = (each.get(name, b"").decode("utf-8", "replace").splitlines() for each in (old, new))
        if before != after:
            found[name] = "\n".join([*difflib.unified_diff(before, after, lineterm="")][2:])
    return found


def _octets(site: Path) -> dict[str, bytes]:
    """Return the files of a site; of one with mistakes also its lane map, where it names one that is there."""
    found = history.present(site)
    try:
        name = SiteLayers(site).data["site"]["lane_map"] if found else ""
        if name and name not in found and not os.path.relpath(site.parent / name, site.parent).startswith(".."):
            found[name] = (site.parent / name).read_bytes()
    except (ConfigError, OSError, KeyError, TypeError, ValueError):
        pass  # the mistakes of the site file say so
    return found


def whole(site: Path, edited: Texts) -> Files:
    """Return all files of a site with edited ones in their place; drop-ins that are not edited go. SiteEditError."""
    kept = _octets(site)
    for name in edited:
        if name not in kept and name != site.name and not _DROP_IN.fullmatch(name):
            raise SiteEditError(_NO_FILE.of(name=name))
    others = {name: data for name, data in kept.items() if not name.startswith(f"{layers.FOLDER}/")}
    return others | {name: text.encode() for name, text in edited.items()}


def _sha256(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha256(data).hexdigest()


def _named(finding: Finding, folder: Path) -> Finding:
    return finding._replace(file=os.path.relpath(finding.file, folder)) if finding.file else finding
