"""Causes of a missing connection and their remedies, from errors of sockets and TLS and answers of the broker."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from datetime import UTC, datetime

from rsu.reasons import broker
from rsu.reasons.broker import Cause
from rsu.reasons.connack import CODES
from rsu.site.uplink import PlatformSettings


def of_reason(code: int, name: str) -> Cause:
    """Return the meaning of a reason code of the broker."""
    return CODES.get(code) or broker.REFUSED.of(name, f"{code:02X}")


def of_first_octets(data: bytes, settings: PlatformSettings) -> Cause | None:
    """Return the kind of server on the port, by its answer instead of a CONNACK; None: it is a broker."""
    if not data or data[0] in (0x20, 0xF0):  # CONNACK, AUTH
        return None
    if data[:2] in (b"\x15\x03", b"\x16\x03"):
        return broker.SPEAKS_TLS.of(settings.port)
    if data.startswith((b"HTTP/", b"<")) or b"HTTP/1." in data:
        return broker.SPEAKS_HTTP.of(settings.port)
    if data.startswith(b"SSH-"):
        return broker.SPEAKS_SSH.of(settings.port)
    shown = re.sub(rb"[^ -~]", b".", data[:20]).decode()
    found = broker.SPEAKS_OTHER.of(repr(shown))
    return found._replace(remedy=found.remedy.of(settings.port))


def silence(waited_s: float) -> Cause:
    """Return the fault that no answer to CONNECT points to."""
    return broker.SILENT.of(f"{waited_s:.0f}")


def closed(settings: PlatformSettings) -> Cause:
    """Return the likely cause when the other side closes before it has sent an octet."""
    return broker.CLOSED_WITH_TLS if settings.tls else broker.CLOSED_WITHOUT_TLS


def unstable(times: int) -> Cause:
    """Return the likely cause when connections end again and again soon after they came up, without a reason."""
    return broker.UNSTABLE.of(times)


def lost(error: object) -> Cause:
    """Return the likely cause when a connection that worked ends without a reason of the broker."""
    return broker.LOST.of(error)


def of_exception(error: BaseException, settings: PlatformSettings, while_connecting: bool = True) -> Cause:
    """Return the meaning of an error of name resolution, TCP or TLS."""
    if isinstance(error, ssl.SSLError):
        return _of_tls(error, settings)
    if isinstance(error, socket.gaierror):
        return broker.NO_NAME.of(settings.host, error.strerror)
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ConnectionRefusedError):
        return broker.NO_LISTENER.of(where)
    if isinstance(error, ConnectionResetError) and settings.tls is not None and while_connecting:
        return broker.TLS_SILENT.of(settings.port)
    if isinstance(error, TimeoutError):
        return broker.NO_ANSWER.of(where)
    if isinstance(error, OSError) and error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return broker.NO_WAY.of(where, error.strerror)
    if isinstance(error, OSError) and while_connecting:
        return broker.NOT_REACHED.of(where, error)
    return broker.ENDED.of(error)


_EXPIRED, _NOT_YET = 10, 9  # X509_V_ERR_...
_UNKNOWN_AUTHORITY = {2, 18, 19, 20, 21}
_OTHER_NAME = {62, 64}
_OUR_CERTIFICATE = re.compile(
    "certificate.required|bad.certificate|certificate.unknown|unknown.ca|certificate.expired|certificate.revoked"
    "|handshake.failure|access.denied|unsupported.certificate",
    re.IGNORECASE,
)


def _of_tls(error: ssl.SSLError, settings: PlatformSettings) -> Cause:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _of_verification(error, settings)
    text = str(error.reason or error)
    if "WRONG_VERSION_NUMBER" in text or "HTTP_REQUEST" in text or "RECORD_LAYER" in text:
        return broker.NO_TLS.of(settings.port)
    if _OUR_CERTIFICATE.search(text.replace("_", " ")):
        return broker.OUR_CERTIFICATE.of(text.lower())
    if isinstance(error, ssl.SSLEOFError):
        return broker.TLS_SILENT.of(settings.port)
    return broker.TLS_FAILS.of(text)


def _of_verification(error: ssl.SSLCertVerificationError, settings: PlatformSettings) -> Cause:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    if error.verify_code == _EXPIRED:
        return broker.EXPIRED.of(now)
    if error.verify_code == _NOT_YET:
        return broker.NOT_VALID_YET.of(now)
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return broker.OTHER_AUTHORITY.of(settings.tls and settings.tls.ca)
    if error.verify_code in _OTHER_NAME:
        return broker.OTHER_NAME.of(settings.host)
    return broker.NOT_ACCEPTED.of(error.verify_message)
