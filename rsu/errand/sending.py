"""A file to the place in the site file: HTTP PUT (RFC 9110), its SHA-256 in `Repr-Digest` (RFC 9530).

Nothing is followed elsewhere: a redirection is a refusal. PUT of the same file again replaces it.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from hw.credential import first_line
from rsu.core.errors import RsuError
from rsu.downlink.errand_brief import UploadPlace
from rsu.reasons import commands as words

_TIMEOUT_S = 30.0  # for the connection, and for each piece of the file


class ErrandError(RsuError):
    """An errand that cannot be done."""


def send(file: Path, name: str, rscu: str, place: UploadPlace) -> dict[str, Any]:
    """Put a file under the box's name; return its address, size and SHA-256. ErrandError, OSError."""
    address = f"{place.url.rstrip('/')}/{quote(rscu)}/{quote(name)}"
    parts = urlsplit(address)
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").digest()
        octets = content.tell()
        content.seek(0)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(octets),
            "Repr-Digest": f"sha-256=:{base64.b64encode(digest).decode()}:",
            **_identity(place),
        }
        line = connection(parts.scheme, parts.netloc, place.ca)
        try:
            line.request("PUT", parts.path, content, headers)
            status = line.getresponse().status
        except http.client.HTTPException as error:
            raise ErrandError(words.NO_UPLOAD.of(repr(error)[:100])) from error
        finally:
            line.close()
    if not 200 <= status < 300:
        raise ErrandError(words.NO_UPLOAD.of(f"HTTP {status}"))
    return {"file": name, "url": address, "octets": octets, "sha256": digest.hex()}


def _identity(place: UploadPlace) -> dict[str, str]:
    if not place.username:
        return {}
    password = first_line(Path(place.password_file)) if place.password_file else ""
    return {"Authorization": "Basic " + base64.b64encode(f"{place.username}:{password}".encode()).decode()}


def connection(scheme: str, netloc: str, ca: str) -> http.client.HTTPConnection:
    """Return a connection to a server, not yet made. `ca`: file of its authorities; empty: the system's."""
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=_TIMEOUT_S)
    context = ssl.create_default_context(cafile=ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return http.client.HTTPSConnection(netloc, timeout=_TIMEOUT_S, context=context)
