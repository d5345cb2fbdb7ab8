"""Random values of the whole schema: an independent compiler as oracle, JSON form, records.

The oracle is pycrate, fed with the same modules. The values are drawn from the schema itself.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycrate_asn1c.asnproc import GLOBAL, PycrateGenerator, compile_text

import v2x
from v2x.schema import decode_value, encode_value, schema
from v2x.values import from_json, to_json

FRAMES = ["bsmFrame", "mapFrame", "rsmFrame", "spatFrame", "rsiFrame"]
MESSAGE_IDS = {
    "TestMsg": 0,
    "RTCMcorrections": 10,
    "RoadsideCoordination": 11,
    "SensorSharingMsg": 12,
    "VehIntentionAndRequest": 13,
    "PAMData": 14,
    "PersonalSafetyMessage": 15,
    "CLPMM": 16,
    "VehiclePaymentMessage": 17,
}
CASES = [(profile, name) for profile in v2x.PROFILES for name in FRAMES] + [
    ("csae157-2020", name) for name in MESSAGE_IDS
]
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)  # pycrate refuses DEL, which IA5String has


@cache
def values_of(name: str, profile: v2x.Profile) -> st.SearchStrategy[Any]:
    return values(schema(profile).definitions[name], profile)


def values(definition: dict[str, Any], profile: v2x.Profile) -> st.SearchStrategy[Any]:
    """Return a strategy for wire values of a type; lists and strings stay short."""
    size = definition.get("size", [0])[0]
    low, high = size if isinstance(size, tuple) else (size, size)
    members = {member["name"]: member for member in definition.get("members", []) if member}
    match definition["type"]:
        case "INTEGER":
            return st.integers(*definition["restricted-to"][0])
        case "BOOLEAN":
            return st.booleans()
        case "ENUMERATED":
            return st.sampled_from([value[0] for value in definition["values"] if value])
        case "OCTET STRING":
            return st.binary(min_size=low, max_size=min(high, low + 8))
        case "IA5String":
            return st.text(PRINTABLE, min_size=low, max_size=min(high, low + 8))
        case "BIT STRING":
            return st.integers(0, 2**low - 1).map(lambda bits: ((bits << -low % 8).to_bytes(-(-low // 8)), low))
        case "SEQUENCE OF":
            return st.lists(values(definition["element"], profile), min_size=low, max_size=low + 1)
        case "CHOICE":
            return st.one_of([st.tuples(st.just(name), values(member, profile)) for name, member in members.items()])
        case "SEQUENCE":
            optional = {name: values(member, profile) for name, member in members.items() if member.get("optional")}
            given = {name: values(member, profile) for name, member in members.items() if name not in optional}
            return st.fixed_dictionaries(given, optional=optional)
    return values_of(definition["type"], profile)


def frames(name: str, profile: v2x.Profile) -> st.SearchStrategy[Any]:
    """Return a strategy for frames with one alternative, or with one message of phase II."""
    if name in MESSAGE_IDS:
        message = st.tuples(st.just(name), values_of(name, profile))
        return message.map(lambda value: ("msgFrameExt", {"messageId": MESSAGE_IDS[name], "value": value}))
    alternatives = {
        member["name"]: member for member in schema(profile).definitions["MessageFrame"]["members"] if member
    }
    return st.tuples(st.just(name), values(alternatives[name], profile))


def module_of(profile: v2x.Profile) -> str:
    """Return one module with all types of a profile, each as its own files have it or else as the default's have it."""
    assignment = re.compile(r"^([\w-]+)(?: [\w-]+)? ::= (?:[^{\n]*\{.*?^\}[^\n]*|[^{\n]+$)", re.M | re.S)
    texts = {entry.name: entry.read_text() for entry in files("v2x").joinpath("asn1").iterdir()}
    common = [text for name, text in texts.items() if not name.startswith(v2x.PROFILES)]
    types: dict[str, str] = {}
    for text in [*common, *(text for name, text in texts.items() if name.startswith(profile))]:
        types |= {found[1]: found[0] for found in assignment.finditer(text)}
    return "\n".join(["V2X DEFINITIONS AUTOMATIC TAGS ::= BEGIN", *types.values(), "END"])


@pytest.fixture(scope="module")
def oracles(tmp_path_factory: pytest.TempPathFactory) -> dict[v2x.Profile, ModuleType]:
    """Compile every profile with pycrate: its modules as Python."""
    modules = {}
    for profile in v2x.PROFILES:
        path = tmp_path_factory.mktemp("oracle") / "oracle.py"
        GLOBAL.clear()
        compile_text(module_of(profile))
        PycrateGenerator(str(path))
        spec = importlib.util.spec_from_file_location(f"oracle_{profile}", path)
        assert spec is not None
        assert spec.loader is not None
        modules[profile] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(modules[profile])
    return modules


def as_pycrate(value: Any) -> Any:
    """Bit strings are (number, size) there, all else is the same."""
    match value:
        case (bytes(octets), int(size)):
            return int.from_bytes(octets) >> (-size % 8), size
        case (str(name), inner):
            return name, as_pycrate(inner)
        case list():
            return [as_pycrate(item) for item in value]
        case dict():
            return {name: as_pycrate(item) for name, item in value.items()}
    return value


@pytest.mark.parametrize(("profile", "name"), CASES)
@FEW
@given(data=st.data())
def test_octets_are_those_of_pycrate(
    profile: v2x.Profile, name: str, oracles: dict[v2x.Profile, ModuleType], data: st.DataObject
) -> None:
    value = data.draw(frames(name, profile))
    oracle = oracles[profile].V2X.MessageFrame
    oracle.set_val(as_pycrate(value))
    assert encode_value(value, profile).hex() == oracle.to_uper().hex()
    assert decode_value(oracle.to_uper(), profile) == value


@pytest.mark.parametrize(("profile", "name"), CASES)
@FEW
@given(data=st.data())
def test_json_and_records_of_any_value(profile: v2x.Profile, name: str, data: st.DataObject) -> None:
    value = data.draw(frames(name, profile))
    assert from_json(to_json(value), profile) == value
    # any message that the schema allows becomes a record, and that record is a message again, the same from then on
    once = v2x.encode(v2x.decode(encode_value(value, profile), profile), profile)
    assert v2x.encode(v2x.decode(once, profile), profile) == once
