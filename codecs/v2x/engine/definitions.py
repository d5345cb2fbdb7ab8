"""The ASN.1 modules of a profile as asn1tools parses them: one table of types by name.

The modules in `asn1/` are those of YD/T 3709-2020; the files whose name begins with another profile's hold only the
types that it adds or defines differently. The names of types are unique over all modules, so a profile is one table of
types, and another profile the same table with some rows changed. Parsed at first use, about 0.3 s,
then kept beside the byte code (`kept`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

from v2x.engine.kept import kept
from v2x.profiles import DEFAULT_PROFILE, PROFILES, Profile

Definition: TypeAlias = dict[str, Any]  # a type as asn1tools parsed it: "type", "members", "element", "size", ...


@cache
def definitions(profile: Profile) -> Mapping[str, Definition]:
    """Return the types of a profile by name, as asn1tools parsed them; ValueError for a name that is none of PROFILES.

    An open type is {"type": "OpenType", "selector": the member that tells the type inside, "types": type by that
    member's value}.
    """
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}, expected one of {', '.join(PROFILES)}")
    return {**_types(DEFAULT_PROFILE), **(_types(profile) if profile != DEFAULT_PROFILE else {})}


@cache
def _types(profile: Profile) -> dict[str, Definition]:
    """Return the types that a profile adds or defines differently; all of them for the default profile."""
    texts = _texts(profile)
    folder = files("v2x")
    if not isinstance(folder, Path):  # no folder of the file system
        return _parsed(texts)
    code = [Path(__file__).read_bytes(), version("asn1tools").encode()]
    return kept(folder / profile, [*code, *(text.encode() for text in texts)], lambda: _parsed(texts))


def _parsed(texts: Iterable[str]) -> dict[str, Definition]:
    import asn1tools  # takes as long to import as all else together

    modules = asn1tools.parse_string("\n".join(texts))
    types: dict[str, Definition] = {}
    for module in modules.values():
        types |= module["types"]
        for definition in module["types"].values():
            _resolve_open_types(definition, module)
    return types


def _texts(profile: Profile) -> list[str]:
    folder = files("v2x").joinpath("asn1")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".asn"))
    if profile == DEFAULT_PROFILE:
        names = [name for name in names if not name.startswith(PROFILES)]
    else:
        names = [name for name in names if name.startswith(profile)]
    return [folder.joinpath(name).read_text(encoding="ascii") for name in names]


def _resolve_open_types(definition: Definition, module: Definition) -> None:
    """Replace the members that are fields of an object class by their types in the class and the object set."""
    for member in definition.get("members", ()):
        if member and "table" in member:
            table = member.pop("table")
            name, selector = (table["type"], None) if isinstance(table, dict) else (table[0], table[1][0].lstrip("."))
            object_class, field = member["type"].split(".")
            (member["type"],) = (
                entry["type"] for entry in module["object-classes"][object_class]["members"] if entry["name"] == field
            )
            if selector:
                rows = [row for row in module["object-sets"][name]["members"] if isinstance(row, dict)]  # else: "..."
                member |= {"selector": selector, "types": {row["&id"]: row[field]["type"] for row in rows}}
