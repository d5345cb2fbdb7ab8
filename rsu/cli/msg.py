"""`rsu msg`: messages between hex and JSON.

With `-`, one message a line: every line in gives one line out, in order, and a line that cannot be done gives
{"error": ...}. Exit code 1 when there was one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Annotated

import msgspec
import typer

from v2x import DEFAULT_PROFILE, CodecError, EncodeError, Profile, decode
from v2x.schema import decode_value, encode_value
from v2x.values import Json, from_json, to_json

app = typer.Typer(help="Decode and encode C-V2X messages.", no_args_is_help=True)

_STDIN = "-"

ProfileOption = Annotated[Profile, typer.Option(help="Edition of the message set.")]


@app.command("decode")
def decode_command(
    message: Annotated[str, typer.Argument(metavar="HEX|-", help="A MessageFrame in hex; - reads one a line.")],
    profile: ProfileOption = DEFAULT_PROFILE,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line; always so with -.")] = False,
) -> None:
    """Print what a message says: in physical units, or with --json in wire units as {"type": ..., "value": ...}."""
    if message == _STDIN or as_json:
        _convert(message, lambda line: _decoded(line, profile))
    else:
        _show(message, profile)


@app.command("encode")
def encode_command(
    message: Annotated[
        str, typer.Argument(metavar="JSON|-", help='{"type": "bsmFrame", "value": {...}}; - reads one a line.')
    ],
    profile: ProfileOption = DEFAULT_PROFILE,
) -> None:
    """Print the message of {"type": ..., "value": ...} (wire units) in hex."""
    _convert(message, lambda line: _encoded(line, profile))


def _convert(message: str, convert: Callable[[bytes], str]) -> None:
    """Print the conversion of the argument, or of every line of stdin."""
    failed = False
    for line in _lines() if message == _STDIN else [message.encode(errors="replace")]:
        try:
            output = convert(line)
        except (CodecError, ValueError, RecursionError) as error:
            output, failed = json.dumps({"error": str(error)}), True
        print(output, flush=True)  # a reader at the other end of a pipe gets each line at once
    if failed:
        raise typer.Exit(1)


def _lines() -> Iterator[bytes]:
    if sys.stdin.isatty():
        typer.echo("reading one message a line from the terminal; Ctrl-D ends", err=True)
    yield from sys.stdin.buffer  # bytes: a line that is not UTF-8 must not cost the others


def _octets(line: bytes) -> bytes:
    """Return the octets of a line of hex; ValueError for anything else."""
    try:
        octets = bytes.fromhex(line.decode("ascii"))
    except ValueError:
        raise ValueError("not hex") from None
    if not octets:
        raise ValueError("empty")
    return octets


def _decoded(line: bytes, profile: Profile) -> str:
    name, value = to_json(decode_value(_octets(line), profile))
    return json.dumps({"type": name, "value": value})


def _encoded(line: bytes, profile: Profile) -> str:
    try:
        message = json.loads(line.decode())
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    return encode_value(from_json(_frame(message), profile), profile).hex()


def _frame(message: Json) -> Json:
    """Return [name, value] of {"type": name, "value": value}; the value may be that pair already."""
    match message:
        case {"type": str(name), "value": [str(inner), value]} if name == inner:
            return [name, value]
        case {"type": str(name), "value": dict(value)}:
            return [name, value]
    raise EncodeError('expected {"type": name, "value": {...}}')


def _show(message: str, profile: Profile) -> None:
    """Print a message for people; the error, if any, goes to stderr."""
    try:
        record = decode(_octets(message.encode(errors="replace")), profile)
    except (CodecError, ValueError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    for name, member in msgspec.to_builtins(record, builtin_types=(bytes,)).items():
        for line in _outline(name, member, ""):
            typer.echo(line)


def _outline(name: str, value: Json, indent: str) -> Iterator[str]:
    """Yield a member as lines, what is inside it indented; nothing for what is absent or unavailable."""
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


if __name__ == "__main__":
    app()
