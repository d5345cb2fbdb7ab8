"""A parser that is fuzzed: it takes one input."""

from __future__ import annotations

from collections.abc import Callable

Parser = Callable[[bytes], object]
NOW_NS = 1_795_391_990_000_000_000
