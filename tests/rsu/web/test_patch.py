from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rsu.web.patch import Document, diff, merge

NAMES = st.sampled_from(["tracks", "7", "heading", "counters", "", "é"])
SCALARS = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
# no null members, as the board makes documents; null inside a list is a value like others
LISTS = st.lists(st.none() | SCALARS, max_size=3)
DOCUMENTS = st.recursive(
    st.dictionaries(NAMES, SCALARS | LISTS, max_size=4),
    lambda inner: st.dictionaries(NAMES, SCALARS | LISTS | inner, max_size=4),
    max_leaves=12,
)


@given(DOCUMENTS, DOCUMENTS)
def test_applying_the_difference_gives_the_new_state(old: Document, new: Document) -> None:
    assert merge(old, diff(old, new)) == new


@given(st.lists(DOCUMENTS, min_size=1, max_size=6))
def test_a_chain_of_patches_from_nothing_gives_the_last_state(states: list[Document]) -> None:
    held: Document = {}
    for before, after in zip([{}, *states], states, strict=False):
        held = merge(held, diff(before, after))
    assert held == states[-1]


@given(DOCUMENTS)
def test_no_change_no_patch(document: Document) -> None:
    assert diff(document, document) == {}


@given(DOCUMENTS, DOCUMENTS)
def test_patches_hold_changes_only(old: Document, new: Document) -> None:
    for name, change in diff(old, new).items():
        assert (change is None) == (name not in new)
        assert old.get(name) != new.get(name)


def test_merging_leaves_the_old_document_alone() -> None:
    old: Document = {"tracks": {"1": {"east": 1.0}, "2": {"east": 2.0}}}
    assert merge(old, {"tracks": {"1": None, "2": {"east": 3.0}}}) == {"tracks": {"2": {"east": 3.0}}}
    assert old == {"tracks": {"1": {"east": 1.0}, "2": {"east": 2.0}}}
