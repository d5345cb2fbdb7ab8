"""Every parser of outside octets, briefly: its corpus and some mutations of it. `make fuzz` goes on for longer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import chain, islice, takewhile
from math import inf
from mmap import mmap

import pytest

from tests.fuzz.folders import CORPUS, digest
from tests.fuzz.judge import Judge
from tests.fuzz.mutation import inputs
from tests.fuzz.parser import Parser
from tests.fuzz.targets import TARGETS, Target

SEED = 20261122
MOST_INPUTS, MOST_S = 2000, 0.1  # of mutations for each target
LARGEST_CORPUS = 64 * 1024  # octets of a folder


def kept(corpus: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / corpus).iterdir())]


def briefly(known: list[bytes], longest: int) -> Iterator[bytes]:
    end = time.monotonic() + MOST_S
    yield from takewhile(lambda _: time.monotonic() < end, islice(inputs(SEED, known, longest), MOST_INPUTS))


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_escapes(name: str) -> None:
    target = TARGETS[name]
    judge = Judge(target._replace(limit_ms=inf), target.make(), None)  # timed by `make fuzz` alone
    known = kept(target.corpus)
    for data in chain(known, briefly(known, target.longest)):
        judge.take(data)
    assert judge.failures == {}, f"seed {SEED}"


@pytest.mark.parametrize("corpus", sorted({target.corpus for target in TARGETS.values()}))
def test_corpus_is_small_and_without_doubles(corpus: str) -> None:
    files = {path.name: path.read_bytes() for path in (CORPUS / corpus).iterdir()}
    assert files
    assert all(name == digest(data) for name, data in files.items())
    assert sum(map(len, files.values())) <= LARGEST_CORPUS


def test_no_corpus_is_left_over() -> None:
    assert {path.name for path in CORPUS.iterdir()} == {target.corpus for target in TARGETS.values()}


def judged(parser: Parser, data: bytes, limit_ms: float = 1000) -> Judge:
    judge = Judge(Target(lambda: parser, limit_ms, 100, "none"), parser, None)
    judge.take(data)
    return judge


def test_the_judge_sees_what_escapes() -> None:
    def parser(data: bytes) -> None:
        raise KeyError(data)

    (place,) = judged(parser, b"x").failures
    assert place.startswith("KeyError at test_fuzz.py:")


def test_the_judge_sees_what_is_slow() -> None:
    def parser(data: bytes) -> None:
        end = time.thread_time() + 0.003
        while time.thread_time() < end:
            pass

    assert "octets" in str(judged(parser, b"slow", limit_ms=2).slow())
    assert judged(parser, b"fine", limit_ms=500).slow() is None


def test_the_judge_sees_memory_that_grows() -> None:
    kept: list[mmap] = []

    def parser(data: bytes) -> None:
        kept.append(mmap(-1, 20_000))  # pages of its own: the process may have freed memory to give again
        kept[-1].write(bytes(20_000))

    judge = judged(parser, b"")
    for _ in range(3000):
        judge.take(b"")
    assert judge.growth_mib() > 10


def test_mutations_repeat_with_their_seed() -> None:
    known = [b"one", b"another"]
    first, again, other = (list(islice(inputs(seed, known, 50), 200)) for seed in (1, 1, 2))
    assert first == again != other
    assert max(map(len, first)) <= 50
