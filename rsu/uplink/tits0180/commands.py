"""Topics of commands (T/ITS 0180.1-2021): to the box `rscu/...`, to its radio `rsu/...`, answers with `/ack` behind it.

rsm/down and spat/down have no answer in the standard; theirs goes to a Response Topic only. recorder, upload and doctor
are extensions of ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from rsu.downlink.delivery import CommandTopic
from rsu.site.box import Box


def topics(box: Box) -> Mapping[str, CommandTopic]:
    """Return the topics of a box."""
    rscu, rsu = f"rscu/{box.identity.rscu_sn}", f"rsu/{box.identity.rsu_sn}"
    answered = {
        f"{rscu}/query/down": "query",
        f"{rscu}/config/down": "config",
        f"{rscu}/om-config/down": "om-config",
        f"{rscu}/v2x/down": "v2x",
        f"{rscu}/event/down": "event",
        f"{rscu}/traffic/down": "traffic",
        f"{rscu}/recorder/down": "recorder",
        f"{rscu}/upload/down": "upload",
        f"{rscu}/doctor/down": "doctor",
        f"{rsu}/config/down": "config",
        f"{rsu}/om-config/down": "om-config",
        f"{rsu}/map/down": "map",
        f"{rsu}/rsi/down": "rsi",
    }
    silent = {f"{rsu}/rsm/down": "rsm", f"{rsu}/spat/down": "spat"}
    elsewhere = {"versions/query": ("versions", "versions/up"), "upgrade/down": ("upgrade", "upgrade-status/up")}
    return (
        {topic: CommandTopic(name, f"{topic}/ack") for topic, name in answered.items()}
        | {topic: CommandTopic(name, "") for topic, name in silent.items()}
        | {f"{rsu}/{topic}": CommandTopic(name, f"{rsu}/{answers}") for topic, (name, answers) in elsewhere.items()}
    )
