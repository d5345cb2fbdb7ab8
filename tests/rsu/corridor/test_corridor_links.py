"""Boxes that know each other's keys hear each other; another one hears nothing and is not heard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import zmq

from rsu.corridor import keys
from rsu.corridor.keys import KeyPair
from rsu.corridor.links import NeighbourLinks
from rsu.site.corridor import CorridorLinkSettings
from tests.rsu.web.serving import free_port


def made(tmp_path: Path, name: str) -> KeyPair:
    return keys.make(tmp_path / name)


@contextmanager
def linked(own: KeyPair, port: int, theirs: KeyPair, their_port: int) -> Iterator[NeighbourLinks]:
    """A box that knows one neighbour."""
    settings = CorridorLinkSettings(
        listen=f"127.0.0.1:{port}",
        key_file=Path("key"),
        neighbours={"next": {"address": f"127.0.0.1:{their_port}", "public_key": theirs.public.decode()}},
        axis_m=[(0.0, 0.0), (1.0, 0.0)],
    )
    links = NeighbourLinks(settings, own)
    try:
        yield links
    finally:
        links.close()


def heard(links: NeighbourLinks, sender: NeighbourLinks, octets: bytes, for_s: float) -> bool:
    """Send again and again; return whether it is heard."""
    end_s = time.monotonic() + for_s
    while time.monotonic() < end_s:
        sender.send(octets)
        time.sleep(0.02)
        if ("next", octets) in links.messages():
            return True
    return False


def test_neighbours_hear_each_other(tmp_path: Path) -> None:
    a, b = made(tmp_path, "a"), made(tmp_path, "b")
    ports = free_port(), free_port()
    with linked(a, ports[0], b, ports[1]) as one, linked(b, ports[1], a, ports[0]) as other:
        assert heard(one, other, b"tracks", 5.0)
        assert heard(other, one, b"tracks too", 5.0)


def test_a_key_that_is_not_known_hears_nothing(tmp_path: Path) -> None:
    a, b, thief = (made(tmp_path, name) for name in "abc")
    ports = free_port(), free_port()
    with linked(a, ports[0], b, ports[1]) as one, linked(thief, ports[1], a, ports[0]) as other:
        assert not heard(other, one, b"tracks", 0.7)  # a has not its key
        assert not heard(one, other, b"tracks", 0.7)  # it has not b's key


def test_without_keys_nothing_is_heard(tmp_path: Path) -> None:
    a, b = made(tmp_path, "a"), made(tmp_path, "b")
    ports = free_port(), free_port()
    with linked(a, ports[0], b, ports[1]) as one, zmq.Context() as context, context.socket(zmq.SUB) as plain:
        plain.linger = 0
        plain.connect(f"tcp://127.0.0.1:{ports[0]}")
        plain.subscribe(b"")
        for _ in range(20):
            one.send(b"tracks")
            assert not plain.poll(20)


def test_only_the_newest_message_waits(tmp_path: Path) -> None:
    a, b = made(tmp_path, "a"), made(tmp_path, "b")
    ports = free_port(), free_port()
    with linked(a, ports[0], b, ports[1]) as one, linked(b, ports[1], a, ports[0]) as other:
        assert heard(one, other, b"first", 5.0)
        for number in range(50):
            other.send(b"%d" % number)
        time.sleep(0.2)
        assert list(one.messages()) == [("next", b"49")]
        assert list(one.messages()) == []


def test_a_key_file_is_its_owners_alone(tmp_path: Path) -> None:
    pair = made(tmp_path, "key")
    assert (tmp_path / "key").stat().st_mode & 0o077 == 0
    assert keys.read(tmp_path / "key") == pair
    with pytest.raises(FileExistsError):
        made(tmp_path, "key")


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_file_without_a_key_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(keys.KeyFileError, match="holds no secret key"):
        keys.read(tmp_path / "key")
    with pytest.raises(keys.KeyFileError, match="rsu corridor key"):
        keys.read(tmp_path / "missing")


def test_a_port_that_is_taken_leaves_nothing_open(tmp_path: Path) -> None:
    a, b = made(tmp_path, "a"), made(tmp_path, "b")
    port = free_port()
    with linked(a, port, b, free_port()), suppress(zmq.ZMQError), linked(b, port, a, free_port()):
        pytest.fail("the port is taken")
    with linked(a, port, b, free_port()):
        pass
