"""Renews the parts of the manual that are made of rows in the code: `python -m tests.rsu.manual [FOLDER]`.

FOLDER: where the benches left their figures, if not in build/bench.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rsu.manual import pages
from rsu.site.keys import schema
from tests.bench_file import FOLDER
from tests.rsu.manual.figures import gather
from tests.rsu.manual.parts import renewed
from tests.rsu.manual.tables import PARTS

SCHEMA = Path(__file__).parents[3] / "configs" / schema.FILE


def main() -> None:
    """Gather the figures of benches, and renew the pages."""
    gather(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    renew()


def renew() -> None:
    """Rewrite the pages that differ, and name them."""
    for language in pages.LANGUAGES:
        for page in pages.PAGES:
            text = pages.text(language, page)
            if (new := renewed(text, language, PARTS)) != text:
                pages.path(language, page).write_text(new, encoding="utf-8")
                print(f"{language}/{page}.md")
    SCHEMA.write_text(schema.text(), encoding="utf-8")


if __name__ == "__main__":
    main()
