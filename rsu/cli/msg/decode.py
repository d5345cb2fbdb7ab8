"""`rsu msg decode`: the content of a message."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from rsu.cli.common.errors import fail
from rsu.cli.common.options import JsonLines, MessageProfile
from rsu.cli.msg import words
from rsu.cli.msg.conversion import STDIN, convert
from rsu.cli.msg.foreign import likeness
from rsu.cli.msg.source import is_hex
from rsu.core.exits import Exit
from v2x import DEFAULT_PROFILE, CodecError, Profile, decode
from v2x.schema import schema
from v2x.values import Json, to_json

EXAMPLES = (
    "rsu msg decode 4002626668606260606086287b815e6a6bbe                         # in physical units",
    "rsu msg decode --json 4002626668606260606086287b815e6a6bbe                  # in wire units",
    "rsu msg decode - < messages.hex",
)


def command(
    message: Annotated[str, typer.Argument(metavar="HEX|-", help="a MessageFrame in hex; - reads one per line")],
    profile: MessageProfile = DEFAULT_PROFILE,
    as_json: JsonLines = False,
) -> None:
    """Print the content of a message.

    In physical units, or with --json in wire units as {"type": ..., "value": ...}. With - the output is always JSON:
    one line for each line of stdin, in order; a line that cannot be decoded gives {"error": ...}.

    Exit code 1: there was such a line.
    """
    _refuse_file(message)
    if message == STDIN or as_json:
        raise typer.Exit(convert(message, lambda line: _decoded(line, profile)))
    _show(message, profile)


def _octets(line: bytes) -> bytes:
    """Return the octets of a line of hex; ValueError for anything else."""
    try:
        octets = bytes.fromhex(line.decode("ascii"))
    except ValueError:
        raise ValueError(words.NOT_HEX.en) from None
    if not octets:
        raise ValueError(words.EMPTY.en)
    return octets


def _refuse_file(message: str) -> None:
    """Name the command that reads files, when a file's name is given in place of hex."""
    if message != STDIN and not is_hex(message) and _exists(message):
        fail(Exit.USAGE, words.FILE.of(message, message, message))


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except OSError:  # too long for a name
        return False


def _decoded(line: bytes, profile: Profile) -> str:
    """Return the message as JSON, with the skipped additions of a later edition, if any."""
    octets = _octets(line)
    try:
        found = schema(profile).read(octets)
    except CodecError as error:
        raise ValueError(_told(error, octets)) from None
    name, value = to_json(found.value)
    skipped = [{"path": one.path, "bit": one.bit, "what": one.content} for one in found.skipped]
    return json.dumps({"type": name, "value": value} | ({"skipped": skipped} if skipped else {}))


def _told(error: CodecError, octets: bytes) -> str:
    """Return why octets are no message of ours, and their likely format where that is known."""
    like = likeness(octets)
    return words.LIKE.say(error, like) if like is not None else str(error)


def _show(message: str, profile: Profile) -> None:
    """Print a message for people; the error, if any, goes to stderr."""
    try:
        octets = _octets(message.encode(errors="replace"))
    except ValueError as error:
        fail(Exit.FOUND, words.EXPECTED_HEX.of(words.told(str(error)), repr(message[:80])))
    try:
        record = decode(octets, profile)
    except CodecError as error:
        fail(Exit.FOUND, words.ERROR.of(words.told(_told(error, octets))))
    for name, member in msgspec.to_builtins(record, builtin_types=(bytes,)).items():
        for line in _outline(name, member, ""):
            typer.echo(line)


def _outline(name: str, value: Json, indent: str) -> Iterator[str]:
    """Yield a member as lines, its parts indented; none for an absent or unavailable member."""
    match value:
        case None:
            return
        case dict():
            yield f"{indent}{name}:"
            for inner, member in value.items():
                yield from _outline(inner, member, indent + "  ")
        case [*items] if any(isinstance(item, dict) for item in items):
            for index, item in enumerate(items):
                yield from _outline(f"{name} {index}", item, indent)
        case [*items]:
            yield f"{indent}{name}: {', '.join(map(str, items)) or '-'}"
        case bytes():
            yield f"{indent}{name}: {value.hex()}"
        case _:
            yield f"{indent}{name}: {value}"
