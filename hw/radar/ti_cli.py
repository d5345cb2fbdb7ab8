"""The command port of TI mmWave radars: profiles (.cfg files) and the dialogue that loads one into a radar.

One command a line; the radar answers with an echo of it, perhaps a remark, then `Done` or `Error ...` (or "... is not
recognized as a CLI command"), then the prompt `mmwDemo:/>`. `%` begins a comment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from hw import system
from hw.detail import Detail
from hw.errors import ProfileError
from hw.intake import refuse

STOP, START, FRAMES, TRACKER = "sensorStop", "sensorStart", "frameCfg", "trackingCfg"
MONITOR, BAUD_RATE = "guiMonitor", "baudRate"
LONG_MONITOR = 8  # words of guiMonitor on radars of SDK 3; more are of an xWRL6432, in another order
LONGEST_MS = 10_000
PROMPT = "mmwDemo:/>"
ANSWER_NS = 1_500_000_000  # sensorStart calibrates the radio first
TRIES = 3
REST_NS = 2_000_000_000  # between two attempts to load the whole profile
SETTLE_NS = 1_000_000_000  # from the last answer to the first frame at the latest
MAX_ANSWER = 4096

NO_ANSWER = Detail('no answer to "{}"', "命令“{}”无应答")
REFUSED = Detail('refused "{}": {}', "拒绝命令“{}”：{}")
_IN_FILE = Detail("{path}: {problem}", "{path}：{problem}")
_NO_START = Detail("the last command is not {start}", "最后一条命令不是 {start}")
_BAUD = Detail(
    "{command} would change the speed of the line that it comes on: leave it out",
    "{command} 会改变命令口自身的波特率：请删去",
)
_NO_PERIOD = Detail("no {frames} with a frame period", "没有带帧周期的 {frames}")
_PERIOD = Detail(
    "{frames}: a frame period of 1..{most} ms is expected, not {got}", "{frames}：帧周期应为 1..{most} ms，实为 {got}"
)
_ASCII = Detail(
    "line {number}: only comments (after %) may hold other letters than ASCII's",
    "第 {number} 行：只有注释（% 之后）可含 ASCII 以外的字符",
)
DETAILS = (NO_ANSWER, REFUSED)


class Profile(NamedTuple):
    """The content of a .cfg file: the commands in order, and the parameters that the driver needs."""

    commands: tuple[str, ...]
    period_ns: int  # between two frames
    tracks: bool  # the radar tracks by itself and sends targets
    statistics: bool  # every frame, of an empty road as well, tells of the radar's work


def parse_profile(text: str) -> Profile:
    """Return the profile in the text of a .cfg file; raises ProfileError.

    A command is known by its first word: on low-power radars (xWRL6432) sensorStop and sensorStart take numbers.
    """
    commands = tuple(_commands(text))
    words = {command.split()[0]: command.split() for command in commands}
    if not commands or first_word(commands[-1]) != START:
        raise ProfileError(_NO_START.of(start=START))
    if BAUD_RATE in words:
        raise ProfileError(_BAUD.of(command=BAUD_RATE))
    try:
        period_ms = float(words[FRAMES][5])
    except (KeyError, IndexError, ValueError) as error:
        raise ProfileError(_NO_PERIOD.of(frames=FRAMES)) from error
    if not 1 <= period_ms <= LONGEST_MS:
        raise ProfileError(_PERIOD.of(frames=FRAMES, most=LONGEST_MS, got=words[FRAMES][5]))
    first = () if first_word(commands[0]) == STOP else (STOP,)
    shown = words.get(MONITOR, [])
    statistics = shown[6:7] if len(shown) > LONG_MONITOR else shown[7:8]
    return Profile(first + commands, round(period_ms * 1e6), words.get(TRACKER, [])[1:2] == ["1"], statistics == ["1"])


def first_word(command: str) -> str:
    """Return the name of a command with its subcommand, without its numbers."""
    return command.split(maxsplit=1)[0]


def _commands(text: str) -> Iterator[str]:
    """Yield the commands; only line feeds end a line, and comments, in any language, are not sent."""
    for number, line in enumerate(text.split("\n"), 1):
        if command := " ".join(line.split("%")[0].split()):
            if not command.isascii():
                raise ProfileError(_ASCII.of(number=number))
            yield command


def read_profile(path: Path) -> Profile:
    """Return the profile in a .cfg file, UTF-8; raises ProfileError."""
    try:
        return parse_profile(path.read_bytes().decode("utf-8-sig", "surrogateescape"))  # a comment may be of anything
    except ProfileError as error:
        raise ProfileError(_IN_FILE.of(path=path, problem=error.args[0])) from error
    except OSError as error:
        raise ProfileError(_IN_FILE.of(path=path, problem=system.said(error))) from error


class Dialogue:
    """Sends a profile line by line, each when the one before is answered. Works on a radar in any state.

    Counters: `cli-error` (commands that the radar refused), `cli-timeout` (commands without an answer).
    """

    def __init__(self, commands: tuple[str, ...], counters: Counter[str]) -> None:
        self._commands = commands
        self._counters = counters
        self.error: str | None = None  # the fault of the newest whole attempt
        self.restart()

    def restart(self) -> None:
        """Begin with the first command at the next `due`."""
        self._index = 0
        self._tries = 0
        self._sent_ns = 0
        self._rest_until_ns = 0
        self._echoed = False
        self._text = ""
        self._refusal: str | None = None
        self._completed_ns: int | None = None

    @property
    def complete(self) -> bool:
        """Whether every command was answered."""
        return self._completed_ns is not None

    def settled(self, now_ns: int) -> bool:
        """Return whether the radar has had time to send frames since every command was answered."""
        return self._completed_ns is not None and now_ns - self._completed_ns > SETTLE_NS

    def due(self, now_ns: int) -> bytes:
        """Return the octets to write now."""
        if self.complete or now_ns < self._rest_until_ns or now_ns - self._sent_ns < ANSWER_NS * bool(self._tries):
            return b""
        if self._tries:
            refuse(self._counters, "cli-timeout", self._text[-MAX_ANSWER:].encode())
        if self._tries == TRIES:
            self._give_up(NO_ANSWER.say(self._commands[self._index]), now_ns)
            return b""
        self._tries += 1
        self._sent_ns = now_ns
        self._echoed = False
        # An empty line first flushes half a command that another program left in the radar's line buffer.
        flush = "\n" if self._index == 0 else ""
        return f"{flush}{self._commands[self._index]}\n".encode()

    def received(self, data: bytes, now_ns: int) -> None:
        """Take octets that the radar wrote."""
        *lines, rest = re.split("[\r\n]+", self._text + data.decode("ascii", "replace"))
        self._text = rest[-MAX_ANSWER:]
        for line in lines:
            if not self.complete and self._tries:
                self._take(line.strip().removeprefix(PROMPT).strip(), now_ns)

    def _take(self, line: str, now_ns: int) -> None:
        command = self._commands[self._index]
        if line == command:
            self._echoed = True
        elif self._echoed and line == "Done":
            self._next(now_ns)
        elif self._echoed and (line.startswith("Error") or "not recognized" in line):
            refuse(self._counters, "cli-error", line.encode())
            self._refusal = REFUSED.say(command, line)
            if first_word(command) == START:
                self._give_up(self._refusal, now_ns)
            else:
                self._next(now_ns)  # profiles of other firmware versions run in spite of a command too many

    def _next(self, now_ns: int) -> None:
        self._index += 1
        self._tries = 0
        if self._index == len(self._commands):
            self._completed_ns = now_ns
            self.error = self._refusal

    def _give_up(self, error: str, now_ns: int) -> None:
        self.restart()
        self.error = error
        self._rest_until_ns = now_ns + REST_NS
