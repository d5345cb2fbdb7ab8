"""Errors of upgrades.

RsuError
    ReleaseError    a package that is refused: damaged, not signed by enough, expired, old, of another processor
    ReturnedError   a release that did not prove itself: the box is back on the one before
    BackupError     a backup that is damaged
    OccupiedError   a backup is not restored onto a box that has a site
"""

from rsu.core.errors import RsuError


class ReleaseError(RsuError):
    """A package is refused; nothing was changed."""


class ReturnedError(RsuError):
    """The box went back to the release before."""


class BackupError(RsuError):
    """A backup is damaged; nothing was changed."""


class OccupiedError(RsuError):
    """The box has a site already; nothing was changed."""
