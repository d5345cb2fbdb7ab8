"""The dialects: how a cloud platform is spoken to, by the name that a site file gives (`uplink.platform.dialect`).

One row and one folder each; `rsu/uplink/dialect.py` is the contract of such a folder.
"""

from __future__ import annotations

from typing import NamedTuple


class DialectRow(NamedTuple):
    """One dialect."""

    maker: str  # module and class, imported when asked for
    status_s: float | None = None  # without a run status for so long the platform takes the box for gone


DIALECTS: dict[str, DialectRow] = {
    "tits0180": DialectRow("rsu.uplink.tits0180.dialect:Tits0180"),  # T/ITS 0180.1-2021
    "openv2x": DialectRow("rsu.uplink.openv2x.dialect:OpenV2X", 15.0),  # the open-source edge platform, release 1.0
    "tits0117": DialectRow("rsu.uplink.tits0117.dialect:Tits0117"),  # T/ITS 0117-2020, RSU and central subsystem
    "dris": DialectRow("rsu.uplink.dris.dialect:Dris"),  # Huawei's road network service
}
DEFAULT = "tits0180"
