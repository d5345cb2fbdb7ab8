"""Errors of the uplink.

UplinkError
    SpoolError          the spool cannot be read or written now (disk full, read-only, locked): try again later
    SpoolDamagedError   the file is no spool (any more): set it aside, begin a new one with its readable rows
    CredentialsError    certificate, key or password file cannot be used: try again later
    TooLargeError       a record does not fit into the packets that the broker takes, not even in parts
"""

from __future__ import annotations


class UplinkError(Exception):
    """Base of the uplink's errors."""


class SpoolError(UplinkError):
    """The spool cannot be used at the moment."""


class SpoolDamagedError(UplinkError):
    """The file is damaged, or of another version."""


class CredentialsError(UplinkError):
    """The connection cannot be set up from these files."""


class TooLargeError(UplinkError):
    """A record never fits into the broker's packets."""
