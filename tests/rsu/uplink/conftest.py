"""The uplink beside a broker of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rsu.uplink.brokers import Make
from tests.rsu.uplink.rig import Rig
from tests.rsu.uplink.wire import Broker, Client


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Make]:
    made: list[Any] = []

    def make(behaviour: Callable[[Client], None], **settings: Any) -> Rig:
        broker = Broker(behaviour)
        rig = Rig(tmp_path, broker.port, **settings)
        made.extend([rig, broker])
        rig.broker = broker  # type: ignore[attr-defined]
        return rig

    yield make
    for each in made:
        each.close()
