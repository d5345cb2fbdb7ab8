"""CLPMM, how a platoon is managed (T/CSAE 157-2020, module Platooning)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from v2x import units
from v2x.records import names_ii
from v2x.records.common import Identity, MsgCount, Record
from v2x.wire.layout import Wire
from v2x.wire.limits import Limits


class PlatoonMember(Record, frozen=True, kw_only=True):
    """A vehicle of the platoon (MemberNode)."""

    id: Annotated[Identity, Wire("vid")]


Members: TypeAlias = tuple[PlatoonMember, ...]


class MemberManagement(Record, frozen=True, kw_only=True):
    """The leader's report of the platoon."""

    members: Annotated[Members, Limits(1, 32), Wire("memberList")]
    joining: Annotated[Members, Limits(0, 32), Wire("joiningList")] = ()
    leaving: Annotated[Members, Limits(0, 32), Wire("leavingList")] = ()
    capacity: Annotated[int, Limits(1, 32), Wire("capacity")]
    open_to_join: Annotated[bool, Wire("openToJoin")]


class PlatooningMessage(Record, frozen=True, kw_only=True, tag="CLPMM"):
    """The part of one vehicle in a platoon."""

    msg_cnt: Annotated[MsgCount, Wire("msgCnt")]
    id: Annotated[Identity, Wire("id")]
    sec_mark_ms: Annotated[int | None, Wire("secMark", units.SEC_MARK)]  # inside the UTC minute
    platoon_id: Annotated[bytes, Limits(17, 17), Wire("pid")]
    role: Annotated[names_ii.PlatoonRole | None, Wire("role")]  # None: one of a later edition
    status: Annotated[names_ii.PlatoonStatus | None, Wire("status")]  # None: one of a later edition
    leading: Annotated[MemberManagement | None, Wire("leadingExt")] = None
