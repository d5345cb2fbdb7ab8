"""Answers of the platform."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.uplink.dialect import Answer
from rsu.uplink.tits0180 import answers


def test_reads_both_forms() -> None:
    listed = b'{"timeStamp": 1, "ackList": [{"bootId": "b1", "first": 1, "last": 3, "more": []}]}'
    assert answers.read("event", listed) == [Answer("event", "b1", 1, 3, 0, "")]
    refused = b'{"ackList": [{"bootId": "b1", "first": 5, "last": 5, "errorCode": 1, "errorDesc": "ptcId"}]}'
    assert answers.read("lamp", refused) == [Answer("lamp", "b1", 5, 5, 1, "ptcId")]
    for number in ('"17"', "17"):
        one = b'{"seqNum": %s, "errorCode": 2}' % number.encode()
        assert answers.read("event", one) == [Answer("event", None, 17, 17, 2, "")]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"7",
        b'{"ackList": 7',
        b'{"ackList": [{"bootId": 1, "first": 1, "last": 1}]}',
        b'{"ackList": [{"bootId": "b", "first": 0, "last": 1}]}',
        b'{"ackList": [{"bootId": "b", "first": 1, "last": 99999999999999999999999}]}',
        b'{"ackList": [{"bootId": "b", "first": 1, "last": 9223372036854775808}]}',
        b'{"seqNum": "1e3"}',
        b'{"seqNum": -1}',
        b'{"seqNum": "0"}',
        b'{"seqNum": "\xd9\xa1"}',
        b'{"seqNum": "999999999999999999999"}',
        b'{"x": ' + b"[" * 100_000,
    ],
)
def test_refuses_what_is_no_acknowledgement(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        answers.read("event", payload)


@given(st.binary(max_size=200))
def test_no_bytes_do_harm(payload: bytes) -> None:
    with suppress(ValueError):
        answers.read("event", payload)
