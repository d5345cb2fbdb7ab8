"""The page's words of events are those of their rows."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from perception.events.kinds import KINDS, EventKind

SHOWN = dict(re.findall(r'(\d+): "([^"]+)"', files("rsu.web").joinpath("static/words.js").read_text("utf-8")))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_an_event_is_shown_under_its_name(kind: EventKind) -> None:
    assert SHOWN[str(kind.code)] == kind.name
