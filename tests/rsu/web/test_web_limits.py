"""One visitor cannot take the others' share: connections, time, memory."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from websockets.sync.client import connect

from rsu.web import app, limits, reloading
from tests.rsu.web.serving import free_port, hosting, serving

HEAD = b"POST /api/recorder HTTP/1.1\r\nHost: localhost\r\n"
PATIENCE_S = 0.8


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(limits, "REQUEST_S", PATIENCE_S)
    monkeypatch.setattr(app, "ANSWER_S", PATIENCE_S)
    number = free_port()
    with serving(tmp_path, number):
        yield number


def dial(port: int, address: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(address, 0))


def answer(port: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/", headers={"Connection": "close"})
    status = connection.getresponse().status
    connection.close()
    return status


def heard(dialled: socket.socket) -> bytes:
    """Return all that comes until the other side closes or resets."""
    data = b""
    try:
        while piece := dialled.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 600000000\r\n\r\n",
        b"Content-Length: 9" + b"9" * 400 + b"\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_a_body_without_end_is_refused_before_it_is_taken(port: int, head: bytes) -> None:
    process = psutil.Process()
    answer(port)
    before, sent = process.memory_info().rss, 0
    with dial(port) as dialled:
        dialled.sendall(HEAD + head)
        piece = b"10000\r\n" + b"x" * 65536 + b"\r\n" if b"chunked" in head else b"x" * 65536
        with pytest.raises(ConnectionError):
            while sent < 64 << 20:
                sent += dialled.send(piece)
    assert process.memory_info().rss - before < 16 << 20
    assert answer(port) == 200


def test_a_body_that_is_too_large_is_told_so(port: int) -> None:
    with dial(port) as dialled:
        dialled.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (limits.BODY_OCTETS + 1))
        assert heard(dialled).startswith(b"HTTP/1.1 413")


def test_a_body_within_bounds_is_read(port: int) -> None:
    with dial(port) as dialled:
        body = b'{"verb": "stop", "why": "' + b"x" * 60_000 + b'"}'
        dialled.sendall(HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert heard(dialled).startswith(b"HTTP/1.1 503"), "no recorder runs here"


@pytest.mark.parametrize("said", [b"", b"GET / HT", HEAD, HEAD + b"Content-Length: 10\r\n\r\nhalf"])
def test_who_does_not_go_on_is_given_up(port: int, said: bytes) -> None:
    with dial(port) as dialled:
        dialled.sendall(said)
        began = time.monotonic()
        heard(dialled)
        assert time.monotonic() - began < 8
    assert answer(port) == 200


def test_who_sends_an_octet_now_and_then_is_given_up_too(port: int) -> None:
    began = time.monotonic()
    with dial(port) as dialled, pytest.raises(ConnectionError):
        while time.monotonic() - began < 8:
            dialled.send(b"x")
            time.sleep(0.1)
    assert time.monotonic() - began < 8


def test_who_does_not_take_the_answer_is_given_up(port: int) -> None:
    with socket.socket() as dialled:
        dialled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        dialled.connect(("127.0.0.1", port))
        dialled.settimeout(10)
        began = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - began < 8:
                dialled.send(b"GET /style.css HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
        assert time.monotonic() - began < 8
    assert answer(port) == 200


def slow(seconds: float) -> Starlette:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(192):
            yield b"x" * 65536

    async def whole(_: Request) -> Response:
        return StreamingResponse(parts())

    async def late(_: Request) -> Response:
        await asyncio.sleep(seconds)
        return PlainTextResponse("late")

    return Starlette(routes=[Route("/whole", whole), Route("/late", late, methods=["POST"])])


@pytest.fixture
def slow_port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(limits, "REQUEST_S", PATIENCE_S)
    number = free_port()
    with hosting(slow(1.5 * PATIENCE_S), number, http=limits.Door):
        yield number


def test_a_slow_reader_gets_the_whole_answer(slow_port: int) -> None:
    with socket.socket() as dialled:
        dialled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        dialled.connect(("127.0.0.1", slow_port))
        dialled.sendall(b"GET /whole HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        began, got = time.monotonic(), 0
        while piece := dialled.recv(65536, socket.MSG_WAITALL):
            got += len(piece)
            time.sleep(0.012)
        assert got > 12 << 20 and time.monotonic() - began > 2 * PATIENCE_S


def test_a_whole_request_waits_for_the_page(slow_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = b"POST /late HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbo"
    with dial(slow_port) as dialled:
        dialled.sendall(ask + b"dy")
        assert heard(dialled).endswith(b"late")
    with dial(slow_port) as dialled:
        dialled.sendall(ask)
        assert heard(dialled) == b"", "the rest of the request does not come"
    monkeypatch.setattr(limits, "WORK_S", 0.1)
    with dial(slow_port) as dialled:
        dialled.sendall(ask + b"dy")
        assert heard(dialled) == b""


def test_addresses_that_wait_give_up_before_the_connection() -> None:
    assert reloading.RELOAD_S < limits.WORK_S


def test_one_address_gets_no_more_than_its_share_and_others_get_in(port: int) -> None:
    with ExitStack() as stack:
        dialled = [stack.enter_context(dial(port)) for _ in range(limits.OF_ONE + 10)]
        time.sleep(0.2)
        shut = 0
        for each in dialled:
            each.setblocking(False)
            try:
                shut += not each.recv(1)
            except BlockingIOError:
                pass
            except ConnectionResetError:
                shut += 1
        assert 10 <= shut <= 11, "one may be left of whoever waited for the server"
        with dial(port, "127.0.0.2") as other:
            other.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert heard(other).startswith(b"HTTP/1.1 200")


def test_a_viewer_who_does_not_answer_gives_his_place_up(port: int) -> None:
    with connect(f"ws://127.0.0.1:{port}/live") as viewer:
        viewer.recv(timeout=5)
        began = time.monotonic()
        with pytest.raises(Exception, match=r"received 1|no close"):
            while True:
                viewer.recv(timeout=8)
        assert time.monotonic() - began < 8
