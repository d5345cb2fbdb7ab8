"""`rsu msg diff`: the fields in which messages differ."""

from __future__ import annotations

import typer

from rsu.cli.common.errors import fail
from rsu.cli.common.options import GuessedProfile, JsonLines, MessageSource
from rsu.cli.msg.source import found
from rsu.core.exits import Exit

EXAMPLES = (
    "rsu msg diff before.hex after.hex",
    "rsu msg diff before.pcap after.pcap --json",
)


def command(a: MessageSource, b: MessageSource, profile: GuessedProfile = None, as_json: JsonLines = False) -> None:
    """Print the fields in which messages differ.

    Of two files the first messages are compared with each other, the second ones, and so on.

    Exit code 1: they differ; 8: one of them cannot be read.
    """
    from rsu.cli.msg import difference

    left, right = (list(found(source, profile)) for source in (a, b))
    for name, side in ((a, left), (b, right)):
        if not side:
            fail(Exit.DAMAGED, f"{name}: no message in it")
        for one in side:
            if one.error is not None:
                fail(Exit.DAMAGED, f"{one.place}: {one.error}")
    raise typer.Exit(Exit.FOUND if difference.show(left, right, profile, as_json) else Exit.FINE)
