"""Errors of the down-link.

RefusedError         a command that is not obeyed, with the reason in both languages
JournalError         the journal of commands cannot be read or written now
"""

from __future__ import annotations

from hw.detail import Detail
from rsu.core.errors import RsuError

BAD_PARAMETER, NOT_PROCESSED = 1, 2  # errorCode of T/ITS 0117, A.1
LONGEST = 128  # characters of errorDesc, as above


class RefusedError(RsuError):
    """A command that is not obeyed."""

    def __init__(self, why: Detail, code: int = NOT_PROCESSED) -> None:
        super().__init__(why)
        self.why, self.code = why, code
        self.issuer = ""  # proven by the signature

    @property
    def text(self) -> str:
        """Return the reason in English, cut: it may hold words of a command that is long."""
        return str(self.why)[:LONGEST]


class JournalError(RsuError):
    """The journal of commands cannot be read or written now."""
