"""Octets written by hand, line by line, each with its meaning behind a bar."""

from __future__ import annotations


def written(text: str) -> bytes:
    """Return the octets before the bar of each line."""
    return bytes.fromhex("".join(line.partition("|")[0] for line in text.splitlines()))
