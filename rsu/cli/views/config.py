"""The work of `rsu config`: values with their places, changes with their effects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hw.detail import Detail
from rsu.cli.common.errors import fail
from rsu.cli.common.options import Language
from rsu.cli.views.status import ask
from rsu.core.errors import ConfigError
from rsu.core.exits import Exit
from rsu.site import change, config, edit, exchange, history
from rsu.site.keys import find, flat
from rsu.site.keys import shown as words
from rsu.site.keys.flat import SiteChange
from rsu.site.layers import SiteLayers

_DEFAULT = "default"
_NO_VALUE = Detail("expected KEY=VALUE, got {got}", "应为 KEY=VALUE，实为 {got}")
_NO_COPY = Detail("the daemon does not say which site it runs with", "守护程序未给出其使用的站点")
_HEADS = {
    Language.EN: ("key", "meaning", "value", "default", "change"),
    Language.ZH: ("键", "含义", "取值", "默认值", "生效方式"),
}


class ShownValue(NamedTuple):
    """One value and the place where it stands."""

    key: str
    value: Any
    origin: str  # file and line, or `default`


class Done(NamedTuple):
    """A change of a site."""

    version: int
    changes: list[SiteChange]

    def record(self) -> dict[str, Any]:
        """Return it for a program."""
        return {"version": self.version, "changes": [each._asdict() | {"effect": each.effect} for each in self.changes]}

    def text(self) -> str:
        """Return it for people."""
        return "\n".join([*map(line, self.changes), f"version {self.version}"])


def typed(value: Any) -> str:
    """Return a value as it may be typed in YAML."""
    return json.dumps(value, ensure_ascii=False)


def line(change: SiteChange) -> str:
    """Return a change in one line."""
    return f"{change.key}: {typed(change.before)} -> {typed(change.after)}    # {change.effect}"


def shown(site: Path) -> list[ShownValue]:
    """Return all values of a site. ConfigError: it has errors."""
    loaded, source = config.load(site), SiteLayers(site)
    return [ShownValue(key, value, _origin(source, key)) for key, value in flat.values(loaded).items()]


def _origin(source: SiteLayers, key: str) -> str:
    try:
        path = edit.place(source.data, key)
    except edit.KeyPathError:
        return _DEFAULT
    mark = source.mark(path)
    return _DEFAULT if mark is None else f"{source.of(path).file}:{mark.value[0]}"


def explained(key: str, language: Language) -> list[dict[str, str]]:
    """Return the rows of a key, equal ones of several drivers once. UnknownKeyError: there is none."""
    say = (words.meaning, words.range_of, words.default, words.effect)
    rows = [(row.whole, *(each(row, language) for each in say)) for row in find.find(key)]
    return [dict(zip(_HEADS[language], row, strict=True)) for row in dict.fromkeys(rows)]


def set_values(site: Path, values: Sequence[str], into: str | None) -> Done:
    """Change values of a site. ConfigError: it would not be valid; KeyPathError: a key has no place in it."""
    typed_values: dict[str, Any] = {}
    for each in values:
        key, sign, text = each.partition("=")
        if not sign:
            fail(Exit.USAGE, _NO_VALUE.of(got=each))
        typed_values[key] = edit.value_of(text)
    return changed(site, change.with_values(site, typed_values, into), f"set {' '.join(values)}")


def rolled_back(site: Path, number: int | None) -> Done:
    """Go back to a version. NoVersionError, ConfigError."""
    files = history.SiteHistory(site).files(number)
    return changed(site, files, "rollback" if number is None else f"rollback --to={number}")


def imported(archive: Path, site: Path) -> Done:
    """Take a site from an archive. ArchiveError, ConfigError."""
    return changed(site, exchange.files(archive, site), f"import {archive.name}")


def changed(site: Path, files: dict[str, bytes], why: str) -> Done:
    """Put files in the place of those of a site, and keep both versions. ConfigError: the site would not be valid."""
    before = _values(site)
    version = history.SiteHistory(site).change(files, why)
    return Done(version.number, flat.changes(before, _values(site)))


def _values(site: Path) -> dict[str, Any]:
    try:
        return flat.values(config.load(site))
    except ConfigError:
        return {}


def differences(site: Path, to: str | None, run: Path) -> list[SiteChange]:
    """Return how a site differs from a version, another site file, or the daemon's copy. ConfigError."""
    return flat.changes(_other(site, to, run), flat.values(config.load(site)))


def _other(site: Path, to: str | None, run: Path) -> dict[str, Any]:
    if to is None:
        processes = ask(run).processes
        if processes is None or not processes.site_copy:
            fail(Exit.NOT_REACHABLE, _NO_COPY)
        return flat.values(config.load(Path(processes.site_copy)))
    if not to.isdecimal():
        return flat.values(config.load(Path(to)))
    with history.laid_out(site, history.SiteHistory(site).files(int(to))) as path:
        return flat.values(config.load(path))
