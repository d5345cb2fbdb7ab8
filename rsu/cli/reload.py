"""`rsu reload`: the running daemon takes a changed site file."""

from __future__ import annotations

import json

import typer

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Json, Run
from rsu.core.exits import Exit

_TAKEN = Detail("{site}: in use", "{site}：已生效")
_REFUSED = Detail("{site}: not taken, the one before stays in use", "{site}：未采用，仍使用之前的站点")
EXAMPLES = ("rsu reload",)


def command(run: Run = None, as_json: Json = False) -> None:
    """Let the running daemon read its site file again.

    It is checked first. The station goes over to it at work; of the other processes only those start again that must.

    Exit code 3: the site file has errors, and nothing was changed; 4: no daemon runs.
    """
    from rsu.cli.views import reload as work
    from rsu.core import folders

    done = work.reload(run or folders.default_run())
    if as_json:
        print(json.dumps({"site": done.site, "refused": done.refused}))
    else:
        language = spoken()
        told = [finding.said(language) for finding in done.findings] or ([done.refused] if done.refused else [])
        print("\n".join([*told, (_REFUSED if done.refused else _TAKEN).of(site=done.site).told(language)]))
    raise typer.Exit(Exit.INVALID_CONFIG if done.refused else Exit.FINE)
