"""Output of processes: relayed within bounds, never waited for, and remembered as last words."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from rsu.daemon.relay import ALLOWANCE, Mouth


def mouth(said: bytes = b"", end: bool = False) -> tuple[Mouth, int]:
    ours, its = os.pipe2(os.O_NONBLOCK)
    if said:
        os.write(its, said)
    if end:
        os.close(its)
    return Mouth(ours), its


def test_whole_lines_come_through() -> None:
    made, its = mouth(b"one\ntw")
    assert made.listen(0.0) == b"one\n"
    os.write(its, b"o\n")
    assert made.listen(0.0) == b"two\n"
    assert made.listen(0.0) == b"" and made.open
    os.write(its, b"cut")
    os.close(its)
    assert made.listen(0.0) == b"cut\n" and not made.open
    made.close()


def test_a_line_without_an_end_is_not_waited_for() -> None:
    made, its = mouth(b"x" * 20_000)
    assert made.listen(0.0) == b"x" * 20_000 + b"\n"
    os.close(its)
    made.close()


def test_who_chatters_is_cut_short_until_the_next_minute_and_its_last_words_are_known() -> None:
    made, its = mouth()
    shown = 0
    for _ in range(40):
        os.write(its, b"chatter\n" * 1000)
        shown += len(made.listen(10.0))
    os.write(its, b"OSError: the end\n")
    made.listen(59.0)
    assert 0.8 * ALLOWANCE < shown <= ALLOWANCE and made.words() == "OSError: the end"
    os.write(its, b"new\n")
    assert made.listen(60.0).endswith(b"octets of this process were not shown\nnew\n")
    os.close(its)
    made.close()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"", ""),
        (b"Traceback (most recent call last):\n  File\nValueError: no\n\n", "ValueError: no"),
        (b'{"event": "station runs", "level": "info"}\n', ""),
        (b'OSError: x\n{"event": "runs", "level": "info"}\n', "OSError: x"),
        (b'{"event": "spool", "error": "disk full", "level": "error"}\n', "spool: disk full"),
        (b'{"event": "ended", "why": "signal 9", "level": "error"}\n', "ended: signal 9"),
        (b'{"event": "driver", "exception": "Traceback\\nKeyError: 3", "level": "error"}\n', "driver: KeyError: 3"),
        (b"[1, 2]\n", ""),
        (b"\xff\xfe\n", "\ufffd\ufffd"),
        (b"y" * 5000 + b"\n", "y" * 240),
    ],
)  # fmt: skip
def test_last_words(said: bytes, words: str) -> None:
    made, _ = mouth(said, end=True)
    made.listen(0.0)
    assert made.words() == words
    made.close()


def test_nobody_waits_for_a_standard_error_that_takes_nothing() -> None:
    code = "from rsu.daemon.relay import Stderr; [Stderr().write('x' * 9000) for _ in range(100)]; print('done')"
    reading, writing = os.pipe()  # without a reader
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, stdout=subprocess.PIPE, stderr=writing, timeout=20, check=True)
    os.close(writing)
    assert told.stdout == b"done\n" and 0 < len(os.read(reading, 1 << 20)) <= 1 << 16
    os.close(reading)
