"""Every text of the page has its Chinese, with the same figures, and no Chinese stands there for nothing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from rsu.web.app import STATIC

IDEOGRAPH = re.compile("[\u4e00-\u9fff]")
SIGNS = {
    "OpenDRIVE",
    "lanelet2",
    "OpenStreetMap",
    "SUMO",
    "WGS-84",
    "CGCS2000",
    "RSU",
    "UTC",
    "30 s",
    "60 s",
    "120 s",
    "–",
    "+",
    "−",
    "×",
    "←",
    "12",
    "38",
    "N ▲",
    "中文",
}  # the same in both languages
ALIKE = re.compile(r"(CPU|[{}() /·:：。MiB（）]+)")  # Chinese texts without a Chinese word
OTHER = {"none: spool only"}  # of records
SOURCES = {str(file.relative_to(STATIC)): file.read_text(encoding="utf-8") for file in sorted(STATIC.rglob("*.js"))}
TABLES = {name for name in SOURCES if name.startswith("chinese")}
CHINESE: dict[str, str] = {
    json.loads(f'"{english}"'): chinese
    for english, chinese in re.findall(
        r'^  "((?:[^"\\]|\\.)*)":\s*"(.*)",$', "\n".join(SOURCES[name] for name in TABLES), re.MULTILINE
    )
}


class Document(HTMLParser):
    """The texts and labels of the pages' documents."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._inside: list[str] = []
        for file in sorted(STATIC.glob("*.html")):
            self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts |= {text for name, text in attrs if name in ("title", "aria-label", "alt") and text}
        if tag not in ("meta", "link", "input", "img"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._inside.pop()

    def handle_data(self, data: str) -> None:
        if (text := " ".join(data.split())) and not {"title", "noscript", "script"} & {*self._inside}:
            self.texts.add(text)


def said() -> set[str]:
    """Return the texts that scripts say, and the words of their tables."""
    every = "\n".join(source for name, source in SOURCES.items() if name not in TABLES)
    found = set(re.findall(r'\bsay\("([^"]*)"', every))
    for either in re.findall(r'\bsay\([^"()]*\? "([^"]*)" : "([^"]*)"\)', every):
        found |= {*either}
    found |= set(re.findall(r'"([^"\n]*\{\}[^"\n]*)"', every))
    table = re.search(r"const LINKS = \{(.*?)\};", every, re.DOTALL)
    assert table
    found |= set(re.findall(r': "([^"]*)"', table[1]))
    link = re.search(r"const LINK = (\{.*?\});", every, re.DOTALL)
    assert link
    return found | set(re.findall(r'\["([^"]*)",', link[1]))


def test_every_text_of_the_page_has_its_chinese() -> None:
    wanted = (Document().texts - SIGNS) | said() | OTHER
    assert len(wanted) > 120
    assert sorted(wanted - CHINESE.keys()) == []


def test_chinese_texts_have_the_same_figures_and_a_use() -> None:
    everything = "\n".join(source for name, source in SOURCES.items() if name not in TABLES)
    for english, chinese in CHINESE.items():
        assert chinese.count("{") == english.count("{"), english
        assert IDEOGRAPH.search(chinese) or ALIKE.fullmatch(chinese), english
        assert f'"{english}"' in everything or english in Document().texts | OTHER | said(), english
