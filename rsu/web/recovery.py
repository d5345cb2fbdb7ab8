"""The page of a box whose site file cannot be used: its mistakes, and nothing else. Nothing is on air meanwhile."""

from __future__ import annotations

import html
from collections.abc import Sequence

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.web import WebSettings
from rsu.web.guard import Guard
from rsu.web.limits import Bounded

_UNAVAILABLE = 503
_AGAIN_S = 2  # the page loads itself anew
_TITLE = Detail("The site file cannot be used: nothing is on air", "站点文件无法使用：未播发任何消息")
_DO = Detail(
    "Correct it; the daemon starts by itself as soon as it is valid. On the box: rsu check {site}",
    "请改正；站点文件一旦有效，守护程序自动启动。在设备上执行：rsu check {site}",
)


def serve(settings: WebSettings, site: str, findings: Sequence[Finding]) -> None:
    """Serve the page until SIGTERM. SystemExit: the port is taken."""
    uvicorn.run(
        application(site, findings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
    )


def application(site: str, findings: Sequence[Finding]) -> Starlette:
    """Return the ASGI application that shows the mistakes of a site file."""

    async def page(request: Request) -> Response:
        language = "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
        return HTMLResponse(_page(site, findings, language), _UNAVAILABLE, {"Refresh": str(_AGAIN_S)})

    async def state(_: Request) -> Response:
        facts = {"site": site, "ready": False, "findings": [finding._asdict() for finding in findings]}
        return Response(msgspec.json.encode(facts), _UNAVAILABLE, media_type="application/json")

    async def live(_: Request) -> Response:
        return Response(msgspec.json.encode({"live": True, "troubles": []}), media_type="application/json")

    routes = [Route("/", page), Route("/api/state", state), Route("/readyz", state), Route("/livez", live)]
    return Starlette(routes=routes, middleware=[Middleware(Guard), Middleware(Bounded)])


def _page(site: str, findings: Sequence[Finding], language: str) -> str:
    title, advice = _TITLE.told(language), _DO.of(site=site).told(language)
    lines = "\n".join(html.escape(finding.said(language)) for finding in findings)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{html.escape(title)}</title>'
        f"<h1>{html.escape(title)}</h1><p>{html.escape(advice)}</p><pre>{lines}</pre></html>"
    )
