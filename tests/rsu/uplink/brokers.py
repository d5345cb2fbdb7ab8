"""The words of a scripted broker, and readers of the records that it got."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.rsu.uplink.rig import Rig
from tests.rsu.uplink.wire import Publication, Talk

Make = Callable[..., Rig]


def acknowledge(said: Publication) -> bytes:
    """Answer as the platform does."""
    record = json.loads(said.payload)
    first = record.get("firstSeqNum", record["seqNum"])
    return json.dumps({"ackList": [{"bootId": record["bootId"], "first": first, "last": record["seqNum"]}]}).encode()


def answering(**properties: int) -> Talk:
    talk = Talk(**properties)
    talk.acknowledge = lambda said: acknowledge(said) if b"seqNum" in said.payload else None
    return talk
