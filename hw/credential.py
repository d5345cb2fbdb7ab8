"""Secrets of a site: files that a site file names, never their content.

A bare name, as in `password_file: platform`, is a credential (systemd.exec(5), LoadCredential=): the unit hands over
the files of /etc/rsu/credentials, which only root can read, in a folder that only the daemon can read.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

KEPT = Path("/etc/rsu/credentials")
_PREFIX = "rsu_"  # the name of LoadCredential= in the unit, before those of the files


def place(file: Path) -> Path:
    """Return the path of a file that a site file names; of a credential, in the daemon and outside of it."""
    if len(file.parts) != 1 or file.is_absolute():
        return file
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(handed, f"{_PREFIX}{file}") if handed else KEPT / file


def first_line(file: Path | None) -> str:
    """Return the first line of a password file, empty without one. OSError: it cannot be read."""
    return "" if file is None else place(file).read_text(encoding="utf-8").partition("\n")[0].strip()


def _readable(file: Path | None, info: ValidationInfo) -> Path | None:
    """Take a path from the folder of the site file and read it once, so that a wrong one is found at once.

    A recording has no secrets, and its replay needs none.
    """
    context = info.context or {}
    if file is None or context.get("recorded"):
        return None
    found: Path = context.get("folder", Path()) / place(file)
    first_line(found)
    return found


SECRET = "secret"  # marks fields of files whose content is never copied
PasswordFile = Annotated[Path | None, AfterValidator(_readable), SECRET]  # of a driver's settings
