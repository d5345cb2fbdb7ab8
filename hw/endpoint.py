"""Where a device is reached: the part of a site file that every driver shares.

    link: {serial: {path: gnss, baud: 115200}}               a relative path lies in the run folder
    link: {tcp: "192.168.1.20:8899"}                         the device is the server
    link: {udp: {listen: "0.0.0.0:10050", peer: "192.168.1.30:10023"}}
    link: {can: can0}                                        a CAN interface of this box (SocketCAN)
    link: {mqtt: {broker: "127.0.0.1:1883", topic: V2X/RADAR/1/TRACK/UP}}    the device publishes on a broker
    link: {http: {listen: "0.0.0.0:8090", peer: 192.168.1.64}}    the device posts to us
    link: {local: north.video}                               datagrams of a process of this box; in the run folder

Hosts are addresses, not names: a name look-up can block for seconds, and the site has no name server to trust.
"""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hw.detail import Detail

_ADDRESS = Detail('expected "address:port", got "{got}"', '应为 "address:port"，实为 "{got}"')
_ONE_OF = Detail(
    "expected exactly one of serial, tcp, udp, local, can, mqtt, http",
    "serial、tcp、udp、local、can、mqtt、http 应恰有其一",
)
PAIR = Detail("certificate and key belong together", "certificate 与 key 须同时给出")
SocketAddress = tuple[str, int]
Way = Literal["serial", "tcp", "udp", "local", "can", "mqtt", "http"]  # of an endpoint, by its key


def split_address(text: str) -> SocketAddress:
    """Return host and port of `address:port` or `[address]:port`; ValueError when it is not that."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ValueError(_ADDRESS.of(got=text))
    return str(ip_address(host.removeprefix("[").removesuffix("]"))), int(port)


def _checked(text: str) -> str:
    split_address(text)
    return text


Address = Annotated[str, AfterValidator(_checked)]


class Strict(BaseModel):
    """Base of everything in a site file: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Serial(Strict):
    """A serial line, 8 data bits, no parity, 1 stop bit."""

    path: str  # of the line; a relative one lies in the run folder
    baud: int = Field(115200, ge=1200, le=4_000_000)  # bits a second


class Udp(Strict):
    """A UDP socket; datagrams of others than the peer, address and port, are dropped."""

    listen: Address  # our address and port
    peer: Address  # the device's address and port
    any_port: bool = False  # the peer sends from ports that change


class BrokerTls(Strict):
    """TLS towards a broker, whose certificate names its address; with `certificate` and `key` the box proves itself."""

    ca: Path  # PEM file of the authorities that may sign the broker's certificate
    certificate: Path | None = None  # PEM file of this box's certificate
    key: Path | None = None  # PEM file of its private key

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError(PAIR)
        return self


class Mqtt(Strict):
    """Messages that a device publishes on an MQTT broker."""

    broker: Address  # address and port of the broker
    topic: str = Field(min_length=1, max_length=200)  # of the device's messages; + and # as in MQTT
    user: str | None = None  # user name at the broker; none: no login
    password_file: Path | None = None  # file whose first line is the password; a bare name: in /etc/rsu/credentials
    tls: BrokerTls | None = None


class Http(Strict):
    """Requests that a device posts to a port of ours."""

    listen: Address  # our address and port to listen on
    peer: Annotated[str, AfterValidator(lambda text: str(ip_address(text)))]  # the device's address


class Endpoint(Strict):
    """Exactly one way to reach a device."""

    serial: Serial | None = None
    tcp: Address | None = None  # address and port of the device, which is the server
    udp: Udp | None = None
    mqtt: Mqtt | None = None
    http: Http | None = None
    local: str | None = None  # name of a local socket in the run folder
    can: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,15}$")  # CAN interface of this box, such as can0

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(getattr(self, way) is not None for way in get_args(Way)) != 1:
            raise ValueError(_ONE_OF)
        return self

    def __str__(self) -> str:
        """Return the place as a person would write it."""
        if self.serial:
            return f"{self.serial.path}@{self.serial.baud}"
        if self.mqtt:
            return f"mqtt {self.mqtt.broker} {self.mqtt.topic}"
        if self.http:
            return f"http {self.http.listen} from {self.http.peer}"
        return self.tcp or self.local or self.can or (f"udp {self.udp.peer}" if self.udp else "")


class Port(NamedTuple):
    """One port of a device: where it is, and how long it may be quiet (None: it speaks only when spoken to)."""

    endpoint: Endpoint
    silence_ms: int | None
