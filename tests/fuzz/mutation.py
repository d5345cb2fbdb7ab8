"""Mutations of known inputs, and noise: the stand-in for coverage guidance, and the inputs of timed runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

_EDGES = (0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF)
_NOISE = 0.1  # share of inputs that are nothing but noise
_MOST = 4  # mutations of one input

Mutation = Callable[[Random, bytearray, Sequence[bytes]], None]


def inputs(seed: int, corpus: Sequence[bytes], longest: int) -> Iterator[bytes]:
    """Yield inputs without end; the same ones for the same seed and corpus."""
    random = Random(seed)
    while True:
        if not corpus or random.random() < _NOISE:
            yield random.randbytes(random.randint(0, longest))
            continue
        data = bytearray(random.choice(corpus))
        for _ in range(random.randint(1, _MOST)):
            random.choice(_MUTATIONS)(random, data, corpus)
        yield bytes(data[:longest])


def _place(random: Random, data: bytearray) -> int:
    return random.randrange(len(data)) if data else 0


def _flip(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[_place(random, data)] ^= 1 << random.randrange(8)


def _set(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[_place(random, data)] = random.choice(_EDGES) if random.random() < 0.5 else random.randrange(256)


def _cut(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[_place(random, data) :]


def _drop(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = _place(random, data)
    del data[at : at + random.randint(1, 8)]


def _insert(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = _place(random, data)
    data[at:at] = random.randbytes(random.randint(1, 8))


def _repeat(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    at, size = _place(random, data), random.randint(1, 64)
    data[at:at] = data[at : at + size] * random.randint(1, 16)


def _splice(random: Random, data: bytearray, corpus: Sequence[bytes]) -> None:
    other = random.choice(corpus)
    data[_place(random, data) :] = other[random.randint(0, len(other)) :]


def _append(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    data += random.randbytes(random.randint(1, 4))


_MUTATIONS: tuple[Mutation, ...] = (_flip, _flip, _set, _set, _cut, _drop, _insert, _repeat, _splice, _append)
