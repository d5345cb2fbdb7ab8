"""The page of a box whose site file cannot be used: its mistakes, the means to mend or begin it. Nothing is on air."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Sequence
from pathlib import Path
from string import Template

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.web import WebSettings
from rsu.web import begin_pages, listeners, logins, manual, site_pages
from rsu.web.access import Access
from rsu.web.app import STATIC, guarded
from rsu.web.site_changes import SiteChanges, SitePlaces

_SHELL = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
<link rel="stylesheet" href="forms.css">
</head>
<body class="form">
<main>
<section class="card">
<h1>$title</h1>
<p>$advice</p>
<p><a class="main" href="$page">$link</a></p>
<pre class="mistakes" tabindex="0">$lines</pre>
</section>
</main>
</body>
</html>
""")
_UNAVAILABLE = 503
_AGAIN_S = 2  # the page loads itself anew
_TITLE = Detail("The site file cannot be used: nothing is on air", "站点文件无法使用：未播发任何消息")
_DO = Detail(
    "Correct it; the daemon starts by itself as soon as it is valid. On the box: rsu check {site}",
    "请改正；站点文件一旦有效，守护程序自动启动。在设备上执行：rsu check {site}",
)
_MEND = Detail("Correct it on the page", "在页面上改正")
_BEGIN = Detail("Begin a new site on the page", "在页面上新建站点")


def serve(settings: WebSettings, site: str, findings: Sequence[Finding], data: Path) -> None:
    """Serve the page until SIGTERM. OSError: the port is taken."""
    access = Access(settings, data)
    access.begin()
    with listeners.opened(settings, access.folder) as found:
        servers = listeners.servers(application(site, findings, access), found)
        asyncio.run(listeners.serve(servers, found))


def application(site: str, findings: Sequence[Finding], access: Access) -> Starlette:
    """Return the ASGI application that shows the mistakes of a site file."""

    async def page(request: Request) -> Response:
        language = "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
        return HTMLResponse(_page(site, findings, language), _UNAVAILABLE, {"Refresh": str(_AGAIN_S)})

    async def state(_: Request) -> Response:
        facts = {"site": site, "ready": False, "findings": [finding._asdict() for finding in findings]}
        return Response(msgspec.json.encode(facts), _UNAVAILABLE, media_type="application/json")

    async def live(_: Request) -> Response:
        return Response(msgspec.json.encode({"live": True, "troubles": []}), media_type="application/json")

    async def taken() -> str:
        return ""  # the supervisor looks every second

    places = SitePlaces(lambda: Path(site), lambda: None, taken)
    routes = [
        *(Route("/", page), Route("/api/state", state), Route("/readyz", state), Route("/livez", live)),
        *logins.routes(access),
        *site_pages.routes(SiteChanges(places, access)),
        *begin_pages.routes(Path(site), access),
        *manual.routes(),
        Mount("/", StaticFiles(directory=STATIC)),
    ]
    return guarded(routes, access)


def _page(site: str, findings: Sequence[Finding], language: str) -> str:
    title, advice = _TITLE.told(language), _DO.of(site=site).told(language)
    lines = "\n".join(html.escape(finding.said(language)) for finding in findings)
    link = ("site.html", _MEND) if Path(site).exists() else ("begin.html", _BEGIN)
    return _SHELL.substitute(
        language=language,
        title=html.escape(title),
        advice=html.escape(advice),
        page=link[0],
        link=link[1].told(language),
        lines=lines,
    )
