"""Secrets taken out of texts that leave the box: by the names they stand under, and by forms that only secrets have."""

from __future__ import annotations

import re

TAKEN_OUT = "TAKEN-OUT"

_NAMES = r"(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credential)s?"
_PATTERNS = (
    # name: value, "name": "value", name=value; of `password_file` the value is a path, and stays
    re.compile(rf"""({_NAMES}["']?\s*[:=]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s,&}}"'\]]+)""", re.IGNORECASE),
    re.compile(r"(authorization:\s*(?:basic|bearer|digest)\s+)[^\n\"']+", re.IGNORECASE),
    re.compile(r"([a-z][a-z0-9+.-]*://)[^\s/@\"']+(?=@)", re.IGNORECASE),  # scheme://user:password@host
    re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END)", re.DOTALL),
)


def redact(text: str) -> tuple[str, int]:
    """Return a text without its secrets, and their number."""
    number = 0
    for pattern in _PATTERNS:
        text, found = pattern.subn(rf"\g<1>{TAKEN_OUT}", text)
        number += found
    return text, number
