"""A change is proven when everything does well on end; a missing condition is named."""

from __future__ import annotations

from rsu.bus.orders import AirState
from rsu.bus.proof import Proof, working
from rsu.bus.records import Processes, ProcessView, UplinkState
from rsu.bus.snapshot import MessageState


def processes(state: str = "running", pid: int = 7) -> Processes:
    return Processes(1, "site", [ProcessView("uplink", state, pid, 0, 0.0, 0.0, 0.0, 150, None)])


def air(spat: str = "send", gnss: str = "ok", **more: str) -> AirState:
    messages = [MessageState("spat", spat, [], 10.0, 1), MessageState("rsm", "silent", ["nothing-to-say"], 0.0, 0)]
    return AirState(1, 0, [], messages, {"gnss": gnss, **more})


def uplink(
    acknowledged: int = 1, waiting: int = 1, connected: bool = True, silent_s: float | None = None
) -> UplinkState:
    error = None if connected else "nothing listens"
    return UplinkState(1, connected, "there", 9, acknowledged, waiting, {}, error, silent_s=silent_s)


class Told:
    """A proof, and the records that it is told each second."""

    def __init__(self) -> None:
        self.proof, self.now = Proof(working(air(), processes()), 3.0), 0.0

    def second(self, *records: object, in_use: bool = True) -> bool:
        """Tell records; return whether it is proven."""
        self.now += 1.0
        for record in records:
            self.proof.take(record, self.now)  # type: ignore[arg-type]
        return self.proof.proven(in_use, self.now)

    def well(self, acknowledged: int, seconds: int = 1) -> list[bool]:
        """Tell that all is well."""
        return [self.second(processes(), air(), uplink(acknowledged + number)) for number in range(seconds)]


def test_all_well_on_end_is_a_proof() -> None:
    told = Told()
    assert told.well(1, 6) == [False, False, False, False, True, True]  # the first has acknowledged nothing yet


def test_a_box_without_records_need_only_be_connected() -> None:
    told = Told()
    assert [told.second(processes(), air(), uplink(5, waiting=0)) for _ in range(4)] == [False, False, False, True]


def test_what_is_missing_is_named_and_begins_the_time_anew() -> None:
    told = Told()
    told.well(1, 3)
    for records, why in [
        ((processes("restarting"), air(), uplink(10)), "any more: process uplink"),
        ((processes(), air(spat="silent"), uplink(20)), "message spat"),
        ((processes(), air(gnss="lost"), uplink(30)), "device gnss"),
        ((processes(), air(), uplink(40, connected=False)), "nothing listens"),
        ((processes(), air(), uplink(50, silent_s=11.0)), "not reached"),
        ((processes(pid=8), air(), uplink(60)), "acknowledges no record"),
    ]:
        assert not told.second(*records) and why in str(told.proof.missing)
    assert not told.second(processes(), air(), uplink(61), in_use=False) and "not all processes" in str(
        told.proof.missing
    )
    told.well(70, 1)
    assert told.well(71, 4)[-2:] == [False, True]
    told.now += 10.0
    assert not told.second(processes(), uplink(80)) and "no AirState" in str(told.proof.missing)


def test_a_device_that_the_site_has_no_more_is_no_loss() -> None:
    told = Told()
    states = [AirState(1, 0, [], air().messages, {"other": "lost"})] * 6
    assert [told.second(processes(), state, uplink(1 + number)) for number, state in enumerate(states)][-1]
