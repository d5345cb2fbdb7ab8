"""Permitted clients: browsers on this box that opened this very page.

A page of another site can reach a loopback port through the user's browser: by a name that it rebinds to 127.0.0.1
(the Host header gives it away), or by a WebSocket, which no same-origin rule stops (the Origin header does).
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Guard:
    """Refuses requests under foreign names or from foreign pages, and forbids the page every request outside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_loopback(host):
            await PlainTextResponse("open this page as localhost", 421)(scope, receive, send)
        elif urlsplit(headers.get("origin", f"//{host}")).netloc != host:
            await PlainTextResponse("not for other pages", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _sealed(send, host))


def is_loopback(host: str) -> bool:
    """Return whether a Host header names this box's loopback, with any port (tunnels change it)."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _sealed(send: Send, host: str) -> Send:
    # 'self' does not cover ws: in Safari before 15.4, hence the second source of connect-src.
    policy = f"default-src 'self'; connect-src 'self' ws://{host}; img-src 'self' data:; object-src 'none'; "
    policy += "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    async def seal(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = policy
            headers["Cache-Control"] = "no-cache"
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        await send(message)

    return seal
