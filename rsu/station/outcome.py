"""Everything that a tick of the station gave, in no platform's words."""

from __future__ import annotations

from rsu.bus.tape import Decision, Frame, Outcome, ToldItem
from rsu.station.station import Output


def outcome(output: Output, now_ns: int) -> Outcome:
    """Return the frames, the records for the cloud and the gate's decisions of the tick at `now_ns`."""
    return Outcome(
        now_ns=now_ns,
        frames=[Frame(f.kind, f.aid, f.priority, f.newest_receipt_ns, f.frame) for f in output.frames],
        items=[],
        gate=[Decision(m.kind, m.decision, m.reasons) for m in output.messages],
        told=[ToldItem(draft.kind, draft.stamp_ns, draft.data) for draft in output.drafts],
    )
