"""The line between supervisor and zygote: neither side waits, nothing comes garbled."""

from __future__ import annotations

import pytest

from rsu.daemon.orders import Alive, Ended, Heed, Kill, News, Order, OrderLine, Reload, Reloaded, Started, StartOrder

ALL: list[Order | News] = [
    StartOrder("station", "/data/site/site.yaml"),
    Kill(77, 9),
    Heed(b"\x00" * 20_000),
    Started("station", 77),
    Ended("station", 77, "exit code 1", "OSError: no"),
    Alive(),
    Reload(),
    Reloaded("site.yaml:3:1: unknown key"),
]


@pytest.mark.parametrize("message", ALL)
def test_every_message_comes_through(message: Order | News) -> None:
    one, other = OrderLine.pair()
    one.send(message)
    assert list(other.received()) == [message] and not other.broken
    one.close()
    other.close()


def test_who_is_not_heard_does_not_wait() -> None:
    one, other = OrderLine.pair()
    for _ in range(10_000):
        one.send(Heed(b"x" * 1000))
    assert 10 < len(list(other.received())) < 10_000
    one.close()
    other.close()


def test_the_end_of_the_other_side_is_known() -> None:
    one, other = OrderLine.pair()
    one.send(Alive())
    one.close()
    assert list(other.received()) == [Alive()] and other.broken
    other.send(Alive())  # no other side any more: lost
    other.close()
