"""`rsu msg explain`, `diff` and `watch` as people and scripts see them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import zmq
from typer.testing import CliRunner

from hw.bytelog import LogEntry, to_line
from hw.radio.protocol import (
    Hello,
    ReceivedFrame,
    Transmit,
    encode_hello,
    encode_received,
    encode_transmit,
    parse_hello,
)
from rsu.cli.msg import app
from tests.rsu.cli.test_msg_pcap import classic, ethernet, ipv4
from tests.rsu.cli.test_msg_walk import bsm
from v2x import dsmp

MESSAGE = bsm()
FRAME = dsmp.frame(111, MESSAGE)
RECEIVED = encode_received(ReceivedFrame(111, 0x123456, 1_795_391_990_012_000_000, -72, FRAME))
TRANSMIT = encode_transmit(Transmit(111, 208, FRAME))
NS = 1_000_000_000


def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    return result.exit_code, result.stdout, result.stderr


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_explain_for_people() -> None:
    code, text, _ = run("explain", RECEIVED.hex())
    lines = text.splitlines()
    assert code == 0
    assert lines[1] == "agent    received 2026-11-22T23:59:50.012Z from 123456, -72 dBm, AID 111"
    assert lines[2] == "DSMP     AID 111: bsm, DSM priority 208 (PPPP 2), to 000001"
    assert lines[3].startswith(f"message  bsmFrame, {len(MESSAGE)} octets, ydt3709-2020")
    assert "    166    13      speed: 10 m/s" in lines
    assert "     83    16      secMark: 65535   ! unavailable" in lines
    assert "\x1b" not in text


def test_every_layer_is_recognised() -> None:
    for data, agent, inner in [
        (MESSAGE, False, False),
        (FRAME, False, True),
        (RECEIVED, True, True),
        (TRANSMIT, True, True),
    ]:
        code, text, _ = run("explain", "--json", data.hex())
        (row,) = rows(text)
        assert (code, row["hex"], row["error"]) == (0, MESSAGE.hex(), None)
        assert (bool(row["agent"]), bool(row["dsmp"])) == (agent, inner)


def test_fields_in_json_have_wire_and_physical_values() -> None:
    (row,) = rows(run("explain", "--json", MESSAGE.hex())[1])
    fields = {field["path"]: field for field in row["fields"]}  # type: ignore[attr-defined]
    speed = fields["MessageFrame.bsmFrame.speed"]
    assert speed == {"path": "MessageFrame.bsmFrame.speed", "type": "Speed", "bit": 166, "bits": 13} | {
        "wire": 500,
        "value": "10",
        "unit": "m/s",
        "odd": [],
    }


def test_aid_of_another_kind_is_said() -> None:
    assert "! AID 3618 is that of map" in run("explain", dsmp.frame(3618, MESSAGE).hex())[1]
    assert "of no known service" in run("explain", dsmp.frame(99, MESSAGE).hex())[1]


def test_refused_message_gives_exit_code_1_and_what_can_be_read() -> None:
    code, text, _ = run("explain", MESSAGE[:20].hex())
    assert code == 1
    assert "! refused: MessageFrame" in text
    assert "msgCnt: 1" in text


def test_sources(tmp_path: Path) -> None:
    value = json.loads(CliRunner().invoke(app, ["decode", "--json", MESSAGE.hex()]).stdout)
    files = {
        "hex": f"# two\n{MESSAGE.hex()}\n\n{MESSAGE.hex().upper()}\r\n".encode(),
        "ndjson": b"".join(json.dumps(one).encode() + b"\n" for one in ({"hex": FRAME.hex(), "time_ns": 5}, value)),
        "log": (to_line(LogEntry(7, "link", RECEIVED)) * 2).encode(),
        "pcap": classic([ethernet(ipv4(one)) for one in (RECEIVED, TRANSMIT, MESSAGE)], 1, "<", NS),
        "binary": MESSAGE,
    }
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        for code, text, _ in (run("explain", "--json", path), run("explain", "--json", "-", stdin=data)):
            wanted = {"pcap": 3, "binary": 1}.get(name, 2)
            assert (code, [row["hex"] for row in rows(text)]) == (0, [MESSAGE.hex()] * wanted), name


def test_bad_lines_cost_only_themselves() -> None:
    stdin = b"\n".join([MESSAGE.hex().encode(), b"zz", b"{", b'{"hex": 3}', b"[" * 9, b"\xff", MESSAGE.hex().encode()])
    code, text, _ = run("explain", "--json", "-", stdin=stdin)
    assert code == 1
    assert [row.get("error") is None for row in rows(text)] == [True, *[False] * 5, True]


def test_file_that_cannot_be_read() -> None:
    code, text, error = run("explain", "no/such/file")
    assert (code, text) == (4, "")
    assert "neither hex nor a file" in error


def test_sign_of_life_is_no_message() -> None:
    assert run("explain", encode_hello(Hello(1)).hex())[:2] == (
        0,
        "argument: no message: a sign of life between host and agent\n",
    )


def test_diff() -> None:
    other = bsm(speed=8191, safetyExt={"lights": (b"\x20\x00", 9)})
    code, text, _ = run("diff", MESSAGE.hex(), dsmp.frame(112, other).hex())
    assert code == 1
    assert text.splitlines() == [
        "AID: - -> 112",
        "MessageFrame.bsmFrame.speed: 10 m/s -> 8191",
        "MessageFrame.bsmFrame.safetyExt.lights: - -> leftTurnSignalOn",
    ]
    assert run("diff", MESSAGE.hex(), MESSAGE.hex())[:2] == (0, "")
    (row, *_) = rows(run("diff", "--json", MESSAGE.hex(), other.hex())[1])
    assert row == {"message": 1, "path": "MessageFrame.bsmFrame.speed", "a": "10 m/s", "b": "8191"}


def test_diff_of_files_pairs_their_messages(tmp_path: Path) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    a.write_text(f"{MESSAGE.hex()}\n{MESSAGE.hex()}\n")
    b.write_text(f"{MESSAGE.hex()}\n{bsm(msgCnt=2).hex()}\n")
    assert run("diff", a, b)[:2] == (1, "2: MessageFrame.bsmFrame.msgCnt: 1 -> 2\n")
    b.write_text(f"{MESSAGE.hex()}\n")
    code, text, _ = run("diff", a, b)
    assert (code, text.splitlines()[0]) == (1, "2: MessageFrame: bsmFrame -> -")
    b.write_text("no hex\n")
    assert run("diff", a, b)[0] == 8


def test_watch_speaks_to_the_agent_and_ends_on_ctrl_c() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(30)
        where = f"127.0.0.1:{agent.getsockname()[1]}"
        command = [sys.executable, "-m", "rsu.cli.main", "msg", "watch", "--agent", where, "--kind", "bsm", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            hello, host = agent.recvfrom(2000)
            assert abs(parse_hello(hello).time_ns - time.time_ns()) < 10 * NS
            for frame in (b"\xff\xff", dsmp.frame(3618, MESSAGE), FRAME):
                agent.sendto(encode_received(ReceivedFrame(0, 1, 42, None, frame)), host)
            assert process.stdout is not None
            row = json.loads(process.stdout.readline())
            assert (row["time_ns"], row["way"], row["aid"], row["kind"]) == (42, "received", 111, "bsm")
            assert (row["type"], row["hex"], row["error"]) == ("bsmFrame", FRAME.hex(), None)
            process.send_signal(signal.SIGINT)
            rest, said = process.communicate(timeout=10)
            assert (process.returncode, rest) == (130, "")
            assert said.split() == ["1", "received", "bsm", "1", "received", "map", "1", "received", "other"]


def test_watch_hears_the_benchs_air(tmp_path: Path) -> None:
    context = zmq.Context()
    with context.socket(zmq.XPUB) as air:
        air.bind(f"ipc://{tmp_path}/air.ipc")
        command = [sys.executable, "-m", "rsu.cli.main", "msg", "watch", "--air", "--run", str(tmp_path), "--for", "3"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert air.poll(10_000), "it subscribes"
            air.send_multipart((b"tx", msgspec.msgpack.encode((1_795_391_990_012_000_000, TRANSMIT))))
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("2026-11-22T23:59:50.012Z  sent      bsm")
            assert "31.2000000 121.5000000 10.0 m/s 90.0 deg" in line
            process.terminate()
            assert process.wait(10) == 0
    context.term()


@pytest.mark.parametrize("arguments", [("--kind", "cat"), ("--agent", "nowhere")])
def test_watch_usage(arguments: tuple[str, str]) -> None:
    assert run("watch", *arguments)[0] == 2


def test_starts_without_heavy_imports() -> None:
    probe = "import sys, rsu.cli.msg; print(*sorted({'numpy', 'scipy', 'pydantic', 'zmq'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=os.environ)
    assert done.stdout == "\n"
