"""Admission: the visitor behind each request, and whether a session and role of that kind may make it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hw.detail import Detail
from rsu.access.roles import Role, needed
from rsu.access.sessions import Session, Sessions
from rsu.web.guard import is_secure

LOCAL = "local"  # on loopback, where the site asks for no login
CSRF_HEADER = "x-csrf-token"
_NO_SESSION = Detail("log in first", "请先登录")
_NO_RIGHT = Detail("your role may not do this; needed: {role}", "您的角色无此权限；需要：{role}")
_FOREIGN = Detail("this change does not come from the page", "此更改并非来自本页面")


class Visitor(NamedTuple):
    """The sender of a request."""

    name: str
    role: Role
    address: str
    session: Session | None  # None: the site asks for no login here
    token: str = ""

    def admitted(self) -> bool:
        """Return whether the session goes on."""
        return self.session is None or self.session.valid(time.monotonic())


class Admission:
    """Lets requests in whose session has the role for them. `login`: whether loopback asks for a login too."""

    def __init__(self, app: ASGIApp, sessions: Sessions, login: bool) -> None:
        self._app, self._sessions, self._login = app, sessions, login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket."""
        scope.setdefault("state", {})["visitor"] = visitor = self._visitor(scope)
        refusal = _refusal(scope, visitor)
        await (self._app if refusal is None else refusal)(scope, receive, send)

    def _visitor(self, scope: Scope) -> Visitor | None:
        address = scope["client"][0] if scope.get("client") else ""
        if not self._login and not is_secure(scope):
            return Visitor(LOCAL, Role.ADMINISTER, address, None)
        token = HTTPConnection(scope).cookies.get(cookie(scope), "")
        session = self._sessions.find(token, time.monotonic())
        return None if session is None else Visitor(session.name, session.role, address, session, token)


def cookie(scope: Scope) -> str:
    """Return the name of the session's cookie: with `__Host-` browsers hold it to this host and to TLS."""
    return "__Host-rsu" if is_secure(scope) else "rsu"


def told(status: int, text: Detail, headers: Mapping[str, str] | None = None) -> Response:
    """Return a refusal in both languages."""
    return JSONResponse({"text": text.en, "text_zh": text.zh}, status, headers)


def _refusal(scope: Scope, visitor: Visitor | None) -> Response | None:
    """Return the answer to a request that may not be made."""
    method, path = scope.get("method", "GET"), scope["path"]
    role = needed(method, path)
    if role is None:
        return None
    if visitor is None:
        is_page = method == "GET" and not path.startswith("/api/") and "html" in Headers(scope=scope).get("accept", "")
        return RedirectResponse("/login.html", 303) if is_page else told(401, _NO_SESSION)
    if not visitor.role.covers(role):
        return told(403, _NO_RIGHT.of(role=role))
    changes = method not in ("GET", "HEAD")
    if changes and visitor.session and not visitor.session.permits(Headers(scope=scope).get(CSRF_HEADER, "")):
        return told(403, _FOREIGN)
    return None
