"""Renews the parts of the manual that are made of rows in the code: `python -m tests.rsu.manual`."""

from __future__ import annotations

from rsu.manual import pages
from tests.rsu.manual.figures import gather
from tests.rsu.manual.parts import renewed
from tests.rsu.manual.tables import PARTS


def main() -> None:
    """Rewrite the pages that differ, and name them."""
    gather()
    for language in pages.LANGUAGES:
        for page in pages.PAGES:
            text = pages.text(language, page)
            if (new := renewed(text, language, PARTS)) != text:
                pages.path(language, page).write_text(new, encoding="utf-8")
                print(f"{language}/{page}.md")


if __name__ == "__main__":
    main()
