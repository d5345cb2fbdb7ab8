"""One connection to the platform's broker, from the first try to its end: MQTT 5 over TCP or TLS, on its own thread.

It ends once and says why (`ended`); the sender makes the next one. It heeds the limits of the broker's CONNACK: packet
size, QoS and publications under way (it uses no retained messages, topic aliases or wildcards, so that their limits
cannot be broken), notices a dead peer by keep-alive, and leaves a last will (offline). A broker's PUBACK means nothing
here but by its reason: only the platform's acknowledgement frees a record.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

import paho.mqtt.client as paho
import structlog
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from rsu.bus.handover import RANK
from rsu.reasons import broker, uplink
from rsu.reasons.broker import Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink import client, diagnosis, validity
from rsu.uplink.command_port import KIND, CommandPort
from rsu.uplink.credentials import Credentials
from rsu.uplink.dialect import HELD, Answer, Dialect, Login, Publication
from rsu.uplink.receipts import Receipts
from rsu.uplink.record import SpooledRecord

CONNECT_TIMEOUT_S = 10.0  # for TCP and TLS, then for the broker's answers
_LOOP_S = 0.5
_GOODBYE_S = 0.5
_MAX_PACKET_OCTETS = 1 << 20  # that we take; an acknowledgement of 5000 records is a quarter of it
_IN_FLIGHT = 20  # publications without PUBACK, unless the broker wants fewer
_DISCONNECT_WITH_WILL = 0x04
_NO_SUBSCRIBER = 0x10  # of a PUBACK
_KINDS = (*RANK, KIND)
_new_properties: Callable[[int], Properties] = Properties  # its constructor is not annotated
_log = structlog.get_logger()


class BrokerLink:
    """One attempt, and the connection that comes of it."""

    def __init__(
        self, settings: PlatformSettings, rscu: str, credentials: Credentials, dialect: Dialect, max_qos: int
    ) -> None:
        """Prepare; connects in `start`. `max_qos`: that the broker takes, as far as it has said so before."""
        self.answers: SimpleQueue[Answer] = SimpleQueue()
        self.connected = False
        self.commands: CommandPort | None = None  # set before `start`
        self.ended: Cause | None = None
        self.limits = client.BrokerLimits()
        self.unreadable = 0  # acknowledgements
        self.unheard = False  # no client subscribes to the sent topics
        self.denied: dict[str, str] = {}  # kind -> why the broker does not take or hand over its publications
        self.peer_until: str | None = None  # end of the broker's certificate
        self._settings = settings
        self._dialect = dialect
        self._answered = frozenset(dialect.answers.values())  # kinds that the platform acknowledges
        self._subscribing: dict[int, str] = {}  # mid -> kind
        self._welcomed = False  # its CONNACK was read
        self._subscribed = False
        self._kind_of_mid = bytearray(1 << 16)  # index of the kind that was published last under a mid
        self._qos_of_mid = bytearray(1 << 16)
        self._receipts = Receipts()
        self._pubacks: SimpleQueue[tuple[int, int, str]] = SimpleQueue()
        self._trouble: Cause | None = None
        now_ns = time.time_ns()
        login = dialect.login(Login(rscu, credentials.username, credentials.password), now_ns)
        if (will := dialect.presence(now_ns, online=False)) is not None:
            will = will._replace(qos=min(will.qos, max_qos))
        self.client = client.make(login, credentials.context, will, CONNECT_TIMEOUT_S)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_publish = self._on_publish
        self.client.on_disconnect = self._on_disconnect
        self.client.on_message = self._on_message
        self._thread = threading.Thread(target=self._run, name="platform", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def _run(self) -> None:
        properties = _new_properties(PacketTypes.CONNECT)
        properties.MaximumPacketSize = _MAX_PACKET_OCTETS
        if self.commands is not None:
            self.commands.attach(self.client, properties)
        try:
            at, fresh = self._settings, self.commands is None
            self.client.connect(at.host, at.port, at.keepalive_s, clean_start=fresh, properties=properties)
            self.peer_until = validity.of_peer(self.client.socket())
            self._serve()
        except Exception as error:  # any error in paho by the other side's octets ends this connection only
            self._trouble = self._trouble or diagnosis.of_exception(error, self._settings)
        self.connected = False
        if (socket := self.client.socket()) is not None:
            socket.close()
        self.ended = self._why()

    def _serve(self) -> None:
        deadline_s = time.monotonic() + CONNECT_TIMEOUT_S
        while self.client.loop(_LOOP_S) == paho.MQTT_ERR_SUCCESS:
            if not self._subscribed and time.monotonic() > deadline_s:
                self._trouble = self._trouble or diagnosis.silence(CONNECT_TIMEOUT_S)
                return

    def _why(self) -> Cause:
        """Return why the connection ended: the broker's own reason first, then the error seen on the line."""
        first, failure = self.client.first, self.client.failure
        found = self._trouble or diagnosis.of_first_octets(first, self._settings)
        if found is not None:
            return found
        if not first and (failure is None or isinstance(failure, ConnectionError)):
            return diagnosis.closed(self._settings)
        if failure is not None:
            return diagnosis.of_exception(failure, self._settings, while_connecting=False)
        return diagnosis.lost(broker.CLOSED_BY_PEER) if self._welcomed else broker.UNREADABLE

    @property
    def room(self) -> int | None:
        """Return how many octets topic and body may have together; None: any number."""
        return self.limits.room

    def send(self, record: SpooledRecord, said: list[Publication]) -> bool:
        """Give a record to the connection as the dialect says it; False: it is down, nothing was taken."""
        if not self.connected:
            return False
        given = [self._publish(record.kind, each) for each in said]
        if self._dialect.way(record.kind) not in self._answered:
            self._receipts.given(record, [info.mid for info in given])
        return all(info.rc == paho.MQTT_ERR_SUCCESS for info in given)

    def _publish(self, kind: str, said: Publication) -> paho.MQTTMessageInfo:
        info = self.client.publish(said.topic, said.body, min(said.qos, self.limits.max_qos))
        self._kind_of_mid[info.mid] = _KINDS.index(kind)
        self._qos_of_mid[info.mid] = min(said.qos, self.limits.max_qos)
        return info

    def look(self) -> None:
        """Take note of the broker's answers to publications."""
        while not self._pubacks.empty():
            mid, code, name = self._pubacks.get()
            kind = self._dialect.way(_KINDS[self._kind_of_mid[mid]])
            record = self._receipts.taken(mid) if code < 0x80 else None
            if record is not None:  # the broker is all that acknowledges it
                self.answers.put(Answer(kind, record.boot, record.first, record.seq, HELD, ""))
            if not self._qos_of_mid[mid]:
                continue  # gone out, not answered
            self.unheard = code == _NO_SUBSCRIBER
            if code >= 0x80:
                self.denied = self.denied | {kind: uplink.NOT_TAKEN.say(name)}
            elif self.denied.get(kind, "").startswith(uplink.NOT_TAKEN.say("")):
                self.denied = {each: why for each, why in self.denied.items() if each != kind}

    def stop(self) -> None:
        """Say goodbye; the broker publishes the will."""
        self.client.disconnect(ReasonCode(PacketTypes.DISCONNECT, identifier=_DISCONNECT_WITH_WILL))
        if self.connected:
            self._thread.join(_GOODBYE_S)

    def _on_connect(
        self,
        _client: paho.Client,
        userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._welcomed = True
        if reason.is_failure:
            self._trouble = diagnosis.of_reason(reason.value, str(reason))
            return
        max_qos = min(1, getattr(properties, "MaximumQoS", 1))
        self.limits = client.BrokerLimits(getattr(properties, "MaximumPacketSize", None), max_qos)
        self.client.allow_in_flight(min(_IN_FLIGHT, getattr(properties, "ReceiveMaximum", _IN_FLIGHT)))
        for topic, kind in self._dialect.answers.items():
            _, mid = self.client.subscribe(topic, qos=max_qos)
            self._subscribing[mid or 0] = kind
        if self.commands is not None:
            self._subscribing |= dict.fromkeys(self.commands.subscribe(self.client), KIND)
        if not self._subscribing:
            self._begin()

    def _on_subscribe(
        self,
        _client: paho.Client,
        userdata: object,
        mid: int,
        reasons: list[ReasonCode],
        properties: Properties | None,
    ) -> None:
        kind = self._subscribing.pop(mid, "")
        if any(reason.is_failure for reason in reasons):
            self.denied = self.denied | {kind: uplink.NOT_HANDED_OVER.say(reasons[0])}
        if not self._subscribing and not self._subscribed:
            self._begin()

    def _begin(self) -> None:
        """Say that the box is there; from now on records are taken."""
        self._subscribed = True
        said = self._dialect.presence(time.time_ns(), online=True)
        if said is not None and (self.room is None or len(said.topic.encode()) + len(said.body) <= self.room):
            self._publish("basic-status", said)
        self.connected = True
        _log.info("platform connected", **self.limits._asdict(), denied=self.denied)

    def _on_publish(
        self, _client: paho.Client, userdata: object, mid: int, reason: ReasonCode, properties: Properties
    ) -> None:
        self._pubacks.put((mid, reason.value, str(reason)))

    def _on_disconnect(
        self,
        _client: paho.Client,
        userdata: object,
        flags: paho.DisconnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if self._trouble is None and flags.is_disconnect_packet_from_server:
            self._trouble = diagnosis.of_reason(reason.value, str(reason))
        elif self._trouble is None and self.client.failure is None and self.connected:
            self._trouble = diagnosis.lost(str(reason))

    def _on_message(self, _client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        if self.commands is not None and self.commands.take(self.client, message):
            return
        self.client.ack(message.mid, message.qos)
        try:
            for answer in self._read(message):
                self.answers.put(answer)
        except ValueError as error:
            self.unreadable += 1
            _log.warning("acknowledgement not usable", topic=message.topic, error=str(error)[:200])

    def _read(self, message: paho.MQTTMessage) -> list[Answer]:
        if message.topic not in self._dialect.answers:
            raise ValueError("nothing was asked on this topic")
        return self._dialect.read(self._dialect.answers[message.topic], bytes(message.payload))
