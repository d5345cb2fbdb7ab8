"""The effect that a change of a key has on a running daemon: which processes read it when they start.

The station reads all others and takes changes over at work (`rsu.station.succession`). `NAME` is a name of the site's
choice. The recorder reads more than is told here: it begins a new recording with every site.
"""

from __future__ import annotations

from collections.abc import Mapping

from hw.detail import Detail

READS: Mapping[str, tuple[str, ...]] = {
    "uplink": (
        "uplink.platform",
        "uplink.second",
        "uplink.spool",
        "uplink.standard",
        "uplink.commands",
        "uplink.uploads",
        "recording.path",
        "messages.profile",
        "identity",
        "site.node",
        "site.reference",
        "site.lane_map",
        "devices.NAME.kind",
    ),
    "recorder": ("recording",),
    "corridor": ("corridor", "identity.rscu_sn", "site.reference"),
    "web": ("page", "site.name", "site.lane_map"),
    "video.NAME": ("devices.NAME.video", "sensors", "site.lane_map"),
    "replay": ("devices.NAME.replay",),
}
# keys that the station does not read
_NOT_LIVE = (
    "uplink.platform",
    "uplink.second",
    "uplink.spool",
    "corridor",
    "uplink.commands",
    "uplink.uploads",
    "page",
    "recording",
    "devices.NAME.video",
    "devices.NAME.replay",
)

_LIVE = Detail("live", "即时生效")
_RESTART = Detail("restart of {names}", "重启 {names}")
_BOTH = Detail("live; restart of {names}", "即时生效；重启 {names}")


def effect(path: str) -> Detail:
    """Return the effect of a change of a key. `path`: from the beginning of the site file, with NAME for names."""
    path = path.replace("[]", "")
    names = ", ".join(process for process, keys in READS.items() if any(_within(path, key) for key in keys))
    if not names:
        return _LIVE
    return (_RESTART if any(_within(path, key) for key in _NOT_LIVE) else _BOTH).of(names=names)


def _within(path: str, key: str) -> bool:
    return path == key or path.startswith(f"{key}.")
