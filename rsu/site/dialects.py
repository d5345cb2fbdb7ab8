"""The dialects: how a cloud platform is spoken to, by the name that a site file gives (`uplink.platform.dialect`).

One row and one folder each; `rsu/uplink/dialect.py` says what such a folder gives.
"""

from __future__ import annotations

DIALECTS: dict[str, str] = {
    "tits0180": "rsu.uplink.tits0180.dialect:Tits0180",  # T/ITS 0180.1-2021
    "openv2x": "rsu.uplink.openv2x.dialect:OpenV2X",  # the open-source edge platform, release 1.0
}
DEFAULT = "tits0180"
RECORDED = "tits0180"  # recordings hold what the station told in this one, whatever the platform speaks
