"""Against a model: commands come once, twice, late, expired, unsigned, replayed, and the process is killed anywhere.

None is applied twice, none after its expiry, the values are those of the applied and open commands in their order, and
every refusal has its reason. A kill is SQLite's interrupt after a number of its steps, then the files as they are then.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rsu.core import audit
from rsu.downlink.errors import JournalError
from sim.commands import body
from tests.rsu.downlink.office import CITY, TOPICS, Office

KINDS = st.sampled_from(["rsm", "spat", "map"])
SECOND = 1_000_000_000


class Given:
    """One command as the platform gave it."""

    def __init__(self, number: int, said: bytes, signature: str, expires_ns: int) -> None:
        self.number, self.said, self.signature, self.expires_ns = number, said, signature, expires_ns


class Commands(RuleBasedStateMachine):
    """The box and its platform."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.office = Office(self.folder)
        self.given: list[Given] = []
        self.applied_ns: dict[int, int] = {}  # journal id -> when it was first seen applied
        self.numbers: dict[int, int] = {}  # journal id -> seqNum

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.office.clerk.close()
            shutil.rmtree(self.folder)

    def _give(self, one: Given, **more: Any) -> Any:
        try:
            return self.office.give("config", one.said, signature=one.signature, **more)
        except JournalError:
            return None

    def _newest(self) -> list[Any]:
        """Return the newest commands of the journal, the newest first."""
        return self.office.clerk.journal._entries("1 ORDER BY id DESC LIMIT 1000")

    def _seen(self, entry: Any, number: int) -> None:
        if entry is not None and entry.state != "refused":
            assert self.numbers.setdefault(entry.id, number) == number

    @rule(kind=KINDS, send=st.booleans(), for_s=st.integers(-2, 8))
    def give_one(self, kind: str, send: bool, for_s: int) -> None:
        number, expires_s = len(self.given) + 1, self.office.now_ns // SECOND + for_s
        said = body(number, airConfig={kind: {"send": send}})
        self.given.append(Given(number, said, CITY.sign(TOPICS["config"], said, number, expires_s), expires_s * SECOND))
        entry = self._give(self.given[-1])
        assert entry is not None and (entry.state == "refused") == (for_s <= 0)
        self._seen(entry, number)

    @rule(data=st.data())
    def give_again(self, data: st.DataObject) -> None:
        if self.given:
            one = data.draw(st.sampled_from(self.given))
            self._seen(self._give(one), one.number)

    @rule(data=st.data(), kind=KINDS)
    def replay_for_another(self, data: st.DataObject, kind: str) -> None:
        if self.given:
            one = data.draw(st.sampled_from(self.given))
            entry = self.office.give(
                "config", body(one.number, airConfig={kind: {"local": False}}), signature=one.signature
            )
            assert entry.state == "refused" and entry.why

    @rule(kind=KINDS)
    def give_unsigned(self, kind: str) -> None:
        entry = self.office.give("config", body(10_000, airConfig={kind: {"send": False}}))
        assert entry.state == "refused" and "no signature" in entry.why

    @rule(seconds=st.integers(1, 6))
    def wait(self, seconds: int) -> None:
        self.office.now_ns += seconds * SECOND

    @rule(answers=st.booleans())
    def follow(self, answers: bool) -> None:
        self.office.follow(self.office.clerk.journal.revision if answers else None)

    @rule(kind=KINDS, steps=st.integers(1, 400), repeated=st.booleans())
    def kill(self, kind: str, steps: int, repeated: bool) -> None:
        """End the process somewhere in a command; begin again from the files as they are then."""
        number, expires_s = len(self.given) + 1, self.office.now_ns // SECOND + 6
        said = body(number, airConfig={kind: {"platform": False}})
        self.given.append(Given(number, said, CITY.sign(TOPICS["config"], said, number, expires_s), expires_s * SECOND))
        self.office.clerk.journal._db.set_progress_handler(lambda: 1, steps)
        self._seen(self._give(self.given[-1]), number)
        now_ns, copy = self.office.now_ns, Path(tempfile.mkdtemp())
        shutil.copytree(self.folder, copy, dirs_exist_ok=True)
        self.office.clerk.close()
        shutil.rmtree(self.folder)
        self.folder, self.office = copy, Office(copy)
        self.office.now_ns = now_ns
        if repeated:  # it was not acknowledged: the broker gives it again
            self._seen(self._give(self.given[-1]), number)

    @invariant()
    def none_is_applied_twice_or_late(self) -> None:
        if not hasattr(self, "office"):
            return
        entries = [each for each in self._newest() if each.state != "refused"]
        assert len({each.number for each in entries}) == len(entries)
        for entry in entries:
            if entry.state == "applied":
                first_ns = self.applied_ns.setdefault(entry.id, self.office.now_ns)
                assert first_ns < self.given[int(entry.number) - 1].expires_ns
            assert entry.why or entry.state != "failed"
        assert all(each.why for each in self._newest() if each.state == "refused")

    @invariant()
    def values_are_those_of_commands_that_hold(self) -> None:
        if not hasattr(self, "office"):
            return
        told = reversed(self._newest())
        held: dict[str, Any] = {}
        for entry in told:
            if entry.state in ("accepted", "applied"):
                for kind, switch in json.loads(entry.body)["airConfig"].items():
                    held[kind] = switch
        wanted = {kind: switch for kind, switch in held.items() if switch != {"send": True}}
        shown = self.office.clerk.orders().switches
        found = {kind: {"send": False} if not switch.send else {"platform": False} for kind, switch in shown.items()}
        assert found == wanted

    @invariant()
    def the_log_is_whole(self) -> None:
        if hasattr(self, "office"):
            assert audit.verify(self.office.clerk._audit) == []


Commands.TestCase.settings = settings(max_examples=8, stateful_step_count=25, deadline=None, derandomize=True)
TestCommands = Commands.TestCase
