"""Certificates and password as they lie on the disk now: read at every connect, so that they can be exchanged."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NamedTuple

from hw import system
from hw.credential import place
from rsu.reasons import uplink as words
from rsu.site.uplink import PlatformSettings, TlsSettings
from rsu.uplink import validity
from rsu.uplink.errors import CredentialsError


class Credentials(NamedTuple):
    """The credentials of a connection. `context` None: no TLS."""

    context: ssl.SSLContext | None
    username: str | None
    password: str | None


def read(settings: PlatformSettings) -> Credentials:
    """Read all files. CredentialsError: names the one that cannot be used."""
    context = None if settings.tls is None else _context(settings.tls)
    file = settings.password_file
    return Credentials(context, settings.username, None if file is None else _password(place(file)))


def _password(file: Path) -> str:
    try:
        return file.read_text("utf-8").split("\n")[0].removesuffix("\r")
    except OSError as error:
        raise CredentialsError(words.PASSWORD_FILE.of(file, system.said(error))) from error
    except UnicodeDecodeError as error:
        raise CredentialsError(words.PASSWORD_NOT_UTF8.of(file)) from error


def _context(tls: TlsSettings) -> ssl.SSLContext:
    """Return a context that verifies the broker's chain and name, with our certificate where there is one."""
    for file in _files(tls):
        try:
            file.open("rb").close()  # ssl's own error does not name the file
        except OSError as error:
            raise CredentialsError(words.FILE.of(file, system.said(error))) from error
    try:
        context = ssl.create_default_context(cafile=str(place(tls.ca)))
    except (ssl.SSLError, ValueError) as error:
        raise CredentialsError(words.NO_CERTIFICATE.of(tls.ca, error)) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate is not None and tls.key is not None:
        try:
            context.load_cert_chain(place(tls.certificate), place(tls.key), password=_no_password)
        except (ssl.SSLError, ValueError) as error:
            raise CredentialsError(words.UNFIT.of(tls.certificate, tls.key, error)) from error
    return context


def _no_password() -> str:
    raise ValueError(words.KEY_LOCKED.en)


def _files(tls: TlsSettings) -> list[Path]:
    return [place(file) for file in (tls.ca, tls.certificate, tls.key) if file is not None]


def signature(settings: PlatformSettings) -> tuple[object, ...]:
    """Return a value that changes when one of the files changes."""
    password = [] if settings.password_file is None else [place(settings.password_file)]
    return tuple(_state(file) for file in [*(_files(settings.tls) if settings.tls else []), *password])


def _state(file: Path) -> object:
    try:
        state = file.stat()
    except OSError as error:
        return error.errno
    return state.st_ino, state.st_size, state.st_mtime_ns


def validities(settings: PlatformSettings) -> dict[str, validity.Validity]:
    """Return how long the files' certificates are valid: our own, and the last readable one of the authorities."""
    found = {}
    files = {} if settings.tls is None else {"certificate": settings.tls.certificate, "ca": settings.tls.ca}
    for name, file in files.items():
        try:
            each = [] if file is None else validity.of_file(place(file))
        except (OSError, ValueError):
            continue
        if each:
            found[name] = each[0] if name == "certificate" else max(each, key=lambda one: one.end_s)
    return found
