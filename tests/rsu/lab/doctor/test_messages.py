"""Messages together: the phases of the site's own node, messages that could not be encoded."""

from __future__ import annotations

from msgspec.structs import replace

from rsu.bus.troubles import Newest
from rsu.lab.doctor.on_air import on_air
from rsu.site.model import Site
from tests.rsu.lab.doctor.patients import examined, facts, recorded, site


def test_phases_of_other_nodes_are_not_asked_of_spat() -> None:
    outcomes = [tape.outcome for tape in recorded("day")[1][:20]]
    own = on_air(site("day"), outcomes)

    def beside(data: Site) -> dict[str, object]:
        return {"site": data.site.model_copy(update={"node": data.site.node + 1})}

    other = on_air(site("day", beside), outcomes)
    assert own.map_phases and own.map_phases <= own.spat_phases
    assert not other.map_phases and other.nodes == own.nodes


def test_messages_that_could_not_be_encoded_are_told_by_kind() -> None:
    found = facts(site("day"), "day", ticks=10, sensed_s=0.1)
    assert examined(found)["not-encoded"].judgement.code == "fine"
    snapshot = replace(found.snapshot, counters={"map-not-encoded": 3, "rsm-not-encoded": 12})
    row = examined(found._replace(newest=Newest(snapshot=snapshot)))["not-encoded"]
    told = {str(one.about): one.judgement.code for one in row.measured}
    assert (told["MAP"], told["RSM"], told["SPAT"]) == ("warn", "bad", "fine")
