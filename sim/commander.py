"""The bench's platform as a commander: commands over MQTT 5 with all properties, and the answers held to the tables.

commander = Commander(port, "R1", "RSU-1", CommandKey("city"))
asked = commander.ask("rscu/R1/query/down", body(1, InfoId=0))
commander.answer(asked)                     -> {"seqNum": "1", "errorCode": 0, ...}
"""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from sim.commands import CommandKey
from sim.fields import Check, Misfit, code, table, text, whole

_LOOK_S = 0.01
_SESSION_S = 3600  # the broker keeps answers while the platform is away
_MS = whole(1_500_000_000_000, 4_102_444_800_000)
_ANY: Check = lambda _: iter(())  # noqa: E731
_CONTENT = ("InfoId", "cpu", "mem", "disk", "net", "messages", "onAir", "devices", "airConfig", "filterConfig", "rsuId",
            "softwareVersion", "hardwareVersion", "messageSet", "config", "recorder", "files", "file", "url", "octets",
            "sha256", "doctor")  # fmt: skip
ANSWER = table(  # T/ITS 0117, A.1; `state` is agreed on
    {"seqNum": text(".{0,64}"), "errorCode": code(0, 1, 2)},
    {"timeStamp": _MS, "errorDesc": text(".{1,128}"), "state": text("applied|failed|refused")}
    | dict.fromkeys(_CONTENT, _ANY),
)


def misfits(answer: dict[str, Any]) -> list[Misfit]:
    """Return the faults of an answer: a refusal or failure without its reason is one."""
    found = list(ANSWER(answer))
    if answer.get("errorCode") in (1, 2) and not answer.get("errorDesc"):
        found.append(Misfit("errorDesc", "expected a reason"))
    if (answer.get("errorCode") == 0) != (answer.get("state") == "applied"):
        found.append(Misfit("state", "expected as errorCode says"))
    return found


class Commander:
    """One client that gives commands to one box."""

    def __init__(self, port: int, rscu: str, rsu: str, key: CommandKey, tag: str = "0") -> None:
        """Connect, and again whenever the broker comes back. `tag`: of its answers among those of other commanders."""
        self.rscu, self.rsu, self.key = rscu, rsu, key
        self.counter = 0
        self.answers: dict[bytes, list[tuple[float, dict[str, Any]]]] = {}  # by correlation: monotonic time, answer
        self.faults: list[Misfit] = []
        self.subscribed = threading.Event()
        self.taken: dict[bytes, float] = {}  # by correlation: monotonic time at which the broker took the command
        self._mids: dict[int, bytes] = {}
        self._mine, self._asked = f"commander/{tag}", 0
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"commander-{tag}", protocol=paho.MQTTv5)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        self._client.on_message = self._on_message
        self._client.on_publish = lambda _, __, mid, *___: self._on_publish(mid)
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = _SESSION_S
        self._client.connect_async("127.0.0.1", port, 5, clean_start=False, properties=session)
        self._client.loop_start()

    def _on_connect(
        self,
        client: paho.Client,
        userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        properties: Properties | None,
    ) -> None:
        topics = [
            self._mine,
            f"rscu/{self.rscu}/+/down/ack",
            f"rsu/{self.rsu}/+/down/ack",
            f"rsu/{self.rsu}/versions/up",
        ]
        client.subscribe([(topic, SubscribeOptions(1)) for topic in topics])

    def _on_publish(self, mid: int) -> None:
        now_s = time.monotonic()
        while mid not in self._mids:  # `ask` is about to note it
            time.sleep(0.001)
        self.taken.setdefault(self._mids[mid], now_s)

    def _on_message(self, client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        answer = json.loads(message.payload)
        self.faults += misfits(answer)
        correlation = getattr(message.properties, "CorrelationData", b"")
        self.answers.setdefault(correlation, []).append((time.monotonic(), answer))

    def ask(
        self,
        topic: str,
        body: bytes,
        *,
        signed: bool = False,
        counter: int | None = None,
        for_s: int = 30,
        expiry_s: int | None = 30,
        retain: bool = False,
        qos: int = 1,
        respond: bool = True,
    ) -> bytes:
        """Give a command; return the correlation of its answers. `for_s`: how long its signature holds."""
        self._asked += 1
        correlation = f"{self._mine}-{self._asked}".encode()
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.CorrelationData = correlation
        if respond:
            properties.ResponseTopic = self._mine
        if expiry_s is not None:
            properties.MessageExpiryInterval = expiry_s
        if signed:
            self.counter = self.counter + 1 if counter is None else self.counter
            number = self.counter if counter is None else counter
            properties.UserProperty = [("signature", self.key.sign(topic, body, number, int(time.time()) + for_s))]
        self._mids[self._client.publish(topic, body, qos, retain, properties).mid] = correlation
        return correlation

    def answer(self, correlation: bytes, within_s: float = 10.0) -> dict[str, Any] | None:
        """Return the first answer to a command; None: there is none within the time."""
        end_s = time.monotonic() + within_s
        while not self.answers.get(correlation):
            if time.monotonic() > end_s:
                return None
            time.sleep(_LOOK_S)
        return self.answers[correlation][0][1]

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()
