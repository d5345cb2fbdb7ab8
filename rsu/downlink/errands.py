"""Commands that are carried out by a process of their own: recorder, uploads, doctor. Pure."""

from __future__ import annotations

from hw.detail import Detail
from rsu.downlink.contents import CommandBody
from rsu.downlink.errand_contents import RecorderDown, UploadDown
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.downlink.plan import Circumstances, CommandPlan, Until
from rsu.reasons import commands as words

_AHEAD = Detail("time + after is {} s ahead", "time + after 在 {} s 之后")
_NO_TIME = Detail("cut wants time", "cut 须有 time")
_NO_FILE = Detail("which recording: file is empty", "未指明录制：file 为空")
_NO_ADDRESS = Detail("the site file names no uplink.uploads", "站点文件没有 uplink.uploads")
_OTHER_ADDRESS = Detail("uploads go to the site file's address alone, {}", "只上传到站点文件中的地址 {}")


def doctor(_: CommandBody, __: Circumstances) -> CommandPlan:
    """Examine the box."""
    return CommandPlan({}, Until.ERRAND)


def recorder(content: RecorderDown, at: Circumstances) -> CommandPlan:
    """Start or stop recording, or cut a piece that lies in the past."""
    if content.verb == "cut":
        if content.around_ms is None:
            raise RefusedError(words.NOT_READ.of(_NO_TIME), BAD_PARAMETER)
        ahead_s = content.around_ms / 1e3 + content.after - at.utc_ns / 1e9
        if ahead_s > 0:
            raise RefusedError(words.CANNOT.of(_AHEAD.of(round(ahead_s, 1))))
    return CommandPlan({}, Until.ERRAND)


def upload(content: UploadDown, at: Circumstances) -> CommandPlan:
    """Send a file to the address that the site file names."""
    if not at.uploads:
        raise RefusedError(words.CANNOT.of(_NO_ADDRESS))
    if content.upload_url.rstrip("/") not in ("", at.uploads.rstrip("/")):
        raise RefusedError(words.CANNOT.of(_OTHER_ADDRESS.of(at.uploads)))
    if content.what == "recording" and not content.file:
        raise RefusedError(words.NOT_READ.of(_NO_FILE), BAD_PARAMETER)
    return CommandPlan({}, Until.ERRAND)
