"""The table of processes: the modules and settings that its rows name exist."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from rsu.daemon.processes import PROCESSES, row


@pytest.mark.parametrize("name", [*PROCESSES, "replay", "video.north"])
def test_every_row_names_a_module_that_runs(name: str) -> None:
    one = row(name)
    taken = list(inspect.signature(import_module(one.module).run).parameters)
    assert taken[:4] == ["config", "run", "data", "stop"]
    assert len(taken) == 4 + len(one.further)
