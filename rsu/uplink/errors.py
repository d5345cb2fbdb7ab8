"""Errors of the uplink.

UplinkError
    SpoolError          the spool cannot be read or written now (disk full, read-only, locked): try again later
    SpoolDamagedError   what is there is no spool (any more): set it aside, begin a new one with what can be read
    CredentialsError    certificate, key or password file cannot be used: try again later
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
