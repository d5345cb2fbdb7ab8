"""The city's page as a browser has it: an application on a free port, a cookie and the token of the page."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from rsu.city.door import CityDoor
from tests.rsu.web.serving import free_port, hosting


class Reply(NamedTuple):
    """The answer to a request; `said` is its JSON."""

    status: int
    said: Any


class Browser:
    """One user's browser."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie, self.csrf = port, "", ""

    def ask(self, method: str, path: str, said: Any = None, host: str = "localhost", **headers: str) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"Host": f"{host}:{self.port}", "Cookie": self.cookie, "x-csrf-token": self.csrf} | headers
        connection.request(method, path, None if said is None else json.dumps(said), sent)
        answer = connection.getresponse()
        body = answer.read()
        if (given := answer.getheader("set-cookie")) is not None:
            self.cookie = given.split(";")[0]
        connection.close()
        return Reply(answer.status, json.loads(body) if body else None)

    def log_in(self, door: CityDoor) -> None:
        """Make the first user, and be that."""
        said = {"name": "anna", "password": "a long password", "code": door.code()}
        assert self.ask("POST", "/api/setup", said).status == 200
        self.csrf = self.ask("GET", "/api/session").said["csrf"]


@contextmanager
def browsing(application: Any) -> Iterator[Browser]:
    """Serve an application to a browser."""
    port = free_port()
    with hosting(application, port):
        yield Browser(port)
