"""`rsu msg watch`: messages live, one a line.

They come from the daemon's bus (messages sent and received), from the bench's air (frames given to the emulated radio),
or from the radio's agent itself, in the daemon's place: the agent sends to the program that said hello last.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import typer

from hw.endpoint import SocketAddress, split_address
from hw.radio.protocol import AgentError, Hello, ReceivedFrame, encode_hello, parse_received, parse_transmit
from rsu.bus.records import ReceivedDsm as Taken
from rsu.bus.records import Sent
from rsu.cli.common.language import spoken
from rsu.cli.msg import words
from rsu.cli.msg.explanation import clock
from v2x import KINDS, CodecError, DecodeError, Profile, dsmp
from v2x.schema import decode_value
from v2x.units import HEADING, LATITUDE, LONGITUDE, SPEED

_LOOK_S = 0.2
_QUIET_S = 3.0  # then it is said that nothing comes
_DATAGRAM = msgspec.msgpack.Decoder(tuple[int, bytes])


class Heard(NamedTuple):
    """One DSM: when (ns UTC), which way (`sent`, `received`), and its octets."""

    time_ns: int
    way: str
    frame: bytes


class Filter(NamedTuple):
    """Which messages are shown; empty: all."""

    aids: frozenset[int]
    kinds: frozenset[str]

    @classmethod
    def of(cls, aids: Iterable[int], kinds: Iterable[str]) -> Filter:
        """Return the filter of AIDs and kinds. ValueError: there is no such kind."""
        known = {name for kind in KINDS.values() for name in (kind, kind.split("-")[0])}
        if unknown := set(kinds) - known:
            raise ValueError(words.NO_KIND.of(", ".join(sorted(unknown)), ", ".join(KINDS.values())))
        return cls(frozenset(aids), frozenset(kinds))

    def admits(self, aid: int | None) -> bool:
        """Return whether a message of an AID is shown; `bsm` stands for `bsm-event` as well."""
        kind = KINDS.get(aid, "") if aid is not None else ""
        names = {kind, kind.split("-")[0]}
        return (not self.aids or aid in self.aids) and (not self.kinds or bool(names & self.kinds))


def source(run: Path, air: bool, agent: str | None, listen: str | None) -> Iterator[Heard | None]:
    """Return the messages: from the agent if its address is given, else from the bench's air or the daemon's bus.

    ValueError: no address. OSError: the address cannot be listened on.
    """
    if agent is not None:
        own = _address("--listen", listen) if listen else ("0.0.0.0", 0)
        return from_agent(own, _address("--agent", agent))
    return from_air(run) if air else from_bus(run)


def _address(option: str, text: str) -> SocketAddress:
    try:
        return split_address(text)
    except ValueError as error:
        raise ValueError(words.NO_ADDRESS.of(option, text, error)) from error


def from_bus(run: Path) -> Iterator[Heard | None]:
    """Yield messages that the daemon sends and receives, and None while none comes."""
    from rsu.bus.sockets import Subscriber

    bus = Subscriber(run, ["sent", "received"])
    try:
        while True:
            if not bus.wait(_LOOK_S):
                yield None
            for _, record in bus.records():
                assert isinstance(record, Sent | Taken)
                yield Heard(record.stamp_ns, "sent" if isinstance(record, Sent) else "received", record.frame)
    finally:
        bus.close()


def from_air(run: Path) -> Iterator[Heard | None]:
    """Yield messages that the bench's radio was given to send, and None while none comes."""
    import zmq

    air: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.SUB)
    air.setsockopt(zmq.LINGER, 0)
    air.connect(f"ipc://{run / 'air.ipc'}")
    air.setsockopt(zmq.SUBSCRIBE, b"tx")
    try:
        while True:
            if not air.poll(round(_LOOK_S * 1000)):
                yield None
                continue
            time_ns, datagram = _DATAGRAM.decode(air.recv_multipart()[1])
            try:
                yield Heard(time_ns, "sent", parse_transmit(datagram).payload)
            except AgentError:
                yield Heard(time_ns, "sent", datagram)
    finally:
        air.close()


def from_agent(listen: SocketAddress, agent: SocketAddress) -> Iterator[Heard | None]:
    """Yield messages that the agent's modem receives, None at least every 0.2 s. OSError: the port cannot be had."""
    family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as port:
        try:
            port.bind(listen)
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"--listen {listen[0]}:{listen[1]}") from error
        port.settimeout(_LOOK_S)
        next_hello = 0.0
        while True:
            if time.monotonic() >= next_hello:
                next_hello = time.monotonic() + 1
                port.sendto(encode_hello(Hello(time.time_ns())), agent)
            yield _received(port)


def _received(port: socket.socket) -> Heard | None:
    """Return the next frame from the air; None when another datagram came, or none."""
    try:
        one: ReceivedFrame = parse_received(port.recv(65536))
    except (TimeoutError, ConnectionError, AgentError):  # refused: the agent is not there yet
        return None
    return Heard(one.time_ns, "received", one.payload)


def watch(
    source: Iterator[Heard | None], only: Filter, profile: Profile, as_json: bool, stop: threading.Event
) -> Counter[str]:
    """Print messages until `stop`; return how many of each kind came, shown or not."""
    counts: Counter[str] = Counter()
    quiet_since: float | None = time.monotonic()
    for heard in source:
        if stop.is_set():
            break
        if heard is not None:
            quiet_since = time.monotonic()
            _take(heard, only, profile, as_json, counts)
        elif quiet_since is not None and time.monotonic() - quiet_since > _QUIET_S:
            print(words.NOTHING_COMES.told(spoken()), file=sys.stderr, flush=True)
            quiet_since = None
    return counts


def _take(heard: Heard, only: Filter, profile: Profile, as_json: bool, counts: Counter[str]) -> None:
    try:
        aid, message = dsmp.parse(heard.frame)
    except DecodeError:
        aid, message = None, heard.frame
    counts[f"{heard.way} {KINDS.get(aid, 'other') if aid is not None else 'other'}"] += 1
    if only.admits(aid):
        typer.echo(_line(heard, aid, message, profile, as_json))


def _line(heard: Heard, aid: int | None, message: bytes, profile: Profile, as_json: bool) -> str:
    kind, error, text, name = KINDS.get(aid) if aid is not None else None, None, "", None
    try:
        name, value = decode_value(message, profile)
        text = _SUMMARIES.get(name, _nothing)(value)
    except CodecError as reason:
        error = str(reason)
    if as_json:
        where = {"time_ns": heard.time_ns, "way": heard.way, "aid": aid, "kind": kind}
        return json.dumps({**where, "type": name, "hex": heard.frame.hex(), "error": error})
    shown = f"! {words.told(error)}" if error else text
    return f"{clock(heard.time_ns)}  {heard.way:8}  {kind or 'other':12} AID {aid}  {len(message):4} octets  {shown}"


def _nothing(_: object) -> str:
    return ""


def _bsm(value: Mapping[str, Any]) -> str:
    numbers = [
        (LATITUDE.from_wire(value["pos"]["lat"]), ".7f", ""),
        (LONGITUDE.from_wire(value["pos"]["long"]), ".7f", ""),
        (SPEED.from_wire(value["speed"]), ".1f", " m/s"),
        (HEADING.from_wire(value["heading"]), ".1f", " deg"),
    ]
    shown = ["-" if number is None else f"{number:{form}}{unit}" for number, form, unit in numbers]
    return " ".join([value["id"].hex(), *shown])


def _map(value: Mapping[str, Any]) -> str:
    links = [link for node in value["nodes"] for link in node.get("inLinks", ())]
    lanes = sum(len(link["lanes"]) for link in links)
    return f"{len(value['nodes'])} nodes, {len(links)} links, {lanes} lanes"


def _spat(value: Mapping[str, Any]) -> str:
    phases = [
        f"{phase['id']} {phase['phaseStates'][0]['light']}" for i in value["intersections"] for phase in i["phases"]
    ]
    return ", ".join(phases[:4]) + f", {len(phases)} phases"


def _rsm(value: Mapping[str, Any]) -> str:
    kinds = Counter(one["ptcType"] for one in value["participants"])
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def _rsi(value: Mapping[str, Any]) -> str:
    events = [f"event {event['eventType']}" for event in value.get("rtes", ())]
    signs = [f"sign {sign['signType']}" for sign in value.get("rtss", ())]
    return ", ".join(events + signs)


_SUMMARIES: Mapping[str, Callable[[Any], str]] = {
    "bsmFrame": _bsm,
    "mapFrame": _map,
    "spatFrame": _spat,
    "rsmFrame": _rsm,
    "rsiFrame": _rsi,
}
