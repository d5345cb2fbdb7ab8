"""`rsu msg explain`: every field of a message, bit by bit."""

from __future__ import annotations

import typer

from rsu.cli.common.errors import fail
from rsu.cli.common.options import GuessedProfile, JsonLines, MessageSource
from rsu.cli.msg import words
from rsu.cli.msg.source import STDIN, found
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu msg explain 4002626668606260606086287b815e6a6bbe",
    "rsu msg explain capture.pcap",
    "rsu msg watch --json --for 5 | rsu msg explain -",
)


def command(source: MessageSource, profile: GuessedProfile = None, as_json: JsonLines = False) -> None:
    """Print every field of a message, bit by bit.

    First bit, number of bits, value and unit, and behind ! its oddities.

    Exit code 1: the codec does not accept one of the messages; 8: there is none in the file.
    """
    from rsu.cli.msg import explanation

    fine = [explanation.show(one, profile, as_json) for one in found(source, profile)]
    if not fine and source != STDIN:
        fail(Exit.DAMAGED, words.NO_MESSAGE.of(source))
    raise typer.Exit(Exit.FINE if all(fine) else Exit.FOUND)
