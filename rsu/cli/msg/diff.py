"""`rsu msg diff`: the fields in which messages differ."""

from __future__ import annotations

import typer

from rsu.cli.common.errors import fail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import GuessedProfile, JsonLines, MessageSource
from rsu.cli.msg import words
from rsu.cli.msg.source import Found, found
from rsu.core.exits import Exit
from v2x import Profile

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

    left, right = (_readable(source, profile) for source in (a, b))
    if difference.show(left, right, profile, as_json):
        raise typer.Exit(Exit.FOUND)
    for one in left:  # the same octets, or nearly: are they messages at all?
        if (why := difference.refusal(one.data, profile)) is not None:
            fail(Exit.DAMAGED, words.ALIKE_NO_MESSAGE.of(one.place, words.told(why)))
    if not as_json:
        typer.echo(words.NO_DIFFERENCE.told(spoken()), err=True)


def _readable(source: str, profile: Profile | None) -> list[Found]:
    """Return the messages of a source. Exit code 8: it has none, or cannot be read."""
    messages = list(found(source, profile))
    if not messages:
        fail(Exit.DAMAGED, words.NO_MESSAGE.of(source))
    for one in messages:
        if one.error is not None:
            fail(Exit.DAMAGED, f"{one.place}: {words.told(one.error)}")
    return messages
