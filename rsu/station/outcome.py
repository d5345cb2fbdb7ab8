"""Everything that a tick of the station gave, in a form in which two runs can be compared byte for byte."""

from __future__ import annotations

import msgspec

from rsu.bus.records import Decision, Frame, Item, Outcome
from rsu.station.station import Output

_json = msgspec.json.Encoder()


def outcome(output: Output, now_ns: int) -> Outcome:
    """Return the frames, the records for the cloud and the gate's decisions of the tick at `now_ns`."""
    return Outcome(
        now_ns=now_ns,
        frames=[Frame(f.kind, f.aid, f.priority, f.newest_receipt_ns, f.frame) for f in output.frames],
        items=[Item(draft.kind, draft.stamp_ns, _json.encode(draft.data)) for draft in output.drafts],
        gate=[Decision(m.kind, m.decision, m.reasons) for m in output.messages],
    )
