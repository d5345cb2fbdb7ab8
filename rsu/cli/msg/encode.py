"""`rsu msg encode`: the octets of a message."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from rsu.cli.common.options import JsonLines, MessageProfile
from rsu.cli.msg import words
from rsu.cli.msg.conversion import convert
from rsu.cli.msg.source import pair
from v2x import DEFAULT_PROFILE, Profile
from v2x.schema import encode_value
from v2x.values import from_json

EXAMPLES = (
    "rsu msg decode --json 4002626668606260606086287b815e6a6bbe | rsu msg encode -    # there and back",
    "rsu msg encode - < messages.jsonl > messages.hex",
)


def command(
    message: Annotated[
        str, typer.Argument(metavar="JSON|-", help='{"type": "bsmFrame", "value": {...}}; - reads one per line')
    ],
    profile: MessageProfile = DEFAULT_PROFILE,
    as_json: JsonLines = False,
) -> None:
    """Print a message in hex.

    The message is {"type": ..., "value": ...} in wire units; with --json the output is {"hex": ...}. A message that
    cannot be encoded gives {"error": ...}.

    Exit code 1: there was such a message.
    """

    def conversion(line: bytes) -> str:
        text = _encoded(line, profile)
        return json.dumps({"hex": text}) if as_json else text

    raise typer.Exit(convert(message, conversion))


def _encoded(line: bytes, profile: Profile) -> str:
    try:
        message = json.loads(line.decode())
    except ValueError as error:
        raise ValueError(words.NOT_JSON.say(error)) from None
    return encode_value(from_json(pair(message), profile), profile).hex()
