"""A package that the platform names: fetched, its digest compared, and handed over to `rsu.upgrade.ordered`.

The digest only finds a damaged transfer; whether the package is used depends on the keys in it.
"""

from __future__ import annotations

import hashlib
import http.client
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from rsu.downlink.contents import UpgradeDown
from rsu.downlink.errand_brief import ErrandBrief
from rsu.errand.sending import ErrandError, connection
from rsu.reasons import commands as words
from rsu.upgrade import ordered
from rsu.upgrade.ordered import UpgradeOrder
from rsu.upgrade.releases import Releases

MOST_OCTETS = 1 << 30  # of a package
_PIECE = 1 << 20
_LOOK_S = 0.5


def upgrade(brief: ErrandBrief) -> dict[str, Any]:
    """Fetch a package, unless that was done before a restart, and wait until it is in use. ErrandError, OSError."""
    return brought(brief, Releases())


def brought(brief: ErrandBrief, releases: Releases) -> dict[str, Any]:
    """Do so on a box with these releases."""
    said = msgspec.json.decode(brief.body, type=UpgradeDown)
    order = f"{brief.utc_ns} ".encode() + brief.body  # the same body may be ordered again, under a signature's counter
    folder, name = Path(brief.data, ordered.FOLDER), hashlib.sha256(order).hexdigest()[:16]
    if ordered.given(folder) != name:
        folder.mkdir(exist_ok=True)
        fetch(said, folder / ordered.PACKAGE)
        ordered.give(folder, UpgradeOrder(name, said.update_version))
    while (done := ordered.end(releases)) is None or done.id != name:
        time.sleep(_LOOK_S)
    if done.why:
        raise ErrandError(words.NO_UPGRADE.of(done.why))
    return {"release": done.release}


def fetch(said: UpgradeDown, file: Path) -> None:
    """Fetch a package into a file. ErrandError, OSError. A redirection is a refusal."""
    parts = urlsplit(said.download_url)
    line = connection(parts.scheme, parts.netloc, "")
    try:
        line.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = line.getresponse()
        if answer.status != 200:
            raise ErrandError(words.NO_PACKAGE.of(f"HTTP {answer.status}"))
        _store(answer, file, said)
    except http.client.HTTPException as error:
        raise ErrandError(words.NO_PACKAGE.of(repr(error)[:100])) from error
    finally:
        line.close()


def _store(answer: http.client.HTTPResponse, file: Path, said: UpgradeDown) -> None:
    sums = [hashlib.md5(usedforsecurity=False), hashlib.sha256()]
    octets = 0
    with file.open("wb") as out:
        while piece := answer.read(_PIECE):
            octets += len(piece)
            if octets > MOST_OCTETS:
                raise ErrandError(words.NO_PACKAGE.of(words.TOO_LONG.of(octets, MOST_OCTETS)))
            out.write(piece)
            for each in sums:
                each.update(piece)
    for wanted, found in zip((said.download_md5, said.download_sha256), sums, strict=True):
        if wanted and wanted.lower() != found.hexdigest():
            raise ErrandError(words.NO_PACKAGE.of(words.OTHER_DIGEST.of(found.name, found.hexdigest())))
