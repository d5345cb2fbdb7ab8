"""`rsu audit verify`: whether the log of changes was changed itself."""

from __future__ import annotations

import json

import typer

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Data, Json
from rsu.core.exits import Exit

_WHOLE = Detail(
    "{count} entries, the chain is whole; newest: {number} {hash}", "共 {count} 条，链完整；最新：{number} {hash}"
)
_EMPTY = Detail("no entries", "没有条目")
EXAMPLES = ("rsu audit verify",)


def command(data: Data = None, as_json: Json = False) -> None:
    """Verify that no entry was changed, put in or taken out.

    Entries cut off at the end are not seen: compare the newest number and hash with those noted elsewhere.

    Exit code 8: the chain is broken.
    """
    from rsu.core import audit, folders

    folder = (data or folders.default_data()) / audit.FOLDER
    faults, newest = audit.verify(folder), audit.newest(folder)
    count = sum(1 for _ in audit.entries(folder))
    if as_json:
        told = [
            {"file": each.file, "line": each.line, "text": each.text.en, "text_zh": each.text.zh} for each in faults
        ]
        end = None if newest is None else {"number": newest.number, "hash": newest.hash}
        print(json.dumps({"entries": count, "faults": told, "newest": end}))
    else:
        for each in faults:
            print(f"{each.file}:{each.line}: {each.text.told(spoken())}")
        if not faults and newest is not None:
            print(_WHOLE.of(count=count, number=newest.number, hash=newest.hash).told(spoken()))
        elif newest is None:
            print(_EMPTY.told(spoken()))
    raise typer.Exit(Exit.DAMAGED if faults else Exit.FINE)
