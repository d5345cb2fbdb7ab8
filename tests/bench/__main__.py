"""`make bench`: every benchmark, with ratios against a named peer; `python -m tests.bench codec` runs one."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

HERE = Path(__file__).parent
NAMES = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))


def main() -> None:
    """Run the named benchmarks, or all."""
    wanted = sys.argv[1:] or NAMES
    unknown = set(wanted) - set(NAMES)
    if unknown:
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    sys.path[:0] = [
        str(HERE),
        str(HERE.parent / "rsu"),
        str(HERE.parent / "perception"),
        str(HERE.parents[1] / "codecs"),
    ]
    for name in wanted:
        print(f"== {name}", flush=True)
        importlib.import_module(f"bench_{name}").main()


if __name__ == "__main__":
    main()
