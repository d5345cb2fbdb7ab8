"""The door of the city's page: login with the users of `rsu.access`, and the requests that ask for one.

Commands always do; with `--login` all do. Users stand in `page/` of the city's folder; the first
is made with the one-time code there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from hw.decoding import UNDECODABLE
from hw.detail import Detail
from rsu.access.accounts import AccountError, Accounts
from rsu.access.lockout import LockOut, Subject
from rsu.access.roles import Role
from rsu.access.sessions import LONGEST_S, Session, Sessions
from rsu.core import addresses, audit

COOKIE, CSRF_HEADER = "rsu-city", "x-csrf-token"
_PUBLIC = ("/api/session", "/api/login", "/api/setup")
_OPEN = (".js", ".css", "/", "/index.html")  # the page itself, in no folder: it shows the login
_BY_KEY = "/IM_"  # of the operators of vehicles: they have keys of their own
_NO_SESSION = Detail("log in first", "请先登录")
_NO_RIGHT = Detail("your role may not do this", "您的角色无此权限")
_FOREIGN = Detail("this does not come from the page", "该请求并非来自本页面")
_WRONG = Detail("name or password is wrong", "用户名或密码错误")
_LOCKED = Detail("too many failures: try again in {} s", "失败次数过多：请在 {} s 后重试")


class _Given(msgspec.Struct, frozen=True):
    name: str
    password: str
    code: str = ""


class CityDoor:
    """Users, sessions, and the log of changes."""

    def __init__(self, folder: Path, login: bool) -> None:
        """`login`: reading asks for one too."""
        self.login = login
        self._audit = folder / audit.FOLDER
        self._accounts, self._sessions, self._lockout = Accounts(folder), Sessions(), LockOut()
        self._alone = asyncio.Lock()

    def code(self) -> str | None:
        """Return the one-time code of the first user, made where there is neither; None: there are users."""
        return None if self._accounts.roles() else self._accounts.code() or self._accounts.new_code()

    def note(self, session: Session, action: str, about: str, after: object = None) -> None:
        """Put a change into the log. OSError: the disk is full or fails."""
        audit.append(self._audit, time.time(), f"city: {session.name}", action, about, None, after)

    def refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that may not be made; None: it may. Its session stands in the scope."""
        headers, path, changes = Headers(scope=scope), scope["path"], scope["method"] not in ("GET", "HEAD")
        if not _is_own(headers):
            return told(421, _FOREIGN)
        token = Request(scope).cookies.get(COOKIE, "")
        session = self._sessions.find(token, time.monotonic()) if token else None
        scope.setdefault("state", {})["session"] = session
        is_page = path.rfind("/") == 0 and path.endswith(_OPEN)
        if path in _PUBLIC or path.startswith(_BY_KEY) or (not changes and (not self.login or is_page)):
            return None
        if session is None:
            return told(401, _NO_SESSION)
        if not changes:
            return None
        if not session.permits(headers.get(CSRF_HEADER, "")):
            return told(403, _FOREIGN)
        needed = Role.VIEW if path == "/api/logout" else Role.ADMINISTER
        return None if session.role.covers(needed) else told(403, _NO_RIGHT)

    def routes(self) -> list[Route]:
        """Return the addresses of login."""
        return [
            Route("/api/session", self._session),
            Route("/api/login", self._login, methods=["POST"]),
            Route("/api/setup", self._set_up, methods=["POST"]),
            Route("/api/logout", self._logout, methods=["POST"]),
        ]

    async def _session(self, request: Request) -> Response:
        session: Session | None = request.state.session
        if session is None:
            return JSONResponse({"name": None, "setup": not self._accounts.roles(), "login": self.login})
        return JSONResponse({"name": session.name, "role": session.role, "csrf": session.csrf, "login": self.login})

    async def _login(self, request: Request) -> Response:
        return await self._begin(request, lambda given: self._accounts.check(given.name, given.password))

    async def _set_up(self, request: Request) -> Response:
        def tried(given: _Given) -> Role:
            self._accounts.set_up(given.code, given.name, given.password)
            return Role.ADMINISTER

        return await self._begin(request, tried)

    async def _begin(self, request: Request, tried: Callable[[_Given], Role | None]) -> Response:
        try:
            given = msgspec.json.decode(await request.body(), type=_Given)
        except UNDECODABLE:
            return told(400, _WRONG)
        subjects: list[Subject] = [
            ("address", request.client.host if request.client else ""),
            ("user", given.name[:32]),
        ]
        async with self._alone:  # a hash takes 32 MiB and a tenth of a second of a core
            if (wait_s := self._lockout.wait_s(subjects, time.monotonic())) > 0:
                return told(429, _LOCKED.of(round(wait_s) + 1))
            try:
                role, why = await asyncio.to_thread(tried, given), _WRONG
            except AccountError as error:
                role, why = None, error.args[0]
            if role is None:
                self._lockout.failed(subjects, time.monotonic())
                return told(401, why)
            self._lockout.succeeded(subjects)
            token = self._sessions.begin(given.name, role, time.monotonic())
        answer = JSONResponse({"name": given.name, "role": role})
        answer.set_cookie(COOKIE, token, max_age=int(LONGEST_S), httponly=True, samesite="strict")
        return answer

    async def _logout(self, request: Request) -> Response:
        self._sessions.end(request.cookies.get(COOKIE, ""))
        answer = Response(status_code=204)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer


class Guarded:
    """An application behind a door."""

    def __init__(self, app: ASGIApp, door: CityDoor) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refusal = self._door.refusal(scope) if scope["type"] == "http" else told(400, _FOREIGN)
        await (self._app if refusal is None else refusal)(scope, receive, send)


def told(status: int, text: Detail) -> Response:
    """Return a refusal in both languages."""
    return JSONResponse({"text": text.en, "text_zh": text.zh}, status)


def _is_own(headers: Headers) -> bool:
    """Tell whether a request names loopback: the page of another site can reach it by a name that it rebinds."""
    try:
        return addresses.is_loopback(urlsplit(f"//{headers.get('host', '')}").hostname or "")
    except ValueError:
        return False
