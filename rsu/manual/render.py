"""Pages of the manual from Markdown (CommonMark and tables) to HTML. Raw HTML in a page is shown as text."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rsu.manual import pages

_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”]")  # written without spaces between words
_PAGE_LINK = re.compile(r"(?P<page>[a-z-]+)\.md(?P<place>#.*)?")


class Heading(NamedTuple):
    """A section of a page."""

    level: int
    text: str
    anchor: str


class Page(NamedTuple):
    """A page as HTML."""

    title: str
    headings: tuple[Heading, ...]
    body: str


@cache
def page(language: str, name: str) -> Page:
    """Return a page. KeyError: there is no such language or page."""
    tokens = parse(pages.text(language, name))
    headings = _headings(tokens)
    return Page(headings[0].text, headings, html(tokens))


def parse(text: str) -> list[Token]:
    """Return a page's tokens: headings have anchors, links to other pages lead to their addresses."""
    tokens = _PARSER.parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", anchor(inline.content))
        if opening.type in ("th_open", "td_open"):
            opening.attrs.pop("style", None)  # the page allows no style but its sheet's
    for token in tokens:
        _link(token.children or [])
        _join(token.children or [])
    return tokens


def html(tokens: list[Token]) -> str:
    """Return tokens as HTML; blocks of code and tables can be scrolled by the keyboard."""
    text = str(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    return text.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')


def anchor(title: str) -> str:
    """Return the fragment under which a heading is found, as public Markdown hosts make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _headings(tokens: list[Token]) -> tuple[Heading, ...]:
    return tuple(
        Heading(int(opening.tag[1]), _plain(inline), str(opening.attrs["id"]))
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open"
    )


def _plain(inline: Token) -> str:
    return "".join(child.content for child in inline.children or [])


def _link(children: list[Token]) -> None:
    for child in children:
        if child.type == "link_open" and (found := _PAGE_LINK.fullmatch(str(child.attrs["href"]))):
            child.attrSet("href", found["page"] + (found["place"] or ""))


def _join(children: list[Token]) -> None:
    """Let lines of Chinese follow each other without the space that a line's end is otherwise."""
    for place, end in enumerate(children):
        if end.type == "softbreak":
            before = next((child.content for child in reversed(children[:place]) if child.content), "")
            after = next((child.content for child in children[place + 1 :] if child.content), "")
            if _WIDE.match(before[-1:]) and _WIDE.match(after[:1]):
                end.type, end.content = "text", ""


_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
