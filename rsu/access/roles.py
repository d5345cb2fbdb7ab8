"""The roles of the page's users, and the role that each change needs."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """A role; each may do all that the ones before it may."""

    VIEW = "view"
    TUNE = "tune"
    ADMINISTER = "administer"

    def covers(self, needed: Role) -> bool:
        """Return whether this role has the rights of another one."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


PUBLIC = ("/api/session", "/api/login", "/api/setup")  # before there is a session
# changes that need less than an administrator
CHANGES = {
    "/api/logout": Role.VIEW,
    "/api/password": Role.VIEW,
    "/api/doctor": Role.TUNE,  # it changes nothing, and costs seconds of the processor
    "/api/recorder": Role.TUNE,
    "/api/reload": Role.TUNE,
    "/api/site": Role.TUNE,
    "/api/site/check": Role.TUNE,
    "/api/site/rollback": Role.TUNE,
    "/api/site/values": Role.TUNE,
    "/api/site/replay": Role.TUNE,
    "/api/registration": Role.TUNE,
    "/api/calibration/still": Role.TUNE,
    "/api/calibration/picture": Role.TUNE,
    "/api/calibration/solve": Role.TUNE,
    "/api/lanes": Role.TUNE,
    "/api/lanes/check": Role.TUNE,
    "/api/lanes/import": Role.TUNE,
    "/api/lanes/new": Role.TUNE,
    "/api/lanes/picture": Role.TUNE,
    "/api/lanes/picture/ties": Role.TUNE,
}
# addresses, and those below them, that are not shown to every user
READS = {
    "/api/users": Role.ADMINISTER,
    "/api/audit": Role.ADMINISTER,
    "/api/site": Role.TUNE,
    "/api/calibration": Role.TUNE,
    "/api/log": Role.TUNE,  # it has addresses and names of users
}
_READING = ("GET", "HEAD")
_OF_ALL = (".js", ".css", "/login.html")  # the product's own files: there is nothing of a site in them


def needed(method: str, path: str) -> Role | None:
    """Return the role that a request needs; None: it needs no session."""
    if path in PUBLIC or (method in _READING and path.endswith(_OF_ALL)):
        return None
    if method not in _READING:
        return CHANGES.get(path, Role.ADMINISTER)
    return next((role for top, role in READS.items() if path == top or path.startswith(f"{top}/")), Role.VIEW)
