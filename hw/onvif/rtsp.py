"""A client of RTSP 1.0 (RFC 2326) for one track of a camera, interleaved in the TCP connection; sans-I/O.

    DESCRIBE -> the track of media "application" -> SETUP (channels 0, 1) -> PLAY -> "$", channel u8, length u16, data

A camera that asks for a login (401) is answered with the digest (RFC 2617, MD5) or the plain password that it wants,
once. GET_PARAMETER keeps the session alive.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Literal

from hw.detail import Detail
from hw.intake import Intake
from hw.utc import NS

AGENT = "rsu"
MOST = 1 << 20  # octets that wait for the end of a message
KEEP_NS = 20 * NS  # shorter than any time-out of a session (60 s usual)
ANSWER_NS = 3 * NS
AGAIN_NS, LOGIN_NS = 5 * NS, 60 * NS  # after a refusal; of user and password: some cameras lock the account
DOLLAR = 0x24

REFUSED = Detail("the camera refuses {}: {}", "摄像机拒绝 {}：{}")
NO_LOGIN = Detail("the camera refuses user and password", "摄像机拒绝用户名和密码")
NO_TRACK = Detail(
    "the stream has no track of metadata: switch it on at the camera, or see `path`",
    "码流中没有元数据轨道：请在摄像机上启用，或检查 `path`",
)
NO_RTSP_ANSWER = Detail("no answer to {}", "对 {} 无应答")
DETAILS = (REFUSED, NO_LOGIN, NO_TRACK, NO_RTSP_ANSWER)

_Method = Literal["DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER"]
_QUOTED = re.compile(r'(\w+)="([^"]*)"')


class RtspClient:
    """One session. `error`: the reason why nothing is played; None: it is, or is about to be."""

    def __init__(self, url: str, user: str, password: str, counters: Intake) -> None:
        self.error: str | None = None
        self._url, self._user, self._password, self._counters = url, user, password, counters
        self.reset()

    def reset(self) -> None:
        """Begin anew on a new connection."""
        self._buffer = bytearray()
        self._method: _Method | None = None  # that waits for its answer
        self._next: _Method | None = "DESCRIBE"
        self._number, self._due_ns, self._asked_ns = 0, 0, 0
        self._track, self._session, self._login = self._url, "", ""
        self._tried = False  # a login

    def due(self, now_ns: int) -> bytes | None:
        """Return the next request, when it is time for it."""
        if self._method is not None:
            if now_ns - self._asked_ns < ANSWER_NS:
                return None
            self.error = NO_RTSP_ANSWER.say(self._method)
            self._method = None
        if self._next is None or now_ns < self._due_ns:
            return None
        self._method, self._asked_ns = self._next, now_ns
        return self._request(self._method)

    def feed(self, data: bytes, now_ns: int) -> list[bytes]:
        """Take bytes and return the packets of the track that they complete."""
        self._buffer += data
        packets: list[bytes] = []
        while self._buffer:
            if self._buffer[0] == DOLLAR:
                size = 4 + int.from_bytes(self._buffer[2:4], "big")
                if len(self._buffer) < max(4, size):
                    break
                if self._buffer[1] == 0:  # 1: RTCP
                    packets.append(bytes(self._buffer[4:size]))
                    self.error = None
                del self._buffer[:size]
            elif not self._answered(now_ns):
                break
        if len(self._buffer) > MOST:
            self._counters.refuse("answer", bytes(self._buffer[:64]))
            self._buffer.clear()
        return packets

    def _request(self, method: _Method) -> bytes:
        self._number += 1
        target = self._track if method == "SETUP" else self._url
        lines = [f"{method} {target} RTSP/1.0", f"CSeq: {self._number}", f"User-Agent: {AGENT}"]
        if method == "DESCRIBE":
            lines.append("Accept: application/sdp")
        if method == "SETUP":
            lines.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        if self._session:
            lines.append(f"Session: {self._session}")
        if self._login:
            lines.append(f"Authorization: {self._authorised(method, target)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _answered(self, now_ns: int) -> bool:
        """Take the answer that the buffer begins with; return whether it was whole."""
        head, end, _ = bytes(self._buffer).partition(b"\r\n\r\n")
        if not end:
            return False
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(length) if (length := fields.get("content-length", "0")).isdecimal() else 0
        if len(self._buffer) < len(head) + 4 + min(size, MOST):
            return False
        body = bytes(self._buffer[len(head) + 4 : len(head) + 4 + size]).decode("latin-1")
        del self._buffer[: len(head) + 4 + size]
        if not first.startswith("RTSP/1."):
            self._counters.refuse("answer", head)
            return True
        self._counters.accepted += 1
        self._take(first.partition(" ")[2], fields, body, now_ns)
        return True

    def _take(self, status: str, fields: dict[str, str], body: str, now_ns: int) -> None:
        method, self._method = self._method, None
        if method is None:
            return
        if status.startswith("401") and not self._tried and self._user:
            self._tried, self._login, self._due_ns = True, fields.get("www-authenticate", ""), 0
            return
        if not status.startswith("200"):
            unknown = status.startswith("401")
            self.error = NO_LOGIN.en if unknown else REFUSED.say(method, status)
            self._due_ns = now_ns + (LOGIN_NS if unknown else AGAIN_NS)
            self._tried, self._login, self._next = False, "", "DESCRIBE"
            return
        if method == "DESCRIBE" and not self._find_track(fields.get("content-base", self._url), body):
            self.error, self._next, self._due_ns = NO_TRACK.en, "DESCRIBE", now_ns + AGAIN_NS
            return
        self._tried = False
        self._session = fields.get("session", self._session).partition(";")[0]
        following: dict[_Method, _Method] = {"DESCRIBE": "SETUP", "SETUP": "PLAY"}
        self._next = following.get(method, "GET_PARAMETER")
        self._due_ns = now_ns + KEEP_NS if self._next == "GET_PARAMETER" else 0
        if method == "PLAY":
            self.error = None

    def _find_track(self, base: str, description: str) -> bool:
        """Find the track of metadata in a session description (SDP)."""
        parts = re.split(r"^m=", description, flags=re.MULTILINE)[1:]
        part = next((each for each in parts if each.startswith("application")), None)
        if part is None:
            return False
        control = re.search(r"^a=control:(\S+)", part, re.MULTILINE)
        name = control[1] if control else "*"
        whole = name if name.startswith("rtsp://") else f"{base.rstrip('/')}/{name}"
        self._track = self._url if name == "*" else whole
        return True

    def _authorised(self, method: str, target: str) -> str:
        if not self._login.lower().startswith("digest"):
            return "Basic " + base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        asked = dict(_QUOTED.findall(self._login))
        realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
        known = _md5(f"{self._user}:{realm}:{self._password}")
        response = _md5(f"{known}:{nonce}:{_md5(f'{method}:{target}')}")
        fields = {"username": self._user, "realm": realm, "nonce": nonce, "uri": target, "response": response}
        return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
