"""The station's records are kept in the words of one dialect, whatever platform the site speaks to."""

from __future__ import annotations

import json

from rsu.bus.tape import Outcome, ToldItem
from rsu.recording.worded import worded
from rsu.site import box
from tests.rsu.uplink import said


def test_records_are_put_into_words_in_their_order() -> None:
    told = [ToldItem(kind, said.NOW_NS, said.told(kind)) for kind in ("run-status", "event")]
    outcome = worded(Outcome(7, [], [], [], told), box.make("tits0180", said.box()))
    assert (outcome.now_ns, outcome.told) == (7, [])
    assert [(item.kind, item.stamp_ns) for item in outcome.items] == [
        ("run-status", said.NOW_NS),
        ("event", said.NOW_NS),
    ]
    status, event = (json.loads(item.data) for item in outcome.items)
    assert status["rscuStatus"] == 0 and event["eventList"][0]["eventType"] == 903
