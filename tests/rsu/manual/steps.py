"""The code blocks of a page: files that it has the reader write, and commands that it has him give, in order."""

from __future__ import annotations

from typing import NamedTuple

from rsu.manual import pages, render


class Block(NamedTuple):
    """One fenced block. Its info string is `LANGUAGE NAME`, as in `yaml site.yaml` or `sh status`."""

    language: str
    name: str
    text: str


def blocks(language: str, page: str) -> list[Block]:
    """Return a page's fenced blocks."""
    fences = [token for token in render.parse(pages.text(language, page)) if token.type == "fence"]
    words = [[*token.info.split(), "", ""] for token in fences]
    return [Block(language, name, token.content) for (language, name, *_), token in zip(words, fences, strict=True)]
