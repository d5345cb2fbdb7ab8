"""`rsu config history`: the versions of a site."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import msgspec

from rsu.cli.common.options import Json, Site

EXAMPLES = ("rsu config history site.yaml",)


def command(site: Site, as_json: Json = False) -> None:
    """List the versions of a site that were kept, the oldest first.

    They lie in `history` beside the site file.
    """
    from rsu.site.history import SiteHistory

    found = SiteHistory(site).versions()
    if as_json:
        print(json.dumps([msgspec.to_builtins(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        at = datetime.fromtimestamp(int(each.utc_s), UTC)
        print(f"{each.number:4}  {at:%Y-%m-%d %H:%M:%S} UTC  {each.why}")
