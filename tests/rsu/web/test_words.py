"""The page's words of events, messages and reasons are those of their rows."""

from __future__ import annotations

from perception.events.speed import OverspeedSettings
from rsu.messages import spat
from rsu.reasons.radio import RadioReason
from rsu.web import words


def test_codes_are_shown_under_the_names_of_their_rows() -> None:
    told = words.told()
    assert told["events"]["901"] == {"name": "Overspeed", "name_zh": OverspeedSettings.row.name_zh}
    assert told["messages"]["spat"] == {"title": spat.ROW.title, "title_zh": spat.ROW.title_zh}
    reasons = told["reasons"]
    assert reasons["switched-off"]["normal"] and not reasons["radio-lost"]["normal"]
    assert reasons["radio-lost"]["text"] == RadioReason.RADIO_LOST.words.text
    assert reasons["device-lost"]["text"] == "a device is lost"
