"""How much of the channel RSM takes: a share that is bounded, that shrinks in a busy one, and never SPAT's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import v2x
from perception.objects import ChannelState, RoadUser
from perception.results import Tracks
from rsu.messages.channel import ChannelShare
from rsu.messages.scene import Moment, Scene
from rsu.site import config
from rsu.site.channel import ChannelSettings
from rsu.station.broadcast import Broadcaster, Outgoing
from tests.perception.drawn import tracks_of
from tests.rsu.recording.virtual import CONFIGS
from tests.rsu.virtual_site import SEED, run
from v2x import dsmp

NOW = 1_795_000_000 * 1_000_000_000
CYCLE_NS = 100_000_000


def state(busy: float | None, at_ns: int = NOW, device: str = "radio") -> ChannelState:
    return ChannelState(device=device, stamp_ns=at_ns, receipt_ns=at_ns, busy=busy)


@pytest.mark.parametrize(
    ("busy", "frames", "reasons"),
    [
        (None, 8, []),
        (0.0, 8, []),
        (0.6, 8, []),
        (0.65, 6, ["channel-busy"]),
        (0.7, 4, ["channel-busy"]),
        (0.79, 1, ["channel-busy"]),
        (0.8, 1, ["channel-busy"]),
        (1.0, 1, ["channel-busy"]),
    ],
)
def test_a_busy_channel_leaves_less_room(busy: float | None, frames: int, reasons: list[str]) -> None:
    channel = ChannelShare(ChannelSettings())
    channel.update(state(busy))
    assert (channel.room(NOW).frames, list(channel.conditions(NOW))) == (frames, reasons)


def test_a_radio_that_falls_silent_is_not_believed_for_ever() -> None:
    channel = ChannelShare(ChannelSettings())
    channel.update(state(0.9))
    assert [channel.busy(NOW + at) for at in (0, 3_000_000_000, 3_000_000_001)] == [0.9, 0.9, None]


def crowd(count: int, kind: RoadUser = RoadUser.CAR) -> Tracks:
    return tracks_of([(n, 3.0 * n, 0.0, 90.0, 5.0, kind) for n in range(1, count + 1)], NOW)


def scene(tracks: Tracks, cycle: int = 0) -> Scene:
    moment = Moment(
        now_ns=NOW + cycle * CYCLE_NS,
        correction_ns=0,
        uncertainty_ns=0,
        conditions=[],
        spat=None,
        lamps=None,
        ahead=None,
        health=[],
    )
    return Scene(moment, tracks, [None] * len(tracks), [])


def broadcaster(**messages: object) -> Broadcaster:
    site = config.load(CONFIGS / "demo.yaml")
    changed = site.site.messages.model_copy(update=messages)
    return Broadcaster(site._replace(site=site.site.model_copy(update={"messages": changed})), SEED)


def users(frames: Iterable[Outgoing]) -> list[list[int]]:
    """Return the ids in each RSM."""
    messages = [v2x.decode(dsmp.parse(frame.frame).payload) for frame in frames if frame.kind == "rsm"]
    return [[one.ptc_id for one in message.participants][1:] for message in messages]


def test_who_finds_no_room_waits_and_that_is_said() -> None:
    """300 new ones need 20 frames: 8 leave, the rest in the next cycles, none twice before."""
    sender, told = broadcaster(), []
    for cycle in range(3):
        frames = users(sender.others(scene(crowd(300), cycle)))
        told += [number for frame in frames for number in frame]
        assert len(frames) == (8, 8, 4)[cycle]
    assert sorted(told[:300]) == list(range(1, 301))
    rsm = next(one for one in sender.states(NOW) if one.kind == "rsm")
    assert (rsm.decision, rsm.reasons) == ("degraded", ["share-full"])
    list(sender.others(scene(crowd(5), 40)))
    assert next(one for one in sender.states(NOW) if one.kind == "rsm").decision == "send"


def test_those_at_risk_go_first_when_there_is_room_for_one_frame() -> None:
    sender = broadcaster()
    sender.channel.update(state(0.9))
    walkers = tracks_of([(900 + n, 0.0, 3.0 * n, 0.0, 1.0, RoadUser.PEDESTRIAN) for n in range(10)], NOW)
    both: dict[str, Any] = {
        name: [*getattr(crowd(60), name), *getattr(walkers, name)]
        if isinstance(getattr(walkers, name), list)
        else np.concatenate([getattr(crowd(60), name), getattr(walkers, name)])
        for name in Tracks.__struct_fields__
    }
    (frame,) = users(sender.others(scene(Tracks(**both))))
    assert set(range(900, 910)) <= set(frame) and len(frame) == 15


def test_octets_are_bounded_too() -> None:
    sender = broadcaster(channel=ChannelSettings(octets_per_cycle=1000))
    frames = [frame for frame in sender.others(scene(crowd(300))) if frame.kind == "rsm"]
    sizes = [len(frame.frame) for frame in frames]
    assert sum(sizes[:-1]) < 1000 <= sum(sizes)


def test_proxies_share_what_rsm_leaves_and_take_turns() -> None:
    sender = broadcaster(proxy_bsm=True)
    spoken: Counter[bytes] = Counter()
    for cycle in range(20):
        frames = list(sender.others(scene(crowd(30), cycle)))
        kinds = Counter(frame.kind for frame in frames)
        assert kinds["rsm"] + kinds["bsm"] == 8 and kinds["rsm"] >= 1
        proxies = (v2x.decode(dsmp.parse(frame.frame).payload) for frame in frames if frame.kind == "bsm")
        spoken.update(proxy.id for proxy in proxies)
    assert len(spoken) == 30 and max(spoken.values()) - min(spoken.values()) <= 1


@pytest.mark.parametrize("share", [ChannelSettings(), ChannelSettings(octets_per_cycle=500)])
def test_cycles_without_a_proxy_take_no_message_count(share: ChannelSettings) -> None:
    """No road user is there, or the crowd's RSM takes all the octets: a receiver sees no jump of msgCnt."""
    sender = broadcaster(channel=share, proxy_bsm=True)
    counts = []
    for cycle, users in enumerate((1, 0, 0, 300, 300, 1)):
        frames = sender.others(scene(crowd(users), cycle))
        bsm = (v2x.decode(dsmp.parse(frame.frame).payload) for frame in frames if frame.kind == "bsm")
        counts += sorted({message.msg_cnt for message in bsm})
    assert len(counts) >= 2 and all((after - before) % 128 == 1 for before, after in pairwise(counts))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 120), st.one_of(st.none(), st.floats(0, 1))), min_size=1, max_size=12),
    st.integers(1, 10),
)
def test_whatever_comes_there_is_never_more_than_the_share_and_always_the_unit_itself(
    cycles: list[tuple[int, float | None]], most: int
) -> None:
    sender = broadcaster(channel=ChannelSettings(frames_per_cycle=most), proxy_bsm=True)
    for number, (count, busy) in enumerate(cycles):
        sender.channel.update(state(busy, NOW + number * CYCLE_NS))
        kinds = Counter(frame.kind for frame in sender.others(scene(crowd(count), number)))
        assert kinds["rsm"] >= 1 and kinds["rsm"] + kinds["bsm"] <= most


def test_a_busy_channel_comes_in_with_the_radios_words_and_touches_no_spat() -> None:
    now, station, _ = list(run(4.0))[-1]
    for device in ("other-radio", "radio"):
        station.ingest(state(0.9, now, device))
        said = {}
        output = station.advance(now + CYCLE_NS, station._health)
        said = {message.kind: (message.decision, message.reasons) for message in output.messages}
        busy = ("degraded", ["channel-busy"]) if device == "radio" else ("send", [])
        assert (said["rsm"], said["spat"], said["map"]) == (busy, ("send", []), ("send", []))
    assert station.snapshot(now).channel_busy == 0.9
    assert msgspec.to_builtins(station.snapshot(now))["channel_busy"] == 0.9
