"""The users of the page, kept in the data folder, and the one-time code with which the first of them is made.

    page/accounts.json    name -> role and password, hashed
    page/code             a one-time code: it makes an administrator, and is removed then

There is no default password: without a user the first start of the page makes a code, which `rsu page` shows.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from pathlib import Path

import msgspec

from hw.detail import Detail
from rsu.access import passwords
from rsu.access.passwords import StoredPassword
from rsu.access.roles import Role
from rsu.core import durable
from rsu.core.errors import RsuError

FOLDER = "page"
_MODE = 0o600
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_BAD_NAME = Detail(
    "a name has 1 to 32 of the characters a-z, 0-9, dot, hyphen, underline", "用户名为 1 至 32 个字符：a-z、0-9、. - _"
)
_SHORT = Detail(f"a password has {passwords.LEAST} characters or more", f"密码至少 {passwords.LEAST} 个字符")
_LAST = Detail("the last administrator stays", "必须保留至少一个管理员")
_NO_USER = Detail("there is no user {name}", "没有用户 {name}")
_WRONG_CODE = Detail("this one-time code is not valid; see: rsu page", "一次性代码无效；请查看：rsu page")


class AccountError(RsuError):
    """A user that cannot be made or changed like this."""


class _Account(msgspec.Struct, frozen=True):
    role: Role
    password: StoredPassword


class Accounts:
    """The users of one box."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER
        self._file, self._code = self._folder / "accounts.json", self._folder / "code"

    def roles(self) -> dict[str, Role]:
        """Return the role of each user."""
        return {name: account.role for name, account in self._kept().items()}

    def check(self, name: str, password: str) -> Role | None:
        """Return the role of a user; None: there is no such user, or the password is another one."""
        account = self._kept().get(name)
        known = passwords.matches(password, account.password if account else None)
        return account.role if account and known else None

    def put(self, name: str, role: Role, password: str | None) -> None:
        """Make a user, or change one. None: the password stays. AccountError."""
        kept = self._kept()
        before = kept.get(name)
        if not _NAME.fullmatch(name):
            raise AccountError(_BAD_NAME)
        if password is None and before is None:
            raise AccountError(_NO_USER.of(name=name))
        if password is not None and len(password) < passwords.LEAST:
            raise AccountError(_SHORT)
        secret = before.password if before and password is None else passwords.stored(password or "")
        self._keep(kept | {name: _Account(role, secret)})

    def remove(self, name: str) -> None:
        """Take a user away. AccountError: there is none, or no administrator would be left."""
        kept = self._kept()
        if kept.pop(name, None) is None:
            raise AccountError(_NO_USER.of(name=name))
        self._keep(kept)

    def code(self) -> str | None:
        """Return the one-time code that is valid now."""
        return self._code.read_text().strip() if self._code.exists() else None

    def new_code(self) -> str:
        """Make a one-time code in the place of the one before."""
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        durable.replace(self._code, f"{code}\n".encode(), _MODE)
        if os.geteuid() == 0:  # `rsu page --new-code` by root: the daemon's user must read it
            owner = self._folder.parent.stat()
            for path in (self._folder, self._code):
                os.chown(path, owner.st_uid, owner.st_gid)
        return code

    def set_up(self, code: str, name: str, password: str) -> None:
        """Make an administrator with the one-time code, and remove that. AccountError."""
        valid = self.code()
        if valid is None or not hmac.compare_digest(code.strip().upper().encode(), valid.encode()):
            raise AccountError(_WRONG_CODE)
        self.put(name, Role.ADMINISTER, password)
        self._code.unlink()

    def _kept(self) -> dict[str, _Account]:
        if not self._file.exists():
            return {}
        return msgspec.json.decode(self._file.read_bytes(), type=dict[str, _Account])

    def _keep(self, accounts: dict[str, _Account]) -> None:
        if Role.ADMINISTER not in {account.role for account in accounts.values()}:
            raise AccountError(_LAST)
        self._folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        durable.replace(self._file, msgspec.json.encode(accounts), _MODE)
