"""`rsu msg`: messages between hex and JSON, taken apart for people, compared, and live.

`decode` and `encode` with `-`: one message a line: every line in gives one line out, in order, and a line that cannot
be done gives {"error": ...}. Exit code 1 when there was one.

`explain` and `diff` take hex, `-` or a file, of hex, JSON lines, device logs or captures (`rsu/cli/msg_source.py`).
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from rsu.cli.msg_source import Found, pair, read
from rsu.core.errors import NotReachableError
from rsu.core.exits import Exit
from v2x import DEFAULT_PROFILE, KINDS, CodecError, Profile, decode
from v2x.schema import encode_value, schema
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


GuessOption = Annotated[Profile | None, typer.Option("--profile", help="Edition; without it the one that fits best.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
_SOURCE = "HEX|-|FILE"


@app.command("explain")
def explain_command(
    source: Annotated[str, typer.Argument(metavar=_SOURCE, help="Hex, or a file of hex, JSON lines, logs, or pcap.")],
    profile: GuessOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every field of a message with its first bit, bits, value and unit, and behind ! what is odd about it.

    Exit code 1: the codec does not accept one of the messages.
    """
    from rsu.cli import msg_explain

    fine = [msg_explain.show(found, profile, as_json) for found in _found(source, profile)]
    if not all(fine):
        raise typer.Exit(Exit.FOUND)


@app.command("diff")
def diff_command(
    a: Annotated[str, typer.Argument(metavar=_SOURCE)],
    b: Annotated[str, typer.Argument(metavar=_SOURCE)],
    profile: GuessOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the fields in which two messages differ, or the messages of two files, first with first and so on.

    Exit code 1: they differ.
    """
    from rsu.cli import msg_diff
    from rsu.cli.options import fail

    left, right = (list(_found(source, profile)) for source in (a, b))
    for found in (*left, *right):
        if found.error is not None:
            fail(Exit.DAMAGED, f"{found.place}: {found.error}")
    if msg_diff.show(left, right, profile, as_json):
        raise typer.Exit(Exit.FOUND)


@app.command("watch")
def watch_command(
    aid: Annotated[list[int] | None, typer.Option(help="Show only this AID; may be given several times.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Show only this kind: bsm, map, spat, rsi, rsm...")] = None,
    run: Annotated[Path | None, typer.Option(help="Run folder of the daemon whose messages are shown.")] = None,
    air: Annotated[bool, typer.Option("--air", help="In a demo: what the emulated radio was given.")] = False,
    agent: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="The radio's agent, instead of a daemon.")
    ] = None,
    listen: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Where the agent's datagrams come in; any free port.")
    ] = None,
    seconds: Annotated[float | None, typer.Option("--for", metavar="S", min=0.1, help="End after S seconds.")] = None,
    profile: ProfileOption = DEFAULT_PROFILE,
    as_json: JsonOption = False,
) -> None:
    """Print messages live, one a line, until Ctrl-C; then how many of each kind came, on stderr."""
    from hw.endpoint import split_address
    from rsu.cli import msg_watch
    from rsu.cli.main import until_interrupted
    from rsu.cli.options import fail
    from rsu.core.folders import default_run

    unknown = set(kind or ()) - {name for each in KINDS.values() for name in (each, each.split("-")[0])}
    if unknown:
        fail(Exit.USAGE, f"no kind {', '.join(sorted(unknown))}: there are {', '.join(KINDS.values())}")
    folder = run or default_run()
    try:
        if agent is not None:
            source = msg_watch.from_agent(split_address(listen) if listen else ("0.0.0.0", 0), split_address(agent))
        else:
            source = msg_watch.from_air(folder) if air else msg_watch.from_bus(folder)
    except ValueError as error:
        fail(Exit.USAGE, error)
    only = msg_watch.Filter(frozenset(aid or ()), frozenset(kind or ()))

    def job(stop: threading.Event) -> None:
        timer = threading.Timer(seconds or 0, stop.set)
        timer.daemon = True
        if seconds is not None:
            timer.start()
        for name, count in sorted(msg_watch.watch(source, only, profile, as_json, stop).items()):
            print(f"{count:7} {name}", file=sys.stderr)

    try:
        interrupted = until_interrupted(job)
    except OSError as error:
        fail(Exit.CONFLICT, f"{listen}: {error.strerror}; does a daemon hold it?")
    raise typer.Exit(Exit.INTERRUPTED if interrupted else Exit.FINE)


def _found(source: str, profile: Profile | None) -> Iterator[Found]:
    """Yield what a source holds; end with an exit code when it cannot be read."""
    from rsu.cli.options import fail

    if source == _STDIN and sys.stdin.isatty():
        typer.echo("reading from the terminal; Ctrl-D ends", err=True)
    try:
        yield from read(source, sys.stdin.buffer, profile or DEFAULT_PROFILE)
    except NotReachableError as error:
        fail(Exit.NOT_REACHABLE, error)


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
    """Return the message as JSON, with what a later edition added and had to be skipped, if anything."""
    found = schema(profile).read(_octets(line))
    name, value = to_json(found.value)
    skipped = [{"path": one.path, "bit": one.bit, "what": one.what} for one in found.skipped]
    return json.dumps({"type": name, "value": value} | ({"skipped": skipped} if skipped else {}))


def _encoded(line: bytes, profile: Profile) -> str:
    try:
        message = json.loads(line.decode())
    except ValueError as error:
        raise ValueError(f"not JSON: {error}") from None
    return encode_value(from_json(pair(message), profile), profile).hex()


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
