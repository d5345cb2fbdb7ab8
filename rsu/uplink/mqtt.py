"""The connection to the platform: MQTT 5 over TCP or TLS, on paho's own thread.

It connects again for ever with back-off, notices a dead peer by keep-alive, and leaves a last will (offline). What it
knows is read by the uplink's thread; acknowledgements cross in a queue. A broker's PUBACK means nothing here: only the
platform's acknowledgement frees a record.
"""

from __future__ import annotations

import ssl
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

import paho.mqtt.client as paho
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from rsu.uplink import envelope
from rsu.uplink.envelope import Range
from rsu.uplink.errors import LinkError
from rsu.uplink.settings import PlatformSettings, TlsSettings

_CONNECT_TIMEOUT_S = 10.0
_DISCONNECT_WITH_WILL = 0x04
_GOODBYE_S = 0.5
_MAX_PACKET_OCTETS = 1 << 20  # that we take; an acknowledgement of 5000 records is a quarter of it
_new_properties: Callable[[int], Properties] = Properties  # its constructor is not annotated
_log = structlog.get_logger()


def _tls_context(settings: TlsSettings) -> ssl.SSLContext:
    """Return a context that verifies the broker's chain and name, with our certificate where there is one."""
    for file in filter(None, (settings.ca, settings.certificate, settings.key)):
        file.open("rb").close()  # ssl's own error does not name the file
    context = ssl.create_default_context(cafile=str(settings.ca))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.certificate is not None and settings.key is not None:
        context.load_cert_chain(str(settings.certificate), str(settings.key))
    return context


class Link:
    """One platform, one connection at a time."""

    def __init__(self, settings: PlatformSettings, rscu: str) -> None:
        """Read certificates and password; LinkError when they cannot be used. Connects in `start`."""
        self.acknowledged: SimpleQueue[list[Range]] = SimpleQueue()
        self.connections = 0  # times the link came up: the sender begins again when this changes
        self.connected = False
        self.unusable = 0  # acknowledgements that could not be read
        self.error: str | None = "not connected yet"
        self._rscu = rscu
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=rscu, protocol=paho.MQTTv5)
        try:
            if settings.tls is not None:
                self._client.tls_set_context(_tls_context(settings.tls))
            if settings.username is not None:
                file = settings.password_file
                self._client.username_pw_set(settings.username, file.read_text().split("\n")[0] if file else None)
        except (OSError, ValueError) as error:
            raise LinkError(f"certificate or password: {error}") from error
        self._client.connect_timeout = _CONNECT_TIMEOUT_S
        self._client.reconnect_delay_set(1, settings.reconnect_max_s)
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = self._on_connect_fail
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        limits = _new_properties(PacketTypes.CONNECT)
        limits.MaximumPacketSize = _MAX_PACKET_OCTETS
        self._client.connect_async(settings.host, settings.port, settings.keepalive_s, properties=limits)
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to connect."""
        self._set_will()
        self._client.loop_start()

    def send(self, record: envelope.Record) -> bool:
        """Give a record to the connection; False: it is down, nothing was taken."""
        qos = 1 if record.kind in envelope.IMPORTANT else 0
        body = envelope.payload(self._rscu, record)
        return self.connected and self._publish(record.kind, body, qos)

    def _publish(self, kind: str, body: bytes, qos: int) -> bool:
        return self._client.publish(envelope.topic(self._rscu, kind), body, qos).rc == paho.MQTT_ERR_SUCCESS

    def stop(self) -> None:
        """Say goodbye; the broker publishes the will. The thread ends by itself."""
        self._ended.clear()
        self.error = "stopped"
        goodbye = ReasonCode(PacketTypes.DISCONNECT, identifier=_DISCONNECT_WITH_WILL)
        if self._client.disconnect(goodbye) == paho.MQTT_ERR_SUCCESS:
            self._ended.wait(_GOODBYE_S)

    def _set_will(self) -> None:
        will = envelope.presence(self._rscu, time.time_ns(), online=False)
        self._client.will_set(envelope.topic(self._rscu, "basic-status"), will, qos=1)

    def _fail(self, error: str) -> None:
        self.connected = False
        if error != self.error:
            _log.warning("platform not connected", error=error)
        self.error = error

    def _on_connect(
        self,
        client: paho.Client,
        userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._fail(f"refused: {reason}")
        else:
            client.subscribe(envelope.acknowledgement_topics(self._rscu), qos=1)

    def _on_subscribe(
        self,
        client: paho.Client,
        userdata: object,
        mid: int,
        reasons: list[ReasonCode],
        properties: Properties | None,
    ) -> None:
        if reasons[0].is_failure:
            self._fail(f"acknowledgements refused: {reasons[0]}")
            return
        self._publish("basic-status", envelope.presence(self._rscu, time.time_ns(), online=True), 1)
        self.error = None
        self.connections += 1
        self.connected = True
        _log.info("platform connected", connections=self.connections)

    def _on_connect_fail(self, client: paho.Client, userdata: object) -> None:
        self._fail(f"cannot connect: {sys.exc_info()[1]}")

    def _on_disconnect(
        self,
        client: paho.Client,
        userdata: object,
        flags: paho.DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._set_will()
        self._ended.set()
        if self.error is None:  # otherwise what led to the end is the better word
            self._fail(f"disconnected: {reason}")

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        try:
            self.acknowledged.put(envelope.acknowledged(bytes(message.payload)))
        except ValueError as error:
            self.unusable += 1
            _log.warning("acknowledgement not usable", topic=message.topic, error=str(error)[:200])
