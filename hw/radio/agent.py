"""Driver of a C-V2X radio that is reached through an agent (`hw/radio/protocol.py`), over UDP."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from hw.clock import SourceClock
from hw.detail import Detail
from hw.driver import AirMessage, DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import V2X, Modality
from hw.radio.protocol import (
    AgentError,
    AgentState,
    Hello,
    MessageType,
    Status,
    Transmit,
    encode_hello,
    encode_transmit,
    message_type,
    parse_received,
    parse_status,
)
from perception.objects import ChannelState, Measurement, Reception

HELLO_PERIOD_NS = 1_000_000_000

MODEM = {
    AgentState.STARTING: Detail("modem: starting", "调制解调器：正在启动"),
    AgentState.NO_SYNC: Detail("modem: no sync", "调制解调器：未同步"),
    AgentState.FAULT: Detail("modem: fault", "调制解调器：故障"),
}
MODEM_REFUSES = Detail("modem: {} frames refused", "调制解调器：拒绝 {} 帧")


class RadioAgentSettings(DeviceSettings):
    """Where the agent is, and how far its clock may be off."""

    link: Endpoint
    max_age_ms: int = Field(500, ge=10, le=10_000, description="of a received frame; an older stamp is not believed")
    max_ahead_ms: int = Field(50, ge=0, le=10_000, description="of the agent's clock against ours")

    def ports(self) -> dict[str, Port]:
        """Return the one port; the agent speaks at least once a second."""
        return {"link": Port(self.link, self.silence_ms)}


class RadioAgent:
    """Frames from the air as receptions, frames for the air as transmit requests.

    Counters: `magic`, `version`, `type`, `length`, `state`, `busy` (datagrams that are not of the protocol),
    `clock-past`, `clock-future`, `clock-stuck` (receive times replaced by ours), `size` (payloads refused), `refused`
    (frames that the agent did not send).
    """

    Settings: ClassVar[type[DeviceSettings]] = RadioAgentSettings
    modality: ClassVar[Modality] = V2X
    details: ClassVar[tuple[Detail, ...]] = (*MODEM.values(), MODEM_REFUSES)
    ways: ClassVar[tuple[Way, ...]] = ("udp",)
    correction_ns = 0

    def __init__(self, name: str, settings: RadioAgentSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.status: Status | None = None  # the newest since the port was opened
        self._clock = SourceClock(settings.max_age_ms, settings.max_ahead_ms, self.counters)
        self._next_hello_ns = 0
        self._refused = 0  # frames, between the newest two words of the agent

    @property
    def error(self) -> str | None:
        """Tell why the modem does not send, None when it does or has not said."""
        if self.status is None:
            return None
        if self.status.state is not AgentState.READY:
            return MODEM[self.status.state].en
        return MODEM_REFUSES.say(self._refused) if self._refused else None

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Say hello at once, so that the agent knows where to send."""
        self.status, self._refused = None, 0
        self._next_hello_ns = 0
        return self.due(now_ns)

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take one datagram of the agent."""
        try:
            kind = message_type(data)
            if kind is MessageType.RECEIVED:
                return [self._reception(data, receipt_ns)]
            return [self._state(parse_status(data), receipt_ns)]
        except AgentError as error:
            self.counters.refuse(error.reason, data)
        return []

    def _state(self, status: Status, receipt_ns: int) -> ChannelState:
        """Take the agent's status of its modem; return the state of the channel."""
        before, self.status = self.status, status
        started = before is None or status.refused < before.refused  # an agent that starts again counts from 0
        self._refused = 0 if before is None or started else status.refused - before.refused
        if self._refused:
            self.counters["refused"] += self._refused
        busy = None if status.busy_percent is None else status.busy_percent / 100
        return ChannelState(device=self.name, stamp_ns=receipt_ns, receipt_ns=receipt_ns, busy=busy)

    def due(self, now_ns: int) -> list[Send]:
        """Say hello once a second."""
        if now_ns < self._next_hello_ns:
            return []
        self._next_hello_ns = now_ns + HELLO_PERIOD_NS
        return [("link", encode_hello(Hello(now_ns + self.correction_ns)))]

    def transmit(self, message: AirMessage) -> list[Send]:
        """Return the request that the agent send the frame of a message.

        Raises `AgentError` when the frame is empty or longer than 1400 octets.
        """
        try:
            return [("link", encode_transmit(Transmit(message.aid, message.priority, message.frame)))]
        except AgentError as error:
            self.counters[error.reason] += 1
            raise

    def _reception(self, datagram: bytes, receipt_ns: int) -> Reception:
        frame = parse_received(datagram)
        return Reception(
            device=self.name,
            stamp_ns=self._clock.judge(frame.time_ns, receipt_ns, self.correction_ns),
            receipt_ns=receipt_ns,
            aid=frame.aid,
            payload=frame.payload,
            source=frame.source,
        )
