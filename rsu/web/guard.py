"""Permitted clients: browsers that opened this very page, on loopback, or over TLS under an address or name of the box.

A page of another site can reach a port through the user's browser: by a name that it rebinds to the box (the Host
header gives it away: an address cannot be rebound), or by a WebSocket, which no same-origin rule stops (the Origin
header does).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rsu.core import addresses


class Guard:
    """Refuses requests under foreign names or from foreign pages, and forbids the page every request outside."""

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket."""
        headers = Headers(scope=scope)
        host, secure = headers.get("host", ""), is_secure(scope)
        if not (is_of_box(host, self._names) if secure else is_loopback(host)):
            advice = "open this page by the box's address" if secure else "open this page as localhost"
            await PlainTextResponse(advice, 421)(scope, receive, send)
        elif urlsplit(headers.get("origin", f"//{host}")).netloc != host:
            await PlainTextResponse("not for other pages", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, _sealed(send, f"{'wss' if secure else 'ws'}://{host}"))


def is_secure(scope: Scope) -> bool:
    """Return whether a request came by TLS."""
    return scope.get("scheme") in ("https", "wss")


def is_of_box(host: str, names: Collection[str]) -> bool:
    """Return whether a Host header is an address, or one of the names of the box, with any port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name in names or name == "localhost" or bool(ip_address(name))
    except ValueError:
        return False


def is_loopback(host: str) -> bool:
    """Return whether a Host header names this box's loopback, with any port (tunnels change it)."""
    try:
        return addresses.is_loopback(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False


def _sealed(send: Send, socket: str) -> Send:
    # 'self' does not cover ws: in Safari before 15.4, hence the second source of connect-src.
    policy = f"default-src 'self'; connect-src 'self' {socket}; img-src 'self' data:; object-src 'none'; "
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
