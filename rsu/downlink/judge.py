"""The judgement of a command: obeyed, repeated or refused with its reason. Pure; times and memory come in.

An unsigned command's issuer is only a name in its properties: the broker's access rules decide on its clients. So
nothing that a forged message says is remembered: a command that is refused uses up no number and no counter.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple, Protocol

import msgspec

from hw.decoding import UNDECODABLE
from hw.timescale import MADE_NS
from rsu.downlink import signature
from rsu.downlink.contents import CommandBody
from rsu.downlink.delivery import Delivery
from rsu.downlink.errors import BAD_PARAMETER, RefusedError
from rsu.downlink.plan import Circumstances, CommandPlan
from rsu.downlink.signature import Signed
from rsu.downlink.table import COMMANDS, SIGNED, CommandRow
from rsu.reasons import commands as words
from rsu.site.commands import PLATFORM, CommandSettings

MAX_OCTETS = 65_536  # of a body
_LONGEST_NAME = 64  # characters of a claimed issuer


class JudgeTime(NamedTuple):
    """The time of a judgement; the command may have waited in the box."""

    utc_ns: int  # by the system clock
    plausible: bool = True  # as far as the station knows


class CommandMemory(Protocol):
    """The memory of commands."""

    def counter(self, issuer: str) -> int:
        """Return the highest counter of an issuer's signed commands so far."""

    def digest(self, issuer: str, command: str, number: str) -> bytes | None:
        """Return the digest of the body of an obeyed command; None: there was none of this number."""


class Obeyed(NamedTuple):
    """A command to be obeyed, and its plan; `plan` None: it is the repeat of one that was obeyed."""

    issuer: str
    number: str
    digest: bytes
    counter: int  # of its signature; 0: it has none
    expires_ns: int  # UTC
    deadline_ns: int  # UTC
    wants_answer: bool
    plan: CommandPlan | None


class Claim(NamedTuple):
    """The identity that a command claims, as far as it can be read: no proof of anything."""

    issuer: str = PLATFORM
    number: str = ""
    wants_answer: bool = True


class CommandJudge:
    """Judges the commands of one site."""

    def __init__(self, settings: CommandSettings, names: frozenset[str], at: Circumstances) -> None:
        """`names`: of the box and its radio at the platform; `at`: its fixed circumstances."""
        self._settings, self._names, self._at = settings, names, at

    def claim(self, delivery: Delivery) -> Claim:
        """Return the claimed identity of a command, for the answer and the log."""
        issuer = delivery.issuer[:_LONGEST_NAME] or PLATFORM
        try:
            content = msgspec.json.decode(delivery.body, type=CommandBody)
        except UNDECODABLE:
            return Claim(issuer)
        row = COMMANDS[delivery.command]
        number = "" if content.seq_num is None else str(content.seq_num)
        wants = content.ack or row.answered or bool(delivery.response_topic)
        return Claim(issuer, number, wants)

    def judge(self, delivery: Delivery, kept: CommandMemory, values: dict[str, bytes], now: JudgeTime) -> Obeyed:
        """Return the command with its plan. RefusedError: it is not obeyed. `values`: those that hold now."""
        row = COMMANDS[delivery.command]
        content = self._read(delivery, row)
        signed = self._signed(delivery)
        try:
            return self._judge(delivery, row, content, signed, kept, values, now)
        except RefusedError as error:
            error.issuer = "" if signed is None else signed.issuer
            raise

    def _judge(
        self,
        delivery: Delivery,
        row: CommandRow,
        content: CommandBody,
        signed: Signed | None,
        kept: CommandMemory,
        values: dict[str, bytes],
        now: JudgeTime,
    ) -> Obeyed:
        issuer = signed.issuer if signed is not None else delivery.issuer or PLATFORM
        self._refuse_unless_allowed(row, content, issuer, signed)
        number = str(content.seq_num) if content.seq_num is not None else str(signed.counter) if signed else ""
        if not number:
            raise RefusedError(words.NO_NUMBER, BAD_PARAMETER)
        expires_ns, deadline_ns = self._times(delivery, row.deadline_s, signed)
        obeyed = Obeyed(
            issuer=issuer,
            number=number,
            digest=hashlib.sha256(delivery.body).digest(),
            counter=signed.counter if signed else 0,
            expires_ns=expires_ns,
            deadline_ns=deadline_ns,
            wants_answer=self.claim(delivery).wants_answer,
            plan=None,
        )
        if self._is_repeat(delivery.command, obeyed, kept):
            return obeyed
        self._refuse_late(delivery, expires_ns, signed, now)
        at = self._at._replace(issuer=issuer, utc_ns=delivery.utc_ns, values=values)
        plan = row.effect(content, at)
        if plan.deadline_s is not None:
            expires_ns, deadline_ns = self._times(delivery, plan.deadline_s, signed)
        return obeyed._replace(plan=plan, expires_ns=expires_ns, deadline_ns=deadline_ns)

    def _read(self, delivery: Delivery, row: CommandRow) -> CommandBody:
        if delivery.retained:
            raise RefusedError(words.RETAINED)
        if delivery.qos != 1:
            raise RefusedError(words.QOS.of(delivery.qos))
        if len(delivery.body) > MAX_OCTETS:
            raise RefusedError(words.TOO_LONG.of(len(delivery.body), MAX_OCTETS), BAD_PARAMETER)
        try:
            content = msgspec.json.decode(delivery.body, type=row.content)
        except UNDECODABLE as error:
            raise RefusedError(words.NOT_READ.of(error), BAD_PARAMETER) from error
        for name in (content.rscu_sn, content.rsu_id, content.rsu_esn):
            if name and name not in self._names:
                raise RefusedError(words.OTHER_BOX.of(name), BAD_PARAMETER)
        return content

    def _signed(self, delivery: Delivery) -> Signed | None:
        if not delivery.signature:
            return None
        return signature.verified(delivery.signature, delivery.topic, delivery.body, self._settings.issuers)

    def _refuse_unless_allowed(self, row: CommandRow, content: CommandBody, issuer: str, signed: Signed | None) -> None:
        for right in row.rights(content):
            if right in SIGNED and signed is None:
                raise RefusedError(words.NO_SIGNATURE.of(right))
            allowed = {str(name): issuers for name, issuers in self._settings.allow.items()}
            if issuer not in allowed.get(right, []) or (signed is None and issuer in self._settings.issuers):
                raise RefusedError(words.NOT_ALLOWED.of(right, issuer))

    def _times(self, delivery: Delivery, deadline_s: float, signed: Signed | None) -> tuple[int, int]:
        """Return when the command expires, and by when it must be completed, UTC."""
        deadline_ns = delivery.utc_ns + round(deadline_s * 1e9)
        ends = [deadline_ns]
        if delivery.expiry_s is not None:
            ends.append(delivery.utc_ns + delivery.expiry_s * 1_000_000_000)
        if signed is not None:
            ends.append(signed.expires_ns)
        return min(ends), deadline_ns

    def _is_repeat(self, command: str, obeyed: Obeyed, kept: CommandMemory) -> bool:
        """Tell whether it was obeyed before. RefusedError: its number or counter was used for another one."""
        before = kept.digest(obeyed.issuer, command, obeyed.number)
        if before is not None and before != obeyed.digest:
            raise RefusedError(words.NUMBER_USED.of(obeyed.number))
        if before is None and obeyed.counter and obeyed.counter <= (last := kept.counter(obeyed.issuer)):
            raise RefusedError(words.COUNTER_USED.of(obeyed.counter, last))
        return before is not None

    def _refuse_late(self, delivery: Delivery, expires_ns: int, signed: Signed | None, now: JudgeTime) -> None:
        if signed is not None and (now.utc_ns < MADE_NS or not now.plausible):
            raise RefusedError(words.NO_UTC)
        if expires_ns <= delivery.utc_ns:
            raise RefusedError(words.EXPIRED.of(round((delivery.utc_ns - expires_ns) / 1e9, 1)))
        if expires_ns <= now.utc_ns:
            raise RefusedError(words.EXPIRED_WAITING)
