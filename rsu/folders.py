"""Where the daemon keeps sockets (run) and what must survive (data), when nobody says otherwise."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def default_run() -> Path:
    """Return /run/rsu for root, else a folder of the user's."""
    if os.geteuid() == 0:
        return Path("/run/rsu")
    return Path(os.environ.get("XDG_RUNTIME_DIR", tempfile.gettempdir())) / f"rsu-{os.getuid()}"


def default_data() -> Path:
    """Return /var/lib/rsu for root, else a folder in the user's home."""
    if os.geteuid() == 0:
        return Path("/var/lib/rsu")
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "rsu"
