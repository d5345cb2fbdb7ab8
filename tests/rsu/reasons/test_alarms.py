"""The table of alarms is whole: one row for every reason that is a fault, in step with the gate and the figures."""

from __future__ import annotations

from hw.vital_rules import RULES
from rsu.messages.row import Permission
from rsu.reasons import NORMAL, REASONS, words
from rsu.reasons.alarms import ALARMS, Level
from rsu.reasons.devices import DeviceReason
from rsu.station import gate


def test_every_reason_that_is_a_fault_has_one_row() -> None:
    assert set(ALARMS) == set(REASONS) - NORMAL
    assert len(ALARMS) > 24


def test_every_row_says_all_in_both_languages() -> None:
    for code, row in ALARMS.items():
        said = words(code)
        assert said.text and said.do and said.text_zh and said.do_zh, code
        for detail in (row.level.value, row.cause, row.clears, row.effect):
            assert detail is None or (detail.en and detail.zh), code
        assert (row.effect is None) == (code in gate.TABLE), "the gate tells the effect of its reasons"


def test_an_alarm_of_the_gate_is_critical_if_it_silences_a_message() -> None:
    for code, decisions in gate.TABLE.items():
        if code in ALARMS:
            assert (ALARMS[code].level is Level.CRITICAL) == (Permission.SILENT in decisions), code


def test_every_vital_figure_with_thresholds_has_its_words() -> None:
    assert {rule.code for rule in RULES} == set(DeviceReason) - {DeviceReason.MOVED}
