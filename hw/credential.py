"""Secrets of a site: files that a site file names, never their content.

A bare name, as in `password_file: platform`, is a credential (systemd.exec(5), LoadCredential=): the unit hands over
the files of /etc/rsu/credentials, which only root can read, in a folder that only the daemon can read.
"""

from __future__ import annotations

import os
from pathlib import Path

KEPT = Path("/etc/rsu/credentials")
_PREFIX = "rsu_"  # the name of LoadCredential= in the unit, before those of the files


def place(file: Path) -> Path:
    """Return the path of a file that a site file names; of a credential, in the daemon and outside of it."""
    if len(file.parts) != 1 or file.is_absolute():
        return file
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(handed, f"{_PREFIX}{file}") if handed else KEPT / file
