"""Everything that a tick of the station gave, in a form in which two runs can be compared byte for byte."""

from __future__ import annotations

from rsu.bus.tape import Decision, Frame, Item, Outcome
from rsu.site.box import Teller
from rsu.station.station import Output


def outcome(output: Output, now_ns: int, teller: Teller) -> Outcome:
    """Return the frames, the records for the cloud and the gate's decisions of the tick at `now_ns`.

    `teller`: in whose words recordings hold the records.
    """
    return Outcome(
        now_ns=now_ns,
        frames=[Frame(f.kind, f.aid, f.priority, f.newest_receipt_ns, f.frame) for f in output.frames],
        items=[Item(draft.kind, draft.stamp_ns, teller.body(*draft[:3])) for draft in output.drafts],
        gate=[Decision(m.kind, m.decision, m.reasons) for m in output.messages],
    )
