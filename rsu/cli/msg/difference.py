"""`rsu msg diff`: two messages field by field."""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import NamedTuple

import typer

from rsu.cli.msg.source import Found, unwrap
from v2x import Profile
from v2x.explain import Explanation, explain

_ABSENT = "-"


class Difference(NamedTuple):
    """A field whose values differ; None: it is not there."""

    path: str
    a: str | None
    b: str | None


def differences(a: bytes, b: bytes, profile: Profile | None) -> list[Difference]:
    """Return the fields in which two messages differ, in the order in which the messages have them."""
    both = [_explained(data, profile) for data in (a, b)]
    if profile is None:
        common = [each for each in _profiles(both[0]) if each in _profiles(both[1])]
        both = [_explained(data, common[0]) for data in (a, b)] if common else both
    left, right = (_values(data, explanation) for data, explanation in zip((a, b), both, strict=True))
    return [
        Difference(path, left.get(path), right.get(path))
        for path in _merged(list(left), list(right))
        if left.get(path) != right.get(path)
    ]


def refusal(data: bytes, profile: Profile | None) -> str | None:
    """Return why the codec does not accept octets as a message; None: it does, or there is no message inside."""
    explanation = _explained(data, profile)
    return None if explanation is None or explanation.error is None else str(explanation.error)


def _explained(data: bytes, profile: Profile | None) -> Explanation | None:
    layers = unwrap(data)
    return explain(layers.message, profile) if layers and layers.message else None


def _profiles(explanation: Explanation | None) -> tuple[Profile, ...]:
    """Return the profiles that accept a message."""
    if explanation is None:
        return ()
    return (*([explanation.profile] if explanation.error is None else []), *explanation.fits)


def show(a: list[Found], b: list[Found], profile: Profile | None, as_json: bool) -> bool:
    """Print the differences of the messages of two sources, compared in order; return whether there are any."""
    nothing = Found("", None, b"")
    differ, single = False, max(len(a), len(b)) == 1
    for number, (left, right) in enumerate(zip_longest(a, b, fillvalue=nothing), 1):
        for one in differences(left.data, right.data, profile):
            differ = True
            if as_json:
                typer.echo(json.dumps({"message": number, **one._asdict()}))
            else:
                place = "" if single else f"{number}: "
                typer.echo(f"{place}{one.path}: {one.a or _ABSENT} -> {one.b or _ABSENT}")
    return differ


def _values(data: bytes, explanation: Explanation | None) -> dict[str, str]:
    """Return the values of the fields, by path; alternatives, lengths of lists and the AID around it are among them."""
    layers = unwrap(data)
    if layers is None:
        return {"datagram": data.hex()}
    values = {"AID": str(layers.dsm.aid)} if layers.dsm else {}
    if explanation is not None:
        values |= {line.path: f"{line.value} {line.unit}".strip() for line in explanation.lines if line.value}
        if explanation.error is not None:
            values["error"] = str(explanation.error)
    return values


def _merged(a: list[str], b: list[str]) -> list[str]:
    """Return every path once: those of `a` in their order, those only in `b` behind the path before them there."""
    places = {path: number for number, path in enumerate(a)}
    rows, at = [(number, 0, path) for path, number in places.items()], -1
    for number, path in enumerate(b, 1):
        if path in places:
            at = places[path]
        else:
            rows.append((at, number, path))
    return [path for _, _, path in sorted(rows)]
