"""`python -m tests.matrix [KIND...]`: plays the matrix of devices and renews its page of the manual."""

from __future__ import annotations

import json
import sys

from tests.matrix.page import KEPT, kept
from tests.matrix.run import rows
from tests.rsu.manual import __main__ as manual


def main() -> None:
    """Play the kinds that are named, or all."""
    found = kept() if sys.argv[1:] else {}
    for kind, cells in rows(sys.argv[1:]):
        found[kind] = cells
        print(kind, file=sys.stderr)
    KEPT.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n", encoding="utf-8")
    manual.renew()


if __name__ == "__main__":
    main()
