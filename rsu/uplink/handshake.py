"""One try to connect to the broker, under a name of its own: its limits, its certificate, or why it refuses.

The box's own connection, if it has one, goes on: the name is another, there is no will, and nothing is published.
"""

from __future__ import annotations

import ssl
import time
from typing import NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from rsu.reasons.broker import PUT_RIGHT, Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink import client, credentials, diagnosis, validity
from rsu.uplink.client import BrokerLimits
from rsu.uplink.dialect import Dialect, Login
from rsu.uplink.errors import CredentialsError

_LOOP_S = 0.1
_SUFFIX = "-doctor"


class Handshake(NamedTuple):
    """The broker's answer. `cause` None: it has let us in."""

    cause: Cause | None
    limits: BrokerLimits = BrokerLimits()
    took_ms: float | None = None  # from the first octet to CONNACK; None: there was no answer
    tls: str | None = None  # version; None: not encrypted
    until_s: float | None = None  # end of its certificate, seconds since 1970


class _Answer:
    """The CONNACK, as paho hands it over."""

    def __init__(self) -> None:
        self.code: ReasonCode | None = None
        self.limits = BrokerLimits()

    def __call__(
        self,
        _client: paho.Client,
        userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self.code = reason
        most = getattr(properties, "MaximumPacketSize", None)
        self.limits = BrokerLimits(most, min(1, getattr(properties, "MaximumQoS", 1)))


def shake(settings: PlatformSettings, rscu: str, dialect: Dialect, timeout_s: float) -> Handshake:
    """Connect once, and leave."""
    try:
        found = credentials.read(settings)
    except CredentialsError as error:
        return Handshake(Cause(error.args[0], PUT_RIGHT, stubborn=True))
    login = dialect.login(Login(rscu, found.username, found.password), time.time_ns())
    ours = client.make(login._replace(name=login.name + _SUFFIX), found.context, None, timeout_s)
    answer = _Answer()
    ours.on_connect = answer
    begin_s = time.monotonic()
    try:
        ours.connect(settings.host, settings.port, settings.keepalive_s)
        while answer.code is None and time.monotonic() - begin_s < timeout_s:
            if ours.loop(_LOOP_S) != paho.MQTT_ERR_SUCCESS:
                break
        return _told(ours, answer, settings, (time.monotonic() - begin_s) * 1e3, timeout_s)
    except Exception as error:  # any error in paho by the other side's octets is an answer too
        return Handshake(diagnosis.of_first_octets(ours.first, settings) or diagnosis.of_exception(error, settings))
    finally:
        ours.disconnect()
        if (socket := ours.socket()) is not None:
            socket.close()


def _told(
    ours: client.Client, answer: _Answer, settings: PlatformSettings, took_ms: float, timeout_s: float
) -> Handshake:
    tls, until_s = _encryption(ours.socket())
    if answer.code is None:
        cause = diagnosis.of_first_octets(ours.first, settings)
        if cause is None and ours.failure is not None:
            cause = diagnosis.of_exception(ours.failure, settings)
        silent = took_ms >= timeout_s * 1e3
        return Handshake(cause or (diagnosis.silence(timeout_s) if silent else diagnosis.closed(settings)))
    refused = diagnosis.of_reason(answer.code.value, str(answer.code)) if answer.code.is_failure else None
    return Handshake(refused, answer.limits, took_ms, tls, until_s)


def _encryption(socket: object) -> tuple[str | None, float | None]:
    """Return the version of TLS and the end of the broker's certificate, where the connection has them."""
    if not isinstance(socket, ssl.SSLSocket):
        return None, None
    until = validity.of_peer(socket)
    return socket.version(), None if until is None else float(ssl.cert_time_to_seconds(until))
