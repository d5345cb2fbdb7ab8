"""Changes between two documents as JSON Merge Patch (RFC 7396), the whole protocol of the live page.

A patch cannot set a member to null, because null deletes. Documents here have no null members: unknown is absent.
"""

from __future__ import annotations

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Document = dict[str, Json]


def diff(old: Document, new: Document) -> Document:
    """Return the patch that makes `new` of `old`, with the changed keys only."""
    patch: Document = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            if changes := diff(before, value):
                patch[name] = changes
        elif name not in old or before != value:
            patch[name] = value
    return patch


def merge(old: Document, patch: Document) -> Document:
    """Return `old` with a patch applied (RFC 7396 section 2); the page's `merge` in live.js does the same."""
    new = dict(old)
    for name, value in patch.items():
        if value is None:
            new.pop(name, None)
        elif isinstance(value, dict):
            before = new.get(name)
            new[name] = merge(before if isinstance(before, dict) else {}, value)
        else:
            new[name] = value
    return new
