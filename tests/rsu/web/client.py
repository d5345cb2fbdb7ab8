"""A browser without a screen: asks a page for its addresses, keeps the cookie and the token of its session."""

from __future__ import annotations

import json
import ssl
from email.message import Message
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, NamedTuple

PASSWORD = "correct horse"


class PageReply(NamedTuple):
    status: int
    headers: Message
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class PageClient:
    """`secure`: by TLS; whatever certificate comes is taken."""

    def __init__(self, port: int, secure: bool = True) -> None:
        self.port, self.secure, self.cookie, self.csrf = port, secure, "", ""
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> PageReply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=40)
        if self.secure:
            connection = HTTPSConnection("127.0.0.1", self.port, timeout=40, context=self.context)
        sent = {"Cookie": self.cookie, "X-CSRF-Token": self.csrf} | headers
        data = body if body is None or isinstance(body, bytes) else json.dumps(body)
        connection.request(method, path, data, sent)
        answer = connection.getresponse()
        reply = PageReply(answer.status, answer.headers, answer.read().decode(errors="replace"))
        connection.close()
        return reply

    def get(self, path: str) -> PageReply:
        return self.ask("GET", path)

    def post(self, path: str, body: Any) -> PageReply:
        return self.ask("POST", path, body)

    def log_in(self, name: str, password: str = PASSWORD, path: str = "/api/login", **more: str) -> PageReply:
        reply = self.ask("POST", path, {"name": name, "password": password} | more)
        if reply.status == 200:
            self.cookie = reply.headers["Set-Cookie"].partition(";")[0]
            self.csrf = self.ask("GET", "/api/session").json()["csrf"]
        return reply
