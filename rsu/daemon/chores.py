"""The supervisor's checks of disks, on a thread of their own: a disk that hangs stops this thread, and is named."""

from __future__ import annotations

import os
import threading
import time
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import structlog

from hw import system
from hw.detail import NOTHING, Detail
from rsu.bus.records import Trouble
from rsu.core import folders
from rsu.core.errors import AlreadyRunningError, ConfigError
from rsu.core.exits import Exit
from rsu.daemon import site_copy
from rsu.daemon.duty import Duty, duty_of, shelves
from rsu.daemon.probation import UNUSABLE, ProbationWatch
from rsu.reasons.box import BoxReason
from rsu.site import config

_PERIOD_S = 2.0
_HANGS_S = 8.0  # a look at a folder takes milliseconds
_SITE_S = 3.0  # after the start: a station begins first
_FINDINGS = 20  # logged at once
_AND_MORE = Detail("{first} (and {count} more)", "{first}（另有 {count} 项）")
_log = structlog.get_logger()


class HeldFolder(NamedTuple):
    """A folder of this daemon, and its identity when it was taken."""

    path: Path
    identity: tuple[int, int]  # device, inode


class Chores:
    """The thread. Its findings may be read at any time."""

    def __init__(self, duty: Duty, held: list[HeldFolder]) -> None:
        self._duty = duty
        self._held = held
        self._claims = ExitStack()
        self._wake = threading.Event()
        self._wanted = threading.Event()  # a reload
        self._renewed: Duty | None = None
        self._answer: str | None = None  # to a reload
        self.reloads, self.refused = 0, ""  # that have come to an end; why the last of them changed nothing
        self.warnings: int | None = None  # of the site in use, as `rsu check` counts them; None: not yet known
        self._doing: tuple[float, str] | None = None  # since when, name of the chore
        self._folders: dict[Path, Trouble] = {}
        self._site: Trouble | None = None
        self._stamps: list[tuple[int, int, int] | None] | None = None
        self._look_at_site_s = time.monotonic() + _SITE_S
        self._watch = ProbationWatch(Path(duty.origin), held[0].path)
        self._unwatched = ""  # why the last look at a site on probation failed
        self._failed = ""  # why the station went back from the newest site
        self.going_over = False  # processes still have to start on the newest site
        threading.Thread(target=self._work, daemon=True).start()

    def reload(self) -> None:
        """Have the site file read again, soon."""
        self._wanted.set()
        self._wake.set()

    def renewed(self) -> Duty | None:
        """Return the result of a reload, once."""
        duty, self._renewed = self._renewed, None
        return duty

    def answer(self) -> str | None:
        """Return, once, how a reload has ended: why the site before stays in use, or nothing; None: no news."""
        answer, self._answer = self._answer, None
        return answer

    def back_to(self, duty: Duty, why: str) -> None:
        """Note that a renewed site came to nothing."""
        self._duty, self.warnings, self._failed = duty, None, why
        self._site = Trouble(BoxReason.SITE_FAILED, duty.origin, why, time.time_ns())

    def troubles(self) -> list[Trouble]:
        """Return the faults of folders and site file."""
        found = [*self._folders.values(), *([self._site] if self._site else [])]
        doing = self._doing
        if doing is not None and (hangs_s := time.monotonic() - doing[0]) > _HANGS_S:
            found.append(Trouble(BoxReason.DISK_HANGS, doing[1], since_ns=time.time_ns() - round(hangs_s * 1e9)))
        return found

    def _work(self) -> None:
        try:
            self._turn()
        except BaseException:
            traceback.print_exc()
            os._exit(Exit.OUR_BUG)  # and another supervisor takes over: this one would see nothing any more

    def _turn(self) -> None:
        while True:
            for index, held in enumerate(self._held):
                self._do(str(held.path))
                self._look_at(index, held)
            self._do(self._duty.origin)
            if self._wanted.is_set() or self._is_probation_due():
                self._wanted.clear()
                self._failed = ""
                self._answer = self.refused = self._reload()
                self.reloads += 1
            elif time.monotonic() >= self._look_at_site_s:
                if self.warnings is None:
                    self._warn()
                self._look_at_site()
            self._doing = None
            self._wake.wait(_PERIOD_S)
            self._wake.clear()

    def _is_probation_due(self) -> bool:
        """Look after a site on probation; return whether the site file is to be read again."""
        why = self.refused or self._failed
        try:
            due = self._watch.wants_reload(self._duty) or self._watch.returned(self._duty, self.going_over, why)
            self._unwatched = ""
        except UNUSABLE as error:
            due = False
            if str(error) != self._unwatched:
                self._unwatched = str(error)
                _log.error("site on probation not looked after", path=self._duty.origin, why=self._unwatched)
        return due

    def _do(self, what: str) -> None:
        self._doing = time.monotonic(), what

    def _look_at(self, index: int, held: HeldFolder) -> None:
        try:
            reason, detail = self._state(index, held)
        except OSError as error:
            reason, detail = BoxReason.FOLDER_UNUSABLE, system.said(error)
        if reason is None:
            self._folders.pop(held.path, None)
        elif held.path not in self._folders or self._folders[held.path].reason != reason:
            _log.error("folder", path=str(held.path), trouble=reason, why=detail.en)
            self._folders[held.path] = _trouble(reason, held.path, detail)

    def _state(self, index: int, held: HeldFolder) -> tuple[BoxReason | None, Detail]:
        """Return the fault of a folder; make and hold it again where it was deleted."""
        facts = held.path.stat() if held.path.exists() else None
        if facts is None or (facts.st_dev, facts.st_ino) != held.identity:
            try:
                descriptor = self._claims.enter_context(folders.claim(held.path))
            except AlreadyRunningError as error:
                return BoxReason.FOLDER_TAKEN, error.args[0]
            facts = os.fstat(descriptor)
            self._held[index] = HeldFolder(held.path, (facts.st_dev, facts.st_ino))
            _log.error("folder was deleted, made again", path=str(held.path))
        if os.statvfs(held.path).f_flag & os.ST_RDONLY or not os.access(held.path, os.W_OK):
            return BoxReason.FOLDER_READ_ONLY, NOTHING
        return None, NOTHING

    def _warn(self) -> None:
        """Log the warnings of `rsu check`, under the names of the edited files."""
        copy = self._duty.path.removesuffix(self._duty.origin)
        found = [one for one in config.check(Path(self._duty.path)) if one.level == "warning"]
        for one in found:
            _log.warning("site file", finding=str(one._replace(file=one.file.removeprefix(copy))))
        self.warnings = len(found)

    def _look_at_site(self) -> None:
        """Name it when the edited files differ from the copy in use."""
        duty = self._duty
        stamps = site_copy.stamps(duty.files)
        if stamps == self._stamps:
            return
        self._stamps = stamps
        try:
            same, why = site_copy.gather(Path(duty.origin)).digest == duty.digest, NOTHING
        except ConfigError as error:
            same, why = False, _in_short(error)
        except OSError as error:
            same, why = False, system.said(error)
        if same:
            self._site = None
        elif self._site is None or self._site.detail != why.en:
            reason = BoxReason.SITE_UNFIT if why.en else BoxReason.SITE_CHANGED
            self._site = _trouble(reason, duty.origin, why)
            _log.warning("site file changed, not in use", path=duty.origin, errors=why.en)

    def _reload(self) -> str:
        """Freeze the edited files; return why the copy in use stays in use, empty where it does not."""
        places = shelves(*(each.path for each in self._held))
        try:
            fresh = duty_of(site_copy.freeze(site_copy.gather(Path(self._duty.origin)), places))
        except (ConfigError, OSError) as error:
            why = _in_short(error) if isinstance(error, ConfigError) else system.said(error)
            for finding in error.findings[:_FINDINGS] if isinstance(error, ConfigError) else [why]:
                _log.error("site file not taken, the one before stays in use", finding=str(finding))
            self._site = _trouble(BoxReason.SITE_UNFIT, self._duty.origin, why)
            return why.en
        self._site, self._stamps = None, site_copy.stamps(fresh.files)
        if fresh.digest == self._duty.digest:
            _log.info("site file unchanged", path=self._duty.origin)
            return ""
        self._duty = self._renewed = fresh
        self.warnings = None
        return ""


def _trouble(reason: BoxReason, about: object, why: Detail) -> Trouble:
    """Return a trouble that begins now."""
    return Trouble(reason, str(about), why.en, time.time_ns(), detail_zh=why.zh)


def _in_short(error: ConfigError) -> Detail:
    """Return the first errors of a site file."""
    first, count = error.findings[0], len(error.findings)
    shown = Detail(first.said("en"), first.said("zh"))
    return shown if count == 1 else _AND_MORE.of(first=shown, count=count - 1)
