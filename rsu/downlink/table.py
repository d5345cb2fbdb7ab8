"""The commands, one row each: content, rights, effect, deadline. A dialect says on which topic each comes.

A right is allowed to issuers by the site file (`uplink.commands.allow`); by default to none. Those in SIGNED are
given under a signature only: they put messages on air, take them off, or change the box itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rsu.downlink import contents, effects, errand_contents, errands, manage, road, road_contents, says
from rsu.downlink.plan import Circumstances, CommandPlan, Facts

SIGNED = frozenset({"switches", "power", "address", "rsi", "map", "spat", "rsm", "event", "traffic", "upgrade", "site"})


class CommandRow(NamedTuple):
    """One command."""

    content: type[contents.CommandBody]
    rights: Callable[[Any], Iterable[str]]
    effect: Callable[[Any, Circumstances], CommandPlan]
    says: Callable[[Any, Facts], dict[str, object]]  # content of the answer once it is applied: as it is then
    deadline_s: float  # from its receipt to its completion; without it the command has failed
    answered: bool = False  # whether or not `ack` asks for it


def _right(name: str) -> Callable[[Any], Iterable[str]]:
    return lambda _: (name,)


COMMANDS: dict[str, CommandRow] = {
    "query": CommandRow(contents.QueryDown, _right("query"), effects.nothing, says.asked, 5.0, True),
    "versions": CommandRow(contents.VersionsQuery, _right("versions"), effects.nothing, says.versions, 5.0, True),
    "config": CommandRow(contents.ConfigDown, effects.config_rights, effects.config, says.switches, 5.0, True),
    "om-config": CommandRow(contents.OmConfigDown, manage.rights, manage.effect, says.management, 60.0, True),
    "v2x": CommandRow(contents.V2xDown, effects.air_rights, effects.v2x, says.air, 5.0),
    "rsi": CommandRow(contents.RsiDown, _right("rsi"), effects.rsi, says.air, 5.0),
    "map": CommandRow(contents.MapDown, _right("map"), effects.map_, says.air, 5.0),
    "spat": CommandRow(contents.SpatDown, _right("spat"), effects.spat, says.air, 5.0),
    "rsm": CommandRow(contents.RsmDown, _right("rsm"), effects.rsm, says.air, 5.0),
    "event": CommandRow(road_contents.EventDown, _right("event"), road.event, says.air, 5.0),
    "traffic": CommandRow(road_contents.TrafficDown, _right("traffic"), road.traffic, says.air, 5.0),
    "recorder": CommandRow(
        errand_contents.RecorderDown, _right("recorder"), errands.recorder, says.nothing, 120.0, True
    ),
    "upload": CommandRow(errand_contents.UploadDown, _right("upload"), errands.upload, says.nothing, 600.0, True),
    "doctor": CommandRow(errand_contents.DoctorDown, _right("doctor"), errands.doctor, says.nothing, 300.0, True),
    "upgrade": CommandRow(contents.UpgradeDown, _right("upgrade"), effects.upgrade, says.versions, 1800.0, True),
}
