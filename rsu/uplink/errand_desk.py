"""The errands of commands, one after the other, each in a process that ends with this one or with its command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import msgspec

from hw import system
from hw.credential import place
from hw.decoding import UNDECODABLE
from rsu.core.parent import die_with_us
from rsu.downlink.clerk import Clerk
from rsu.downlink.errand_brief import ErrandBrief, ErrandResult, UploadPlace
from rsu.downlink.journal import CommandEntry
from rsu.downlink.table import COMMANDS
from rsu.reasons import commands as words
from rsu.site import box
from rsu.site.config import Config

_COMMAND = (sys.executable, "-m", "rsu.errand.work")


class _OpenErrand(NamedTuple):
    """One that is under way. Its result fits into a pipe (64 KiB, pipe(7)), so that it never waits for us."""

    entry: CommandEntry
    process: subprocess.Popen[bytes]

    def result(self) -> ErrandResult:
        """Return its result once it has ended."""
        assert self.process.stdout is not None
        try:
            return msgspec.json.decode(self.process.stdout.read(), type=ErrandResult)
        except UNDECODABLE:
            return ErrandResult(why=words.MISTAKE.say(f"exit code {self.process.returncode}"))

    def close(self) -> None:
        """End it, if it has not ended."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


class ErrandDesk:
    """All errands of a box. `start`: of the daemon; one that an earlier start began is done again."""

    def __init__(self, config: Config, run: Path, data: Path, start: str) -> None:
        self._config, self._run, self._data, self._start = config, run, data, start
        self._errand: _OpenErrand | None = None

    def turn(self, clerk: Clerk, utc_ns: int) -> None:
        """End the errand that is done or whose command is over, and begin the next."""
        waiting = clerk.errands()
        if (errand := self._errand) is not None:
            if errand.entry.id not in {entry.id for entry in waiting}:
                self._leave(errand)
            elif errand.process.poll() is not None:
                found = errand.result()
                if found.why:
                    clerk.fail(errand.entry, utc_ns, found.why)
                else:
                    clerk.done(errand.entry, utc_ns, found.content)
                self._leave(errand)
        elif waiting:
            clerk.journal.begin(waiting[0].id, self._start)
            try:
                self._errand = self._begun(waiting[0])
            except OSError as error:  # no process, no memory: records go on
                clerk.fail(waiting[0], utc_ns, words.NO_PROCESS.say(system.said(error)))

    def _begun(self, entry: CommandEntry) -> _OpenErrand:
        process = subprocess.Popen(_COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_us())
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(self._brief(entry)))
        process.stdin.close()
        return _OpenErrand(entry, process)

    def _brief(self, entry: CommandEntry) -> ErrandBrief:
        site, uploads = self._config.site, self._config.site.uplink.uploads
        content = msgspec.json.decode(entry.body, type=COMMANDS[entry.command].content)
        return ErrandBrief(
            command=entry.command,
            body=msgspec.json.encode(content),
            utc_ns=entry.utc_ns,
            rscu=box.box(self._config).identity.rscu_sn,
            run=str(self._run),
            data=str(self._data),
            recordings=str(self._data / site.recording.path),
            log=_path(None if uploads is None else uploads.log),
            uploads=None
            if uploads is None
            else UploadPlace(uploads.url, uploads.username or "", _path(uploads.password_file), _path(uploads.ca)),
        )

    def _leave(self, errand: _OpenErrand) -> None:
        errand.close()
        self._errand = None

    def close(self) -> None:
        """End the errand that is under way; the next start does it again."""
        if self._errand is not None:
            self._leave(self._errand)


def _path(file: Path | None) -> str:
    return "" if file is None else str(place(file))
