"""`rsu audit list`: the changes that were ordered, and by which actor."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from rsu.cli.common.options import Data, JsonLines

if TYPE_CHECKING:
    from rsu.core.audit import AuditEntry

EXAMPLES = (
    "rsu audit list",
    "rsu audit list --last 100 --actor platform",
    "rsu audit list --json",
)


def command(
    data: Data = None,
    last: Annotated[int, typer.Option(metavar="N", min=1, help="the newest N entries")] = 50,
    actor: Annotated[
        str | None, typer.Option(metavar="TEXT", help="only entries whose actor begins so", show_default="all")
    ] = None,
    as_json: JsonLines = False,
) -> None:
    """List changes and commands, the oldest first, with their outcome.

    Refused commands are listed too, each with the reason.
    """
    from rsu.core import audit, folders

    folder = (data or folders.default_data()) / audit.FOLDER
    found = [entry for entry in audit.entries(folder) if entry.actor.startswith(actor or "")]
    for entry in found[-last:]:
        print(msgspec.json.encode(entry).decode() if as_json else _line(entry))


def _line(entry: AuditEntry) -> str:
    when = f"{datetime.fromtimestamp(entry.utc_s, UTC):%Y-%m-%d %H:%M:%S}"
    change = "" if entry.before == entry.after else f"  {_short(entry.before)} -> {_short(entry.after)}"
    return f"{entry.number:6}  {when}  {entry.actor}  {entry.action}  {entry.about}  {entry.outcome}{change}"


def _short(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 60 else f"{text[:57]}..."
