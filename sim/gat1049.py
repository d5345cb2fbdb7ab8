"""The traffic police's platform for GA/T 1049 as the bench has it: login, heartbeats, CrossTrafficData checked.

A transcription of its own: the message of GA/T 1049.1, the object of GA/T 1049.2 with units and ranges.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from sim.fields import Misfit
from sim.openv2x_standard import HeardTopic

_TOKEN = "bench-token"
_WHOLE, _REAL = r"[0-9]{1,9}", r"[0-9]{1,7}(\.[0-9]{1,3})?"
_PERCENT, _WHOLE_PERCENT = r"100(\.0+)?|[0-9]{1,2}(\.[0-9]{1,3})?", r"100|[0-9]{1,2}"
LANE = {  # element -> pattern, mandatory
    "LaneNo": (r"[1-9][0-9]?", True), "Volume": (_WHOLE, True), "AvgVehLen": (_REAL, False), "Pcu": (_WHOLE, False),
    "HeadDistance": (_REAL, False), "HeadTime": (_REAL, False), "Speed": (_REAL, False),
    "Saturation": (_PERCENT, False), "Density": (_WHOLE, False), "QueueLength": (_REAL, False),
    "Occupancy": (_WHOLE_PERCENT, True),
}  # fmt: skip
CROSS = {
    "CrossID": (r"[0-9A-Za-z_-]{1,14}", True), "Interval": (r"[1-9][0-9]{0,4}", True),
    "EndTime": (r"20\d\d-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d", True), "DataList": (None, True),
}  # fmt: skip
MESSAGE = {
    "Version": (r"\d\.\d", True), "Token": (r".{0,64}", True), "From": (None, True), "To": (None, True),
    "Type": ("REQUEST|RESPONSE|PUSH|ERROR", True), "Seq": (r"20[0-9]{18}", True), "Body": (None, True),
}  # fmt: skip


def check(element: Element, table: Mapping[str, tuple[str | None, bool]], where: str) -> Iterator[Misfit]:
    """Yield the faults of an element's children: missing, unknown, twice, or with a text that does not fit."""
    names = [child.tag for child in element]
    for name, (_, mandatory) in table.items():
        if names.count(name) > 1 or (mandatory and name not in names):
            yield Misfit(f"{where}{name}", "expected once")
    for child in element:
        pattern = table.get(child.tag, ("", False))[0]
        if child.tag not in table:
            yield Misfit(f"{where}{child.tag}", "is not in the standard")
        elif pattern is not None and re.fullmatch(pattern, child.text or "") is None:
            yield Misfit(f"{where}{child.tag}", f"expected {pattern}, got {child.text!r:.40}")


class Police:
    """The platform's side of one connection. Pure."""

    def __init__(self, user: str | None = None, password: str | None = None) -> None:
        """Begin. `user`, `password`: the only ones that may log in; None: any."""
        self._user, self._password = user, password
        self._buffer = b""

    def take(self, data: bytes) -> tuple[list[tuple[str, HeardTopic]], bytes]:
        """Take octets; return the messages in them, and the octets of the answers."""
        *whole, self._buffer = (self._buffer + data).split(b"</Message>")
        heard: list[tuple[str, HeardTopic]] = []
        answers = b""
        for each in whole:
            one, answer = self._message(each + b"</Message>")
            heard.append((one.kind, one))
            answers += answer
        return heard, answers

    def _message(self, octets: bytes) -> tuple[HeardTopic, bytes]:
        try:
            root = ElementTree.fromstring(octets.strip())
        except ElementTree.ParseError as error:
            return HeardTopic("", "", None, [Misfit("", f"expected XML: {error}")]), b""
        faults = list(check(root, MESSAGE, ""))
        content = root.find("Body/Operation/*")
        kind = "" if content is None else content.tag
        if root.findtext("Type") == "REQUEST" and kind == "SDO_User" and content is not None:
            return HeardTopic(kind, "", None, faults), self._login(root, content)
        if root.findtext("Token") != _TOKEN:
            faults.append(Misfit("Token", "expected that of the login"))
        if kind == "SDO_HeartBeat":
            return HeardTopic(kind, "", None, faults), _answer(root, "PUSH", "Notify", "<SDO_HeartBeat/>", _TOKEN)
        if kind != "CrossTrafficData" or content is None or root.findtext("Type") != "PUSH":
            return HeardTopic("", "", None, [*faults, Misfit("Body", f"no object of a box is called {kind}")]), b""
        faults += _traffic(content)
        return HeardTopic(kind, content.findtext("CrossID") or "", content, faults), b""

    def _login(self, root: Element, content: Element) -> bytes:
        user, password = content.findtext("UserName"), content.findtext("Pwd")
        known = (self._user is None or user == self._user) and (self._password is None or password == self._password)
        if known and user:
            return _answer(root, "RESPONSE", "Login", f"<SDO_User><UserName>{user}</UserName></SDO_User>", _TOKEN)
        reason = "<SDO_Error><ErrType>SDE_UserName</ErrType><ErrDesc>unknown user</ErrDesc></SDO_Error>"
        return _answer(root, "ERROR", "Login", reason, "")


def _traffic(content: Element) -> Iterator[Misfit]:
    yield from check(content, CROSS, "")
    rows: list[Any] = content.findall("DataList/*")
    if not rows:
        yield Misfit("DataList", "expected one lane at least")
    for number, row in enumerate(rows):
        if row.tag != "Data":
            yield Misfit(f"DataList[{number}]", f"expected Data, got {row.tag}")
        yield from check(row, LANE, f"DataList[{number}].")
    lanes = [row.findtext("LaneNo") for row in rows]
    if len(set(lanes)) < len(lanes):
        yield Misfit("DataList", "expected every LaneNo once")


def _answer(root: Element, kind: str, operation: str, content: str, token: str) -> bytes:
    address = "<Address><Sys>{}</Sys><SubSys/><Instance/></Address>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Message><Version>2.0</Version><Token>{token}</Token>'
        f"<From>{address.format('TICP')}</From><To>{address.format('UTCS')}</To><Type>{kind}</Type>"
        f'<Seq>{root.findtext("Seq")}</Seq><Body><Operation order="1" name="{operation}">{content}</Operation></Body>'
        "</Message>"
    ).encode()
