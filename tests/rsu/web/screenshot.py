"""A picture of the page: `python -m tests.rsu.web.screenshot FILE.png [--url URL] [--dark] [--after S]`."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.rsu.web.browser import Browser


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--url", default="http://127.0.0.1:18080/")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--after", type=float, default=5.0, metavar="S", help="seconds to wait for the picture to fill")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, Browser(Path(profile)) as browser:
        phone = options.width < 600
        browser.look(options.width, options.height, options.dark, mobile=phone, ratio=2 if phone else 1)
        browser.open(options.url)
        browser.wait("document.getElementById('link')?.textContent === 'live'")
        time.sleep(options.after)
        browser.screenshot(options.file)


if __name__ == "__main__":
    main()
