"""A clock of the test's own, and a listening socket."""

from __future__ import annotations

import pytest

from tests.hw.lines import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
