"""Faults of a source's frames are counted with their places."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rsu.lab.importing.findings import Findings, SourceCheck
from tests.rsu.lab.importing.samples import BEGIN_NS


@given(st.lists(st.tuples(st.integers(0, 40), st.sets(st.integers(0, 5), max_size=3)), max_size=40))
def test_findings_count_what_is_there(frames: list[tuple[int, set[int]]]) -> None:
    findings = Findings()
    check = SourceCheck("radar", findings)
    for number, (tenths, ids) in enumerate(frames):
        content = tuple(sorted(ids))
        check.frame(str(number), BEGIN_NS + tenths * 10**8, BEGIN_NS + number * 10**8, ids, content)
    counts = {finding.kind: finding.count for finding in findings.list()}
    stamps = [tenths for tenths, _ in frames]
    filled = [tuple(sorted(ids)) for _, ids in frames if ids]
    assert counts.get("out-of-order", 0) == sum(b < a for a, b in pairwise(stamps))
    assert counts.get("duplicate", 0) == len(filled) - len(set(filled))
    assert all(int(finding.first) <= int(finding.last) for finding in findings.list())


def test_a_clock_that_stands_and_two_sets_are_found() -> None:
    findings = Findings()
    check = SourceCheck("radar", findings)
    for k in range(10):
        ids = {1, 2} if k % 2 else {8, 9}
        check.frame(f"frame {k}", BEGIN_NS, BEGIN_NS + k * 10**8, ids, k + 1)
    found = {finding.kind: (finding.count, finding.first) for finding in findings.list()}
    assert found == {"stuck-clock": (5, "frame 5"), "two-sets": (8, "frame 2")}
