"""The manual as pages of the box: /manual/LANGUAGE/PAGE, in the browser's language first, without a request outside."""

from __future__ import annotations

from html import escape
from string import Template

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rsu.manual import pages, render

_SHELL = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/manual.css">
</head>
<body>
<header><a href="/">$live</a><a id="to-pages" href="#pages">$all</a>$switch</header>
<main>
<article>
$body</article>
<nav id="pages" aria-label="$all">
$menu</nav>
</main>
</body>
</html>
""")
_WORDS = {"en": ("Live page", "All pages"), "zh": ("实时页面", "全部页面")}


def routes() -> list[Route]:
    """Return the manual's addresses."""
    return [
        Route("/manual", _begin),
        Route("/manual/", _begin),
        Route("/manual/{language}", _begin),
        Route("/manual/{language}/", _begin),
        Route("/manual/{language}/{page}", _show),
    ]


def preferred(accepted: str) -> str:
    """Return the language of the manual that an Accept-Language header names first; English if it names none."""
    wishes = []
    for place, wish in enumerate(accepted.split(",")):
        name, _, weight = wish.partition(";q=")
        with_weight = float(weight) if weight.replace(".", "", 1).isdecimal() else 1.0
        wishes.append((-with_weight, place, name.strip()[:2].lower()))
    return next((name for _, _, name in sorted(wishes) if name in pages.LANGUAGES), "en")


async def _begin(request: Request) -> Response:
    language = request.path_params.get("language") or preferred(request.headers.get("accept-language", ""))
    if language not in pages.LANGUAGES:
        raise HTTPException(404)
    return RedirectResponse(f"/manual/{language}/index", headers={"Vary": "Accept-Language"})


async def _show(request: Request) -> Response:
    language, name = request.path_params["language"], request.path_params["page"].removesuffix(".md")
    try:
        return HTMLResponse(_document(language, name))
    except KeyError as error:
        raise HTTPException(404) from error


def _document(language: str, name: str) -> str:
    shown = render.page(language, name)
    live, all_pages = _WORDS[language]
    return _SHELL.substitute(
        language=language,
        title=escape(shown.title),
        live=live,
        all=all_pages,
        switch=_switch(language, name),
        body=shown.body,
        menu=_menu(language, name),
    )


def _switch(language: str, name: str) -> str:
    return "".join(
        f'<a class="language" lang="{code}" hreflang="{code}" href="/manual/{code}/{name}">{title}</a>'
        for code, title in pages.LANGUAGES.items()
        if code != language
    )


def _menu(language: str, name: str) -> str:
    lines = []
    for group in pages.GROUPS:
        lines.append(f"<h2>{escape(group.title[language])}</h2>\n<ul>")
        lines += [_entry(language, each, each == name) for each in group.pages]
        lines.append("</ul>")
    return "\n".join(lines) + "\n"


def _entry(language: str, page: str, here: bool) -> str:
    """Return a page's line of the menu; of the page that is shown with its sections."""
    shown = render.page(language, page)
    title = escape(shown.title)
    if not here:
        return f'<li><a href="{page}">{title}</a></li>'
    sections = [heading for heading in shown.headings if heading.level == 2]
    inner = "".join(f'<li><a href="#{escape(each.anchor)}">{escape(each.text)}</a></li>' for each in sections)
    return f'<li><a href="{page}" aria-current="page">{title}</a>{inner and f"<ul>{inner}</ul>"}</li>'
