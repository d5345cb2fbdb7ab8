"""Folders of recordings: each stands for the finished recordings in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hw.detail import Detail
from rsu.recording.errors import NotARecordingError

_EMPTY = Detail("{}: no finished recording (.mcap) in this folder", "{}：该文件夹中没有已完成的录制（.mcap）")


def listed(paths: Sequence[Path]) -> list[Path]:
    """Return recordings with folders replaced by theirs, by name. NotARecordingError: a folder has none."""
    found: list[Path] = []
    for path in paths:
        own = sorted(path.glob("*.mcap")) if path.is_dir() else [path]
        if not own:
            raise NotARecordingError(_EMPTY.of(path))
        found += own
    return found
