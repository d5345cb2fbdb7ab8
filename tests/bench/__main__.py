"""`make bench`: every benchmark, with ratios against a named peer; `python -m tests.bench codec ...` runs one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main() -> None:
    """Run the named benchmarks, or all."""
    words = sys.argv[1:]
    options = next((n for n, word in enumerate(words) if word.startswith("-")), len(words))
    wanted = words[:options] or NAMES
    unknown = set(wanted) - set(NAMES)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name in wanted:
        print(f"== {name}", flush=True)
        sys.argv[1:] = words[options:]  # its own
        importlib.import_module(f"tests.bench.bench_{name}").main()


if __name__ == "__main__":
    main()
