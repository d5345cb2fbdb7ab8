"""Progress of long work. The work reports it, a listener may show it. Without a listener nothing happens.

A step has a name, an amount done and a whole amount (octets, ticks). It is over when both are equal.
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
    """Return whether the progress is shown."""
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
    """Return the reporter of a step whose inner steps are not shown as long as this lasts."""
    outer = _listeners[-1] if _listeners else _nobody
    with told_to(_nobody):
        yield outer


def _nobody(what: str, done: int, total: int) -> None:
    pass
