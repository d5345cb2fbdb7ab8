"""The order for the process of one errand, and its result: JSON on its standard input and output."""

from __future__ import annotations

from typing import Any

import msgspec


class UploadPlace(msgspec.Struct, frozen=True):
    """Where files go, and how the box proves its identity there; paths are whole."""

    url: str
    username: str = ""
    password_file: str = ""
    ca: str = ""


class ErrandBrief(msgspec.Struct, frozen=True):
    """One errand of a box."""

    command: str  # name of its row in `rsu.downlink.table`
    body: bytes
    utc_ns: int  # of the command's receipt
    rscu: str  # name of the box at the platform
    run: str  # folders of the daemon
    data: str
    recordings: str
    log: str = ""  # file of the daemon's log; empty: the journal
    uploads: UploadPlace | None = None


class ErrandResult(msgspec.Struct, frozen=True):
    """The end of an errand: content of the answer, or the reason why it failed."""

    content: dict[str, Any] = {}
    why: str = ""
