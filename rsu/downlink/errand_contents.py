"""Contents of recorder/down, upload/down and doctor/down: extensions of ours, which no standard prints."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from rsu.downlink.contents import CommandBody

_Ms = Annotated[int, Meta(ge=0, lt=1 << 53)]  # since 1970
_Seconds = Annotated[int, Meta(ge=0, le=600)]


class RecorderDown(CommandBody, frozen=True):
    """recorder/down: start, stop, or cut a piece around a time into a recording of its own."""

    verb: Literal["start", "stop", "cut"]
    around_ms: _Ms | None = field(default=None, name="time")
    before: _Seconds = 30  # s
    after: _Seconds = 10  # s


class UploadDown(CommandBody, frozen=True):
    """upload/down: a recording, or the support archive with the log, to the address in the site file."""

    what: Literal["recording", "log"]
    file: Annotated[str, Meta(max_length=128, pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]*\.mcap)?\Z")] = ""  # a recording
    upload_url: Annotated[str, Meta(max_length=256)] = ""  # Log.UP of T/ITS 0117; only the site file's own is taken


class DoctorDown(CommandBody, frozen=True):
    """doctor/down: the result of `rsu doctor`."""

    language: Literal["en", "zh"] = "en"
