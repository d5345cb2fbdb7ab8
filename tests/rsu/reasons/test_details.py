"""Texts of records on uplink, disks and processes are found again in Chinese, with their figures."""

from __future__ import annotations

import socket
import ssl

import pytest

from hw.detail import Detail
from rsu.reasons import broker, connack, details, processes, uplink
from rsu.reasons.broker import Cause
from rsu.site.uplink import PlatformSettings
from rsu.uplink import diagnosis

SETTINGS = PlatformSettings(host="broker.example", port=1883)
ROWS = [row for words in (broker, connack, uplink, processes) for row in details.rows(vars(words))]
SAME = {"[Errno {}] {}"}  # in both languages


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.en[:40])
def test_every_row_is_found_by_what_it_says(row: Detail) -> None:
    figures = [str(number) for number in range(101, 101 + row.en.count("{}"))]
    assert details.said(row.say(*figures), "zh") == row.of(*figures).zh
    assert row.zh.count("{}") == row.en.count("{}")
    assert row.en in SAME or any("\u4e00" <= letter <= "\u9fff" for letter in row.zh)


def expired() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 10, "certificate has expired"
    return error


@pytest.mark.parametrize(
    "cause",
    [
        *(diagnosis.of_reason(code, "Banned") for code in (0x80, 0x84, 0x86, 0x8D, 0x9B, 0xA1)),
        *(diagnosis.of_first_octets(said, SETTINGS) for said in (b"\x15\x03\x03", b"HTTP/1.1 400", b"SSH-2", b"hello")),
        diagnosis.silence(5.0),
        diagnosis.closed(SETTINGS),
        diagnosis.unstable(3),
        diagnosis.lost(broker.CLOSED_BY_PEER),
        diagnosis.of_exception(ConnectionRefusedError(111, "Connection refused"), SETTINGS),
        diagnosis.of_exception(socket.gaierror(-2, "Name or service not known"), SETTINGS),
        diagnosis.of_exception(TimeoutError(), SETTINGS),
        diagnosis.of_exception(OSError(101, "Network is unreachable"), SETTINGS),
        diagnosis.of_exception(expired(), SETTINGS),
    ],
    ids=lambda cause: str(cause)[:50],
)
def test_every_cause_is_said_with_its_remedy(cause: Cause) -> None:
    said = details.said(str(cause), "zh")
    assert said == f"{details.said(cause.cause.en, 'zh')}：{cause.remedy.zh}"
    assert not any(word in said for word in (" the ", " is ", "connection"))


def test_states_of_a_process_come_with_what_it_said_last() -> None:
    said = details.said(f"restarting: {processes.EXIT_CODE.say(70)}: KeyError", "zh")
    assert said == "重启中：退出码 70：KeyError"
