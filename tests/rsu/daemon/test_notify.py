"""Notices to systemd: sd_notify(3) through a real datagram socket, of the file system and of the abstract kind."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rsu.daemon.notify import Notifier


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    name = str(tmp_path / "notify") if request.param == "file" else f"@rsu-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name[1:] if name.startswith("@") else name)
        listener.settimeout(1.0)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield listener


def test_facts_come_line_by_line(systemd: socket.socket) -> None:
    Notifier().say("READY=1", "STATUS=on air")
    assert systemd.recv(200) == b"READY=1\nSTATUS=on air"


def test_a_start_and_a_reload_have_a_beginning_an_end_and_one_line_of_status(systemd: socket.socket) -> None:
    notifier = Notifier()
    begun_us = time.monotonic_ns() // 1000
    notifier.reloading()
    notifier.ready("not taken:\n  site.yaml:3:1: unknown key")
    kind, _, moment = systemd.recv(200).decode().partition("\nMONOTONIC_USEC=")
    assert kind == "RELOADING=1" and begun_us <= int(moment) <= time.monotonic_ns() // 1000
    assert systemd.recv(200) == b"READY=1\nSTATUS=not taken: site.yaml:3:1: unknown key"


def test_the_environment_is_not_for_children(systemd: socket.socket) -> None:
    Notifier()
    assert not os.environ.keys() & {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}


def test_a_loop_that_turns_says_so_four_times_within_the_limit(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    monkeypatch.setenv("WATCHDOG_USEC", "8000000")
    clock = iter([100.0, 100.0, 101.0, 102.1, 102.1])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    notifier = Notifier()
    notifier.turn()
    notifier.turn()  # a second later: too early
    notifier.turn()
    systemd.setblocking(False)
    assert systemd.recv(200) == systemd.recv(200) == b"WATCHDOG=1"
    with pytest.raises(BlockingIOError):
        systemd.recv(200)


def test_nobody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    Notifier().say("READY=1")
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    Notifier().say("READY=1")
