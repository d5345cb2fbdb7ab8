"""Messages as octets beside their meaning, for every edition; `python -m tests.v2x.vectors` draws them anew.

`octets/<profile>.json` has for each kind of message one without any optional member, one with about half of them, and
full ones until each member and each alternative of the edition has occurred; lists are short. The values are in wire
units as in `v2x.values`. asn1tools wrote the octets, so that they do not depend on the codec that they check.
`octets/devices.json` has messages written by hand the way devices on the road fill them.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import v2x
from tests.v2x.reference import FRAME, reference
from v2x.schema import schema
from v2x.values import from_json, to_json

FOLDER = Path(__file__).parent / "octets"
OF_PHASE_ONE = ("bsmFrame", "mapFrame", "rsmFrame", "spatFrame", "rsiFrame")
SHARES = (0.0, 0.5, *[1.0] * 40)  # of the optional members that are there; of the full ones, those that show more


def load(profile: v2x.Profile) -> list[dict[str, Any]]:
    """Return the drawn messages of an edition: `type`, `value` and `hex`."""
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{profile}.json").read_text())
    return found


def of_devices() -> list[dict[str, Any]]:
    """Return the messages as devices fill them: `name`, `profile`, `value` and `hex`."""
    found: list[dict[str, Any]] = json.loads((FOLDER / "devices.json").read_text())
    return found


def of_device(name: str) -> dict[str, Any]:
    """Return the message with this name."""
    (found,) = [each for each in of_devices() if each["name"] == name]
    return found


class Drawer:
    """Draws values of the types of an edition; alternatives take turns. `seen`: the members that have occurred."""

    def __init__(self, profile: v2x.Profile) -> None:
        self._definitions = schema(profile).definitions
        self._random = Random(profile)
        self._turns: Counter[str] = Counter()
        self.seen: set[tuple[str, str]] = set()

    def value(self, definition: Any, share: float) -> Any:
        """Return a value of a type with about this share of the optional members."""
        low, high = self._size(definition)
        match definition["type"]:
            case "INTEGER":
                low, high = definition["restricted-to"][0]
                return self._random.choice([low, high, self._random.randint(low, high)])
            case "BOOLEAN":
                return self._random.random() < 0.5
            case "ENUMERATED":
                return self._random.choice([value[0] for value in definition["values"] if value])
            case "OCTET STRING":
                return self._random.randbytes(min(high, low + 3))
            case "IA5String":
                return "".join(chr(self._random.randrange(128)) for _ in range(min(high, low + 3)))
            case "BIT STRING":
                return (self._random.getrandbits(low) << -low % 8).to_bytes(-(-low // 8)), low
            case "SEQUENCE OF":
                length = low + (low < high and self._random.random() < share / 3)
                return [self.value(definition["element"], share) for _ in range(length)]
            case "CHOICE":
                members = [member for member in definition["members"] if member]
                self._turns[key := _key(members)] += 1
                member = members[self._turns[key] % len(members)]
                self.seen.add((key, member["name"]))
                return member["name"], self.value(member, share)
            case "SEQUENCE":
                return self._members(definition, share)
            case name:
                return self.value(self._definitions[name], share)

    def _size(self, definition: Any) -> tuple[int, int]:
        size = (definition.get("size") or [(0, 3)])[0]
        return size if isinstance(size, tuple) else (size, size)

    def _members(self, definition: Any, share: float) -> dict[str, Any]:
        members = [each for each in definition["members"] if each]
        there = [each for each in members if not each.get("optional") or self._random.random() < share]
        self.seen |= {(_key(members), each["name"]) for each in there}
        return {each["name"]: self.value(each, share) for each in there}


def _key(members: list[Any]) -> str:
    return " ".join(member["name"] for member in members)


def kinds(profile: v2x.Profile) -> dict[str, int | None]:
    """Return the kinds of message of an edition; those of phase II with their message id."""
    members = schema(profile).definitions.get("MessageFrameExt", {}).get("members", [])
    types: dict[int, str] = next((member["types"] for member in members if member and "types" in member), {})
    return dict.fromkeys(OF_PHASE_ONE) | {name: number for number, name in types.items()}


def drawn(profile: v2x.Profile) -> list[dict[str, Any]]:
    """Return messages of every kind of an edition."""
    drawer, known, found = Drawer(profile), schema(profile).definitions, []
    frames = {member["name"]: member for member in known[FRAME]["members"] if member}
    for share in SHARES:
        for name, number in kinds(profile).items():
            before = len(drawer.seen)
            message = name, drawer.value(frames[name] if number is None else known[name], share)
            value = message if number is None else ("msgFrameExt", {"messageId": number, "value": message})
            if share < 1 or len(drawer.seen) > before:
                found.append({"type": name, "value": to_json(value), "hex": reference(profile).encode(value).hex()})
    return found


def write(path: Path, messages: list[dict[str, Any]]) -> None:
    """Write one message a line."""
    path.write_text("[\n" + ",\n".join(map(json.dumps, messages)) + "\n]\n")


if __name__ == "__main__":
    for profile in v2x.PROFILES:
        write(FOLDER / f"{profile}.json", drawn(profile))
    devices = of_devices()
    for each in devices:
        each["hex"] = reference(each["profile"]).encode(from_json(each["value"], each["profile"])).hex()
    write(FOLDER / "devices.json", devices)
