"""`rsu msg explain`: every field of a message with its bits, its physical value and its oddities."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import typer

from hw.detail import NOTHING, Detail
from hw.radio.protocol import ReceivedFrame, Transmit
from rsu.cli.common.language import spoken
from rsu.cli.msg import words
from rsu.cli.msg.foreign import likeness
from rsu.cli.msg.source import Found, Layers, unwrap
from v2x import KINDS, SERVICES, Profile, dsmp
from v2x.explain import Explanation, Line, Oddity, explain
from v2x.values import Json, to_json

_LONGEST_NAME = 40


def show(found: Found, profile: Profile | None, as_json: bool) -> bool:
    """Print one message; return whether the codec accepts it."""
    layers = None if found.error else unwrap(found.data)
    if layers is None:
        _say_why(found, as_json)
        return found.error is None
    explanation = explain(layers.message, profile)
    like = likeness(layers.message) if explanation.error is not None else None
    if like is not None:
        _say_what(found, layers, like, as_json)
    elif as_json:
        typer.echo(json.dumps(_json(found, layers, explanation)))
    else:
        whole = _whole(layers, explanation)
        for line in (*_outer(found, layers), *whole, *map(_field, explanation.lines)):
            typer.echo(line)
        typer.echo()
    return explanation.error is None


def clock(time_ns: int) -> str:
    """Return a time in UTC to the millisecond, as in ISO 8601; the plain number beyond the range of calendars."""
    try:
        moment = datetime.fromtimestamp(time_ns // 1_000_000_000, UTC)
    except (OverflowError, ValueError):
        return f"{time_ns} ns"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{time_ns // 1_000_000 % 1000:03}Z"


def _say_why(found: Found, as_json: bool) -> None:
    reason = found.error or words.HEARTBEAT.en
    if as_json:
        typer.echo(json.dumps({"place": found.place, "error": reason}))
    else:
        typer.echo(f"{found.place}: {words.told(reason)}")


def _say_what(found: Found, layers: Layers, like: str, as_json: bool) -> None:
    """Print the likely format of octets that are no message of ours; decoded as ours, they would be nonsense."""
    if as_json:
        octets = {"hex": layers.message.hex(), "error": words.LOOKS_LIKE.say(like), "looks_like": like}
        typer.echo(json.dumps({"place": found.place, "time_ns": found.time_ns, **outer_json(layers), **octets}))
    else:
        for line in _outer(found, layers):
            typer.echo(line)
        typer.echo(words.FOREIGN.of(len(layers.message), words.told(like)).told(spoken()) + "\n")


def _outer(found: Found, layers: Layers) -> Iterator[str]:
    """Yield a line for where it comes from and for each layer around it."""
    language = spoken()
    yield words.SOURCE.of(found.place, f", {clock(found.time_ns)}" if found.time_ns is not None else "").told(language)
    match layers.agent:
        case ReceivedFrame() as one:
            rssi = "" if one.rssi is None else f", {one.rssi} dBm"
            yield words.RECEIVED.of(clock(one.time_ns), f"{one.source:06x}", rssi, one.aid).told(language)
        case Transmit() as one:
            yield words.TO_SEND.of(one.aid, one.priority, dsmp.pppp(one.priority)).told(language)
    if layers.dsm is not None:
        yield f"DSMP     AID {layers.dsm.aid}: {_service(layers.dsm.aid).told(language)}"


def _service(aid: int) -> Detail:
    kind = KINDS.get(aid)
    if kind is None:
        return words.NO_SERVICE
    service = SERVICES[kind]
    return words.SERVICE.of(kind, service.priority, dsmp.pppp(service.priority), f"{service.destination:06x}")


def _odd(layers: Layers, explanation: Explanation) -> tuple[Oddity, ...]:
    """Return the oddities of the message as a whole, and of its outer layers."""
    kind = KINDS.get(layers.dsm.aid) if layers.dsm else None
    if layers.dsm is None or kind is None or not explanation.type or explanation.type.startswith(kind.split("-")[0]):
        return explanation.odd
    return (Oddity("problem", words.OTHER_AID.say(layers.dsm.aid, kind)), *explanation.odd)


def _whole(layers: Layers, explanation: Explanation) -> Iterator[str]:
    language = spoken()
    also = words.ALSO.of(", ".join(explanation.fits)) if explanation.fits and not explanation.error else NOTHING
    name = _short(explanation.type) or words.UNKNOWN
    yield words.MESSAGE.of(name, len(layers.message), explanation.profile, also).told(language)
    for odd in _odd(layers, explanation):
        yield f"  ! {words.told(odd.text)}"
    if explanation.error is not None:
        yield f"  ! {words.REFUSED.of(words.told(str(explanation.error))).told(language)}"
    yield words.HEADS.told(language)


def _short(name: str) -> str:
    """Return a name cut to a readable length: in noise an extension's number may have 300 digits."""
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..."


def _field(line: Line) -> str:
    value = f": {line.value} {line.unit}".rstrip() if line.value else ""
    odd = f"   ! {'; '.join(words.told(odd.text) for odd in line.odd)}" if line.odd else ""
    return f"{line.field.first:7} {line.field.bits:5}  {'  ' * line.depth}{_short(line.field.name)}{value}{odd}"


def _json(found: Found, layers: Layers, explanation: Explanation) -> Json:
    return {
        "place": found.place,
        "time_ns": found.time_ns,
        **outer_json(layers),
        "hex": layers.message.hex(),
        "profile": explanation.profile,
        "fits": explanation.fits,
        "type": explanation.type,
        "error": None if explanation.error is None else str(explanation.error),
        "odd": [odd._asdict() for odd in _odd(layers, explanation)],
        "rest": explanation.rest,
        "fields": [_field_json(line) for line in explanation.lines],
    }


def outer_json(layers: Layers) -> Json:
    """Return the outer layers of a message: `agent` and `dsmp`, None where there is no such layer."""
    agent = layers.agent and {name: value for name, value in layers.agent._asdict().items() if name != "payload"}
    dsm = layers.dsm and {"aid": layers.dsm.aid, "kind": KINDS.get(layers.dsm.aid)}
    return {"agent": agent, "dsmp": dsm}


def _field_json(line: Line) -> Json:
    found = line.field
    return {
        "path": line.path,
        "type": found.type,
        "bit": found.first,
        "bits": found.bits,
        **({} if found.value is None else {"wire": to_json(found.value), "value": line.value, "unit": line.unit}),
        "odd": [odd._asdict() for odd in line.odd],
    }
