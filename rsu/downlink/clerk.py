"""Takes commands, keeps them, follows each to its end, and has the answers ready. Time and the station's word come in.

A command is logged and in the journal before `take` returns; only then may it be acknowledged to the broker. Where the
disk takes neither, JournalError: the caller keeps it and gives it again, as the broker does on its next connection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import structlog

from hw.detail import Detail
from rsu.bus.orders import AirOrders, AirState
from rsu.core import audit
from rsu.core.errors import RsuError
from rsu.downlink import journal, sites
from rsu.downlink.contents import ConfigDown
from rsu.downlink.delivery import CommandAnswer, Delivery
from rsu.downlink.due import DueAnswer
from rsu.downlink.errors import LONGEST, NOT_PROCESSED, JournalError, RefusedError
from rsu.downlink.journal import APPLIED, FILE, CommandEntry, CommandJournal
from rsu.downlink.judge import Claim, CommandJudge, JudgeTime, Obeyed
from rsu.downlink.plan import Facts, Until, air_orders, run_out
from rsu.downlink.table import COMMANDS
from rsu.reasons import commands as words
from rsu.site.commands import PLATFORM, CommandSettings
from rsu.site.keys.flat import SiteChange
from rsu.site.probation import SiteProbation

_MINUTE_NS = 60_000_000_000
_ROWS = [row for row in vars(words).values() if isinstance(row, Detail)]
_log = structlog.get_logger()
Trial = Callable[[], list[SiteChange]]  # raises RefusedError


class Surroundings(NamedTuple):
    """The events that complete commands, as far as they have come about."""

    air: AirState | None = None  # the station's newest word
    start: str = ""  # of the daemon
    reached_revision: int = 0  # of the values under which the platform has acknowledged a record
    probation: Callable[[], SiteProbation | None] | None = (
        None  # reads the newest of the site; None: it cannot be read now
    )


class Clerk:
    """The commands of one box."""

    def __init__(self, settings: CommandSettings, judge: CommandJudge, data: Path) -> None:
        """Open the journal in the data folder. JournalError."""
        self._judge, self._settings = judge, settings
        self._audit = data / audit.FOLDER
        self._told_ns: dict[str, int] = {}  # reason -> UTC of the entry of its last refusal without a proven issuer
        self.journal = CommandJournal(data / FILE, settings.kept)

    def take(self, delivery: Delivery, answers: str, now: JudgeTime) -> CommandEntry:
        """Take one command. JournalError: it is not taken. `answers`: topic of its answers, where it names none."""
        claim, topic = self._judge.claim(delivery), delivery.response_topic or answers
        topic = topic if claim.wants_answer else ""
        try:
            obeyed = self._judged(delivery, now)
        except RefusedError as error:
            self._log_refused(delivery, claim, error)
            claim = claim._replace(issuer=error.issuer or claim.issuer)
            return self.journal.refuse(delivery, claim, error, topic)
        if obeyed.plan is None:
            self._log(delivery.utc_ns, obeyed.issuer, delivery.command, obeyed.number, "repeated")
            return self.journal.again(delivery, obeyed, topic)
        return self._accept(delivery, obeyed, topic)

    def _log_refused(self, delivery: Delivery, claim: Claim, error: RefusedError) -> None:
        """Log a refusal under its proven issuer; without one at most once a minute for each reason.

        Any client with the right to publish could otherwise push all older entries out of the log.
        """
        number = claim.number
        if not error.issuer:
            cause = next((row.en for row in _ROWS if row.says(error.text)), "")
            if abs(delivery.utc_ns - self._told_ns.get(cause, 0)) < _MINUTE_NS:
                return
            self._told_ns[cause] = delivery.utc_ns
            number += f" (claims {claim.issuer})" if claim.issuer != PLATFORM else ""
        issuer = error.issuer or PLATFORM
        self._log(delivery.utc_ns, issuer, delivery.command, number, f"refused: {error.text}")

    def _judged(self, delivery: Delivery, now: JudgeTime) -> Obeyed:
        try:
            return self._judge.judge(delivery, self.journal, self.journal.values(), now)
        except RsuError:
            raise
        except Exception as error:  # else the broker would deliver it again and again, and nothing after it
            _log.exception("command not judged", command=delivery.command)
            raise RefusedError(words.MISTAKE.of(type(error).__name__)) from error

    def _accept(self, delivery: Delivery, obeyed: Obeyed, topic: str) -> CommandEntry:
        plan = obeyed.plan
        assert plan is not None
        held = self.journal.values()
        before = {name: _shown(held.get(name)) for name in plan.values}
        after = {name: _shown(json) for name, json in plan.values.items()}
        self._log(delivery.utc_ns, obeyed.issuer, delivery.command, obeyed.number, journal.ACCEPTED, before, after)
        entry = self.journal.accept(delivery, obeyed, topic)
        return self._applied(entry, delivery.utc_ns) if entry.until == Until.KEPT else entry

    def follow(self, utc_ns: int, seen: Surroundings) -> None:
        """End the commands that are complete, late or expired, and the orders that have run out."""
        for entry in self.journal.open():
            if entry.until == Until.SITE and entry.begun:
                self._follow_site(entry, utc_ns, seen)
                continue
            done = self._is_done(entry, seen)
            if utc_ns >= _end_ns(entry):
                late = utc_ns >= entry.deadline_ns
                limit_s = round((entry.deadline_ns - entry.utc_ns) / 1e9)
                self.fail(entry, utc_ns, words.TOO_LATE.say(limit_s) if late else words.EXPIRED_WAITING.en)
            elif done:
                self._applied(entry, utc_ns)
        if gone := run_out(self.journal.values(), utc_ns):
            self.journal.drop(gone)

    def trial(self, entry: CommandEntry, site: Path, well: list[str], utc_ns: int) -> Trial:
        """Return the work of putting the site that a command orders on probation: seconds, so for another thread.

        `well`: result of `rsu.bus.proof.working`; empty: not known.
        """
        content = msgspec.json.decode(entry.body, type=ConfigDown)
        times_s = self._settings.probation_s, (entry.expires_ns - utc_ns) / 1e9
        return partial(sites.try_out, site, content.site_config, origin(entry), well, times_s)

    def tried(self, entry: CommandEntry, utc_ns: int, result: Trial) -> None:
        """Note how that has ended. `result`: of the work."""
        try:
            found = result()
        except RefusedError as error:
            self.fail(entry, utc_ns, error.text)
            return
        except Exception as error:  # else the process ends, and nothing is said of the mistake
            _log.exception("site not tried out", command=entry.command)
            self.fail(entry, utc_ns, words.MISTAKE.say(type(error).__name__))
            return
        before, after = {each.key: each.before for each in found}, {each.key: each.after for each in found}
        self._log(utc_ns, entry.issuer, entry.command, entry.number, "on probation", before, after)

    def _follow_site(self, entry: CommandEntry, utc_ns: int, seen: Surroundings) -> None:
        """End a command whose site has stood its probation, or has not: that ends before the command expires."""
        if seen.probation is None:
            return
        found = seen.probation()
        if found is None or found.by != origin(entry):
            self.fail(entry, utc_ns, words.CUT_OFF.en)
        elif found.state == "kept":
            self._applied(entry, utc_ns)
        elif found.state == "returned":
            self.fail(entry, utc_ns, words.RETURNED.say(found.why))

    def _is_done(self, entry: CommandEntry, seen: Surroundings) -> bool:
        match entry.until:
            case Until.STATION:
                return seen.air is not None and seen.air.revision >= entry.revision
            case Until.RESTART:
                return bool(entry.begun) and entry.begun != seen.start
            case Until.CONNECTED:
                return seen.reached_revision >= entry.revision
            case Until.SITE | Until.ERRAND:
                return False
            case _:
                return True

    def begin(self, until: Until, start: str) -> list[CommandEntry]:
        """Return the commands of a kind that are to be begun now; each is returned once."""
        waiting = [each for each in self.journal.open() if each.until == until and not each.begun]
        for entry in waiting:
            self.journal.begin(entry.id, start)
        return waiting

    def fail(self, entry: CommandEntry, utc_ns: int, why: str) -> None:
        """End a command that cannot be completed."""
        self._log(utc_ns, entry.issuer, entry.command, entry.number, f"failed: {why}")
        self.journal.failed(entry.id, NOT_PROCESSED, why)

    def errands(self) -> list[CommandEntry]:
        """Return the open commands that a process of its own carries out, in their order."""
        return [each for each in self.journal.open() if each.until == Until.ERRAND]

    def done(self, entry: CommandEntry, utc_ns: int, content: Mapping[str, object]) -> None:
        """End an errand that is done. `content`: of the answer."""
        self._applied(entry, utc_ns, msgspec.json.encode(content))

    def _applied(self, entry: CommandEntry, utc_ns: int, content: bytes = b"") -> CommandEntry:
        self._log(utc_ns, entry.issuer, entry.command, entry.number, APPLIED)
        return self.journal.applied(entry.id, content)

    def orders(self) -> AirOrders:
        """Return the orders for the station."""
        return air_orders(self.journal.revision, self.journal.values())

    def answer(self, due: DueAnswer, utc_ns: int, facts: Facts | None) -> CommandAnswer:
        """Return an answer that is due. `facts` None: without its content."""
        entry = self.journal.entry(due.command)
        said: dict[str, object] = {"timeStamp": utc_ns // 1_000_000, "seqNum": entry.number, "errorCode": entry.code}
        if entry.why:
            said["errorDesc"] = entry.why[:LONGEST]
        said["state"] = entry.state
        if entry.state == APPLIED and facts is not None:
            row = COMMANDS[entry.command]
            said |= row.says(msgspec.json.decode(entry.body, type=row.content), facts)
            said |= msgspec.json.decode(entry.content, type=dict[str, object]) if entry.content else {}
        return CommandAnswer(due.topic, msgspec.json.encode(said), due.correlation)

    def _log(
        self,
        utc_ns: int,
        issuer: str,
        command: str,
        number: str,
        outcome: str,
        before: object = None,
        after: object = None,
    ) -> None:
        try:
            about = f"{command} {number}".rstrip()
            audit.append(self._audit, utc_ns / 1e9, f"platform: {issuer}", "command", about, before, after, outcome)
        except OSError as error:
            raise JournalError(str(error)) from error

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()


def _end_ns(entry: CommandEntry) -> int:
    """Return until when a command may be completed, UTC: an errand that has begun in time, to its deadline."""
    return entry.deadline_ns if entry.until == Until.ERRAND and entry.begun else entry.expires_ns


def origin(entry: CommandEntry) -> str:
    """Return the name of a command as the origin of a version of the site."""
    return f"platform: {entry.issuer}: {entry.command} {entry.number} (#{entry.id})"


def _shown(json: bytes | None) -> object:
    return None if not json else msgspec.json.decode(json)
