"""A site as a command changes it: its files are made, judged, and put on probation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hw import system
from rsu.core.errors import ConfigError
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.reasons import commands as words
from rsu.site import change, config, history, probation
from rsu.site.edit import KeyPathError
from rsu.site.history import ChangedMeanwhileError, SiteHistory
from rsu.site.keys import flat
from rsu.site.keys.flat import SiteChange
from rsu.site.probation import SiteProbation, UnderProbationError

SEALED = (
    "uplink.commands",
    "uplink.uploads",
    "uplink.spool.path",
    "page",
    "recording.path",
)  # rights, places of files, the page's access
_SECRETS = (".password_file", ".key_file")  # a platform could have the box send any file of it there
PROVEN = 0.25  # of a probation, on end
_MARGIN_S = 5.0  # between the end of a probation and the command's own


def try_out(
    site: Path, values: Mapping[str, Any], by: str, well: list[str], times_s: tuple[float, float]
) -> list[SiteChange]:
    """Put a site with other values on probation; return the changes.

    `well`: result of `rsu.bus.proof.working`; `times_s`: of the probation, until the expiry.

    RefusedError: nothing was changed.
    """
    if not well:
        raise RefusedError(words.NO_STATION)
    needed_s = PROVEN * times_s[0]
    for_s = min(times_s[0], times_s[1] - _MARGIN_S)
    if for_s < 2 * needed_s:
        raise RefusedError(words.TOO_SHORT.of(round(times_s[1]), round(2 * needed_s + _MARGIN_S)))
    try:
        seen = history.present(site)
        files = change.with_values(site, values)
        found = _changes(site, files)
        until_s = probation.now_s() + for_s
        wish = SiteProbation(by, 0, well, probation.boot(), until_s, needed_s)
        SiteHistory(site).try_out(files, wish, seen)
    except ConfigError as error:
        raise RefusedError(words.NOT_VALID.of(_first(error)), BAD_PARAMETER) from error
    except (KeyPathError, UnderProbationError, ChangedMeanwhileError) as error:
        raise RefusedError(words.CANNOT.of(error.args[0]), BAD_PARAMETER) from error
    except OSError as error:
        raise RefusedError(words.NOT_WRITTEN.of(system.said(error))) from error
    return found


def _changes(site: Path, files: Mapping[str, bytes]) -> list[SiteChange]:
    """Return the changes that files make. ConfigError: no valid site; RefusedError: no change, or a sealed one."""
    with history.laid_out(site, files) as path:
        after = flat.values(config.load(path))
    found = flat.changes(flat.values(config.load(site)), after)
    for each in found:
        secret = each.after is not None and each.key.endswith(_SECRETS)
        if secret or any(f"{each.key}.".startswith(f"{key}.") for key in SEALED):
            raise RefusedError(words.SEALED.of(each.key))
    if not found:
        raise RefusedError(words.NO_CHANGE, BAD_PARAMETER)
    return found


def _first(error: ConfigError) -> str:
    finding = error.findings[0]
    return f"{finding.key}: {finding.text}"
