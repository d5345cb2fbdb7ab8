"""`rsu msg`: one line out for every line in, errors as data, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from rsu.cli.msg import app

BSM = {
    "msgCnt": 1,
    "id": "0102030405060708",
    "secMark": 500,
    "pos": {"lat": 312000000, "long": 1215000000},
    "transmission": "forwardGears",
    "speed": 500,
    "heading": 7200,
    "accelSet": {"long": 0, "lat": 0, "vert": 0, "yaw": 0},
    "brakes": {"wheelBrakes": ["80", 5]},
    "size": {"width": 180, "length": 450},
    "vehicleClass": {"classification": 10},
}
FRAME = {"type": "bsmFrame", "value": BSM}


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, list[str], str]:
    """Return exit code, lines of stdout, stderr."""
    result = CliRunner().invoke(app, arguments, input=stdin)
    return result.exit_code, result.stdout.splitlines(), result.stderr


def hexed() -> str:
    code, (line,), _ = run("encode", json.dumps(FRAME))
    assert code == 0
    return line


def test_there_and_back() -> None:
    code, (line,), _ = run("decode", "--json", hexed())
    assert code == 0
    assert json.loads(line) == FRAME


@pytest.mark.parametrize("value", [BSM, ["bsmFrame", BSM]])
def test_value_may_be_a_pair_and_other_keys_are_ignored(value: object) -> None:
    line = json.dumps({"pdu": "MessageFrame", "type": "bsmFrame", "value": value, "hex": "00", "nbytes": 1})
    assert run("encode", "-", stdin=line.encode()) == (0, [hexed()], "")


TEST = {"messageId": 0, "value": ["TestMsg", {"msgCnt": 4, "userData": "15"}]}


@pytest.mark.parametrize(
    "message",
    [
        {"type": "msgFrameExt", "value": TEST},
        {"type": "TestMsg", "value": TEST},
        {"type": "TestMsg", "value": ["msgFrameExt", TEST]},
    ],
)
def test_phase_two(message: dict[str, object]) -> None:
    phase_two = ("--profile", "csae157-2020")
    assert run("encode", *phase_two, json.dumps(message)) == (0, ["800700000408000540"], "")
    code, (line,), _ = run("decode", "--json", *phase_two, "800700000408000540")
    assert (code, json.loads(line)) == (0, {"type": "msgFrameExt", "value": TEST})
    code, lines, _ = run("decode", *phase_two, "800700000408000540")
    assert (code, lines) == (0, ["type: TestMsg", "msg_cnt: 4", "data: 15"])


def test_decode_gives_one_line_for_every_line_in_order() -> None:
    good = hexed().encode()
    lines = [
        good,
        b"",
        b"xyz",
        b"\xff\xfe\x00",
        good.upper() + b"\r",
        b"80020000",
        good + b"00",
        good[:-2],
        b" " + good,
    ]
    code, output, _ = run("decode", "-", stdin=b"\n".join(lines))
    answers = [json.loads(line) for line in output]
    assert code == 1
    assert len(answers) == len(lines)
    assert [index for index, answer in enumerate(answers) if answer == FRAME] == [0, 4, 8]
    errors = [answer["error"] for answer in answers if answer != FRAME]
    assert errors[:3] == ["empty", "not hex", "not hex"]
    assert "unknown message" in errors[3]
    assert "behind the end" in errors[4]
    assert "out of data" in errors[5]


def test_encode_gives_one_line_for_every_line_in_order() -> None:
    good = json.dumps(FRAME).encode()
    lines: list[tuple[bytes, str]] = [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"7", "expected {"),
        (b'{"type": "bsmFrame"}', "expected {"),
        (json.dumps({"type": "mapFrame", "value": ["bsmFrame", BSM]}).encode(), "expected {"),
        (json.dumps({"type": "catFrame", "value": {}}).encode(), "name one of"),
        (json.dumps({"type": "bsmFrame", "value": BSM | {"speed": 9000}}).encode(), "bsmFrame.speed"),
        (json.dumps({"type": "bsmFrame", "value": BSM | {"\ud800": 1}}).encode(), "no such member"),
        (b"[" * 100_000, "recursion"),
        (b'{"type": "bsmFrame", "value": {"msgCnt": ' + b"9" * 5000 + b"}}", "not JSON"),
    ]
    code, output, _ = run("encode", "-", stdin=b"\n".join([good, *(line for line, _ in lines), good]) + b"\n")
    assert code == 1
    assert (output[0], output[-1]) == (hexed(), hexed())
    assert len(output) == len(lines) + 2
    for (_, reason), line in zip(lines, output[1:-1], strict=True):
        assert reason in json.loads(line)["error"]


def test_nothing_in_nothing_out() -> None:
    assert run("decode", "-") == (0, [], "")


def test_profile() -> None:
    link = {"upstreamNodeId": {"id": 2}, "lanes": [{"laneID": 1}]}
    node = {"id": {"id": 1}, "refPos": {"lat": 0, "long": 0}, "inLinks": [link]}
    line = json.dumps({"type": "mapFrame", "value": {"msgCnt": 0, "nodes": [node]}})
    assert run("encode", "--profile", "csae53-2020", line)[0] == 0
    code, (error,), _ = run("encode", line)
    assert (code, json.loads(error)) == (1, {"error": "mapFrame.nodes.0.inLinks.0.linkWidth: missing"})


def test_for_people() -> None:
    code, lines, _ = run("decode", hexed())
    assert code == 0
    assert lines[:7] == [
        "type: bsmFrame",
        "msg_cnt: 1",
        "id: 0102030405060708",
        "sec_mark_ms: 500",
        "position:",
        "  latitude_deg: 31.2",
        "  longitude_deg: 121.5",
    ]
    assert "speed_mps: 10.0" in lines
    assert "  wheels: unavailable" in lines
    assert not any("\x1b" in line for line in lines)


def test_error_for_people_goes_to_stderr() -> None:
    assert run("decode", "00") == (1, [], "error: MessageFrame.bsmFrame: out of data (bit 5)\n")


def test_error_of_an_argument_in_json() -> None:
    code, (line,), _ = run("decode", "--json", "80")
    assert code == 1
    assert "unknown message" in json.loads(line)["error"]


@pytest.mark.parametrize(
    "arguments", [["decode"], ["encode"], ["decode", "--profile", "csae158-2020", "00"], ["dekode"]]
)
def test_usage(arguments: list[str]) -> None:
    code, output, message = run(*arguments)
    assert (code, output) == (2, [])
    assert message


@pytest.mark.parametrize("profile", ["ydt3709-2020", "csae157-2020"])
def test_answers_each_line_at_once(profile: str) -> None:
    """A program at the other end of two pipes can ask and wait for the answer."""
    command = [sys.executable, "-m", "rsu.cli.main", "msg", "decode", "--profile", profile, "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for question, answer in [(hexed(), FRAME), ("", {"error": "empty"})]:
            process.stdin.write(question + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline()) == answer
        process.stdin.close()
        assert process.wait(10) == 1


def test_starts_without_heavy_imports() -> None:
    probe = "import sys, rsu.cli.msg; print(*sorted({'numpy', 'scipy', 'pydantic', 'zmq'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout == "\n"
