"""Progress of long work. The work reports it, a listener may show it. Without a listener nothing happens.

A step is told by what is done, how much of it is done, and of how much (octets, ticks). It is over when both are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, int, int], None]

_listeners: list[Listener] = []


def tell(what: str, done: int, total: int) -> None:
    """Tell the newest listener how far a step is."""
    if _listeners:
        _listeners[-1](what, done, total)


def heard() -> bool:
    """Return whether anybody listens."""
    return bool(_listeners)


def listen(listener: Listener) -> None:
    """Have a listener told for as long as this process lasts."""
    _listeners.append(listener)


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Have a listener told, in place of others, for as long as this lasts."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


@contextmanager
def alone() -> Iterator[Listener]:
    """Give what tells of a step whose own steps are not worth telling: they go unheard as long as this lasts."""
    outer = _listeners[-1] if _listeners else _nobody
    with told_to(_nobody):
        yield outer


def _nobody(what: str, done: int, total: int) -> None:
    pass
