"""The addresses of login: session, login, first user, logout, users, the way for a phone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hw.detail import Detail
from rsu.access.accounts import AccountError
from rsu.access.lockout import Subject
from rsu.access.roles import Role
from rsu.access.sessions import LONGEST_S
from rsu.core import audit
from rsu.web.access import Access
from rsu.web.admission import Visitor, cookie, told
from rsu.web.guard import is_secure

_SHOWN = 200  # entries of the audit log
_WRONG = Detail("name or password is wrong", "用户名或密码错误")
_LOCKED = Detail("too many failures: try again in {seconds} s", "失败次数过多：请在 {seconds} s 后重试")
_NO_USER = Detail("there is no login here", "此处未登录")
_NO_HTTPS = Detail("the site file has no page.https", "站点文件中没有 page.https")


class GivenLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name and a password, with a one-time code at the first start."""

    name: str
    password: str
    code: str = ""


class GivenPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user's own password, and the one to have instead."""

    password: str
    new: str


class WantedUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user to be made or changed; without a role: to be removed."""

    name: str
    role: Role | None = None
    password: str | None = None


def routes(access: Access) -> list[Route]:
    """Return the addresses."""
    pages = _Logins(access)
    return [
        Route("/api/session", pages.session),
        Route("/api/login", pages.login, methods=["POST"]),
        Route("/api/setup", pages.set_up, methods=["POST"]),
        Route("/api/password", pages.change_password, methods=["POST"]),
        Route("/api/logout", pages.logout, methods=["POST"]),
        Route("/api/users", pages.users),
        Route("/api/users", pages.change_user, methods=["POST"]),
        Route("/api/reach", pages.reach),
        Route("/api/audit", pages.audit),
    ]


class _Logins:
    """The requests of login, one method each."""

    def __init__(self, access: Access) -> None:
        self._access = access
        # A hash takes 32 MiB and a tenth of a second of a core; users change, and sessions begin, on the file as read.
        self._alone = asyncio.Lock()

    async def session(self, request: Request) -> Response:
        """Tell the name and role of the session, and whether a first user must be made."""
        visitor: Visitor | None = request.state.visitor
        if visitor is None:
            return JSONResponse({"name": None, "setup": self._access.accounts.code() is not None})
        csrf = visitor.session.csrf if visitor.session else ""
        facts = {"name": visitor.name, "role": visitor.role, "csrf": csrf, "login": visitor.session is not None}
        return JSONResponse(facts | {"https": self._access.settings.https is not None})

    async def login(self, request: Request) -> Response:
        """Begin a session by name and password."""

        def tried(given: GivenLogin) -> Role | None:
            return self._access.accounts.check(given.name, given.password)

        given = msgspec.json.decode(await request.body(), type=GivenLogin)
        return await self._begin(request, given, "login", tried)

    async def set_up(self, request: Request) -> Response:
        """Begin a session by the one-time code, with a new administrator; one that had the name before is out."""

        def tried(given: GivenLogin) -> Role | None:
            self._access.accounts.set_up(given.code, given.name, given.password)
            return Role.ADMINISTER

        given = msgspec.json.decode(await request.body(), type=GivenLogin)
        return await self._begin(request, given, "first user", tried, alone=True)

    async def change_password(self, request: Request) -> Response:
        """Change one's own password; all sessions of that user end, and a new one begins here."""
        wanted = msgspec.json.decode(await request.body(), type=GivenPassword)

        def tried(given: GivenLogin) -> Role | None:
            role = self._access.accounts.check(given.name, given.password)
            if role is not None:
                self._access.accounts.put(given.name, role, wanted.new)
            return role

        if request.state.visitor.session is None:
            return told(409, _NO_USER)
        given = GivenLogin(request.state.visitor.name, wanted.password)
        return await self._begin(request, given, "password", tried, alone=True)

    async def _begin(
        self,
        request: Request,
        given: GivenLogin,
        action: str,
        tried: Callable[[GivenLogin], Role | None],
        alone: bool = False,
    ) -> Response:
        """Begin a session. `alone`: others of the same user end."""
        visitor = Visitor(given.name[:32], Role.VIEW, request.client.host if request.client else "", None)
        subjects: list[Subject] = [("address", visitor.address), ("user", visitor.name)]
        async with self._alone:
            if (wait_s := self._access.lockout.wait_s(subjects, time.monotonic())) > 0:
                seconds = str(round(wait_s) + 1)
                return told(429, _LOCKED.of(seconds=seconds), {"Retry-After": seconds})
            try:
                role, why = await asyncio.to_thread(tried, given), _WRONG
            except AccountError as error:
                role, why = None, error.args[0]
            if role is not None and alone:
                self._access.sessions.end_all(given.name)
            token = self._access.sessions.begin(given.name, role, time.monotonic()) if role else None
        if token is None:
            locked = self._access.lockout.failed(subjects, time.monotonic())
            await self._access.note(visitor, action, visitor.name, outcome="locked out" if locked else "refused")
            return told(401, why)
        self._access.lockout.succeeded(subjects)
        await self._access.note(visitor, action, visitor.name, after={"role": role})
        answer = JSONResponse({"name": given.name, "role": role})
        answer.set_cookie(
            cookie(request.scope), token, max_age=int(LONGEST_S), secure=is_secure(request.scope), httponly=True,
            samesite="strict",
        )  # fmt: skip
        return answer

    async def logout(self, request: Request) -> Response:
        """End the session."""
        self._access.sessions.end(request.state.visitor.token)
        answer = Response(status_code=204)
        answer.delete_cookie(cookie(request.scope), secure=is_secure(request.scope), httponly=True, samesite="strict")
        return answer

    async def users(self, _: Request) -> Response:
        """List the users and their roles."""
        return JSONResponse(self._access.accounts.roles())

    async def change_user(self, request: Request) -> Response:
        """Make, change or remove a user."""
        wanted = msgspec.json.decode(await request.body(), type=WantedUser)
        accounts = self._access.accounts
        try:
            async with self._alone:
                before = accounts.roles().get(wanted.name)
                if wanted.role is None:
                    accounts.remove(wanted.name)
                else:
                    await asyncio.to_thread(accounts.put, wanted.name, wanted.role, wanted.password)
                self._access.sessions.end_all(wanted.name)
        except AccountError as error:
            return told(409, error.args[0])
        facts = {"role": wanted.role, "password": "new" if wanted.password else "same"} if wanted.role else None
        await self._access.note(request.state.visitor, "user", wanted.name, before and {"role": before}, facts)
        return JSONResponse(accounts.roles())

    async def reach(self, _: Request) -> Response:
        """Say how a phone reaches the page."""
        from rsu.access import reach  # the libraries are loaded where they are needed

        if self._access.settings.https is None:
            return told(404, _NO_HTTPS)
        found = await asyncio.to_thread(reach.reach, self._access.settings.https, self._access.folder)
        return JSONResponse({"urls": found.urls, "fingerprint": found.fingerprint, "code": found.svg()})

    async def audit(self, _: Request) -> Response:
        """Show the newest entries of the audit log, and where its chain is broken."""
        entries = await asyncio.to_thread(lambda: [*audit.entries(self._access.audit)][-_SHOWN:])
        faults = await asyncio.to_thread(audit.verify, self._access.audit)
        shown = {"entries": entries[::-1], "faults": [(fault.file, fault.line, *fault.text) for fault in faults]}
        return Response(msgspec.json.encode(shown), media_type="application/json")
