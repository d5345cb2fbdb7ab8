"""Errors of the daemon.

RsuError
    ConfigError          a site file or lane map that cannot be used; carries every finding with its place
    AlreadyRunningError  another daemon holds the run folder
    NotReachableError    no daemon answers in the run folder
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from hw.detail import Detail

Level = Literal["error", "warning"]


class Finding(NamedTuple):
    """One thing wrong in a file: its place (1-based line and column), its key and its reason, in both languages."""

    file: str
    line: int
    column: int
    key: str
    text: str
    text_zh: str
    level: Level = "error"  # the site cannot be run; warning: it can, and is hardly meant so

    def __str__(self) -> str:
        return self.said("en")

    def said(self, language: str) -> str:
        """Format as compilers do, so that editors can jump to it."""
        warning, text = ("警告", self.text_zh) if language == "zh" else ("warning", self.text)
        level = f"{warning}: " if self.level == "warning" else ""
        where = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}:{self.column}: {level}{where}{text}"


class RsuError(Exception):
    """Base of the daemon's errors."""


class ConfigError(RsuError):
    """A configuration that cannot be used, with all findings at once."""

    def __init__(self, findings: list[Finding]) -> None:
        en, zh = ("\n".join(finding.said(language) for finding in findings) for language in ("en", "zh"))
        super().__init__(Detail(en, zh))
        self.findings = findings

    def __reduce__(self) -> tuple[type[ConfigError], tuple[list[Finding]]]:
        """Come through to another process as it is."""
        return type(self), (self.findings,)


class AlreadyRunningError(RsuError):
    """Another daemon holds the run folder."""


class NotReachableError(RsuError):
    """No daemon answers in the run folder."""
