"""The dialects: how a cloud platform is spoken to, by the name that a site file gives (`uplink.platform.dialect`).

One row and one folder each; `rsu/uplink/dialect.py` is the contract of such a folder.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class DialectRow(NamedTuple):
    """One dialect."""

    maker: str  # module and class, imported when asked for
    transport: Literal["mqtt", "tcp", "http"] = "mqtt"
    key: bool = False  # the password is a key or token that needs no user
    status_s: float | None = None  # without a run status for so long the platform takes the box for gone
    commands: str = ""  # module and function of the topics of its commands; empty: it has none


DIALECTS: dict[str, DialectRow] = {
    # T/ITS 0180.1-2021; the same over HTTP(S), which it allows for low rates
    "tits0180": DialectRow("rsu.uplink.tits0180.dialect:Tits0180", commands="rsu.uplink.tits0180.commands:topics"),
    "tits0180-http": DialectRow("rsu.uplink.tits0180.requests:Tits0180Requests", transport="http", key=True),
    # the open-source edge platform, release 1.0
    "openv2x": DialectRow("rsu.uplink.openv2x.dialect:OpenV2X", status_s=15.0),
    # T/ITS 0117-2020: RSU and central subsystem
    "tits0117": DialectRow("rsu.uplink.tits0117.dialect:Tits0117"),
    # Huawei's road network service
    "dris": DialectRow("rsu.uplink.dris.dialect:Dris", key=True),
    # cloud control platforms of test areas: binary over TCP
    "rcu2cloud": DialectRow("rsu.uplink.rcu2cloud.dialect:Rcu2Cloud", transport="tcp"),
    # traffic police: lane data, GA/T 1049.2 in XML over TCP
    "gat1049": DialectRow("rsu.uplink.gat1049.dialect:Gat1049", transport="tcp"),
    # traffic police: cooperative vehicle-infrastructure services, objects over HTTP(S)
    "cooperative": DialectRow("rsu.uplink.cooperative.dialect:Cooperative", transport="http", key=True),
}
DEFAULT = "tits0180"
