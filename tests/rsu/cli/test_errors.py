"""From errors to exit codes; and inputs that are missing, empty, damaged, or were saved by a Windows editor."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import rsu.access.accounts
import rsu.cli.msg.pcap
import rsu.downlink.errors
import rsu.drill.faults
import rsu.errand.sending
import rsu.lab.errors
import rsu.lab.importing.frames
import rsu.recording.verify
import rsu.web.workbench
from rsu.cli.common import ends
from rsu.cli.common.errors import translated
from rsu.cli.main import app
from rsu.core.errors import AlreadyRunningError, ConfigError, NotReachableError, RsuError
from rsu.core.exits import Exit
from rsu.core.folders import NoHomeError
from rsu.recording.errors import BusyError
from rsu.upgrade.errors import ReturnedError

RSI = "4002626668606260606086287b815e6a6bbe"
CONFIGS = Path(__file__).parents[3] / "configs"
DAY = Path(__file__).parents[2] / "rsu" / "recording" / "golden" / "day.mcap"
# told as the error of one message, as the answer to a request of the page, as the answer to a command of the platform
UNSEEN = {
    rsu.cli.msg.pcap.CaptureError,
    rsu.access.accounts.AccountError,
    rsu.web.workbench.SiteEditError,
    rsu.downlink.errors.RefusedError,
    rsu.downlink.errors.JournalError,
    rsu.errand.sending.ErrandError,
}
FINDINGS = {ReturnedError}  # a release was tried, and found not to work


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(each) for each in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def code_of(error: BaseException) -> int:
    with pytest.raises(typer.Exit) as ended, translated():
        raise error
    return ended.value.exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError([]), Exit.INVALID_CONFIG),
        (AlreadyRunningError("x"), Exit.CONFLICT),
        (NotReachableError("x"), Exit.NOT_REACHABLE),
        (NoHomeError("x"), Exit.USAGE),
        (BusyError("x"), Exit.CONFLICT),
        (rsu.recording.verify.ChangedError(Path("x"), []), Exit.DAMAGED),
        (rsu.lab.errors.TruthError("x"), Exit.DAMAGED),
        (rsu.lab.errors.ParameterError("x"), Exit.USAGE),
        (OSError(errno.ENOENT, "x", "y"), Exit.NOT_REACHABLE),
        (OSError(errno.EACCES, "x", "y"), Exit.PERMISSION),
        (OSError(errno.EROFS, "x", "y"), Exit.PERMISSION),
        (OSError(errno.EADDRINUSE, "x"), Exit.CONFLICT),
        (OSError(errno.EIO, "x", "y"), Exit.NOT_REACHABLE),
    ],
)
def test_errors_have_codes(error: Exception, code: Exit) -> None:
    assert code_of(error) == code


def test_no_error_is_forgotten() -> None:
    def leaves(kind: type[RsuError]) -> list[type[RsuError]]:
        below = [leaf for each in kind.__subclasses__() for leaf in leaves(each)]
        return below or [kind]

    kinds = [kind for kind in leaves(RsuError) if kind not in UNSEEN]
    assert len(kinds) > 8
    for kind in kinds:
        error = kind.__new__(kind)
        assert code_of(error) not in {Exit.FINE, Exit.OUR_BUG}, kind
        assert (code_of(error) == Exit.FOUND) == (kind in FINDINGS), kind


def test_what_is_not_known_is_our_mistake(capfd: pytest.CaptureFixture[str]) -> None:
    def broken() -> None:
        with translated():
            raise KeyError("x")

    with pytest.raises(SystemExit) as ended:
        ends.run(broken)
    assert ended.value.code == Exit.OUR_BUG
    assert "please report" in capfd.readouterr().err


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "noise").write_bytes(bytes(range(200, 256)) * 5)
    (tmp_path / "noise.mcap").write_bytes(bytes(range(200, 256)) * 5)
    (tmp_path / "noise.bag").write_bytes(bytes(range(200, 256)) * 5)
    (tmp_path / "cut.mcap").write_bytes(DAY.read_bytes()[:60])
    (tmp_path / "empty.mcap").touch()
    (tmp_path / "bom.hex").write_bytes(b"\xef\xbb\xbf" + f"{RSI}\r\n{RSI}\r\n".encode())
    (tmp_path / "bom.jsonl").write_bytes(b"\xef\xbb\xbf" + json.dumps({"hex": RSI}).encode() + b"\r\n")
    (tmp_path / "wide.hex").write_bytes(f"{RSI}\n".encode("utf-16"))
    (tmp_path / "cut.pcap").write_bytes(bytes.fromhex("d4c3b2a102000400"))
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + (CONFIGS / "demo.yaml").read_bytes().replace(b"\n", b"\r\n"))
    (tmp_path / "bom.csv").write_bytes(b"\xef\xbb\xbfstamp_ns,id\r\n")
    return tmp_path


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("msg decode noise", Exit.USAGE, "{}/noise: a file, not hex"),
        ("msg explain none", Exit.NOT_REACHABLE, "{}/none: neither hex nor a file"),
        ("msg explain empty", Exit.DAMAGED, "{}/empty: no message in it"),
        ("msg explain folder", Exit.NOT_REACHABLE, "{}/folder: neither hex nor a file that can be read (Is a dir"),
        ("msg diff noise noise", Exit.DAMAGED, "{}/noise: no field differs, but it is no message: "),
        ("msg diff wide.hex wide.hex", Exit.DAMAGED, "{}/wide.hex: UTF-16 text: save it as UTF-8"),
        ("msg diff cut.pcap cut.pcap", Exit.DAMAGED, "{}/cut.pcap: capture: cut off in the file header"),
        ("msg diff bom.hex bom.hex", Exit.FINE, "no field differs"),
        ("rec cut none.mcap out.mcap", Exit.NOT_REACHABLE, "{}/none.mcap: No such file or directory; check the path"),
        ("rec cut empty.mcap out.mcap", Exit.DAMAGED, "{}/empty.mcap: byte 0: not an MCAP file"),
        ("rec cut folder out.mcap", Exit.NOT_REACHABLE, "{}/folder: Is a directory; name a file in it"),
        ("rec info noise.mcap", Exit.DAMAGED, "{}/noise.mcap: byte 0: not an MCAP file"),
        ("replay noise.mcap", Exit.DAMAGED, "{}/noise.mcap: unreadable: byte 0: not an MCAP file"),
        ("replay cut.mcap", Exit.DAMAGED, "no intact seal: cut, or changed there; rsu rec recover saves the readable"),
        ("rec recover folder", Exit.FINE, "{}/folder: nothing to recover"),
        ("rec verify none.mcap", Exit.NOT_REACHABLE, "{}/none.mcap: No such file or directory; check the path"),
        ("replay none.mcap", Exit.NOT_REACHABLE, "{}/none.mcap: No such file or directory; check the path"),
        ("score --truth bom.csv empty.mcap", Exit.DAMAGED, "{}/empty.mcap: byte 0: not an MCAP file"),
        ("signal conflicts none.yaml", Exit.INVALID_CONFIG, "{}/none.yaml:1:1: cannot be read"),
    ],
)
def test_inputs_that_are_not_as_they_should_be(files: Path, command: str, code: Exit, said: str) -> None:
    group, *rest = command.split()
    verb = [rest.pop(0)] if group in {"msg", "rec", "signal"} else []
    words = [word if word.startswith("--") else files / word for word in rest]
    got, out, err = run(group, *verb, *words)
    assert (got, out) == (code, "") and said.format(files) in err


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (
            "msg watch --agent nowhere:1",
            Exit.USAGE,
            "--agent nowhere:1: 'nowhere' does not appear to be an IPv4 or IPv6",
        ),
        ("msg watch --agent 127.0.0.1:9 --listen 198.51.100.1:9", Exit.NOT_REACHABLE, "--listen 198.51.100.1:9: "),
        ("msg watch --kind nothing", Exit.USAGE, "--kind nothing: there are bsm"),
        ("rec start --run /none", Exit.NOT_REACHABLE, "in /none; name the daemon's run folder with --run"),
        ("status --run /none", Exit.NOT_REACHABLE, "in /none; name the run folder of yours with --run"),
        ("drill F99", Exit.USAGE, "no fault F99; there are F1, "),
        ("demo --cut x", Exit.USAGE, "--cut 'x': expected NAME@S+D"),
    ],
)
def test_what_is_not_there(command: str, code: Exit, said: str) -> None:
    got, out, err = run(*command.split())
    assert (got, out) == (code, "") and said in err


@pytest.mark.parametrize("name", ["bom.hex", "bom.jsonl"])
def test_text_of_a_windows_editor_is_read(files: Path, name: str) -> None:
    code, out, err = run("msg", "explain", files / name)
    assert (code, err) == (Exit.FINE, "") and "22.54 deg" in out


def test_a_site_file_of_a_windows_editor_is_read(files: Path) -> None:
    (files / "demo-lanes.json").write_bytes((CONFIGS / "demo-lanes.json").read_bytes())
    code, out, _ = run("check", files / "bom.yaml")
    assert "bom.yaml:1:1:" not in out and code in {Exit.FINE, Exit.INVALID_CONFIG}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(files: Path) -> None:
    (files / "noise.mcap").chmod(0)
    assert run("rec", "info", files / "noise.mcap")[0] == Exit.PERMISSION


def test_a_bag_that_is_none(files: Path) -> None:
    ours = CONFIGS / "import"
    words = ("--mapping", ours / "radar-targets.yaml", "--site", ours / "radar-targets-site.yaml", "--out", files / "o")
    code, out, err = run("rec", "import", files / "noise.bag", *words)
    assert (code, out) == (Exit.DAMAGED, "") and f"{files}/noise.bag: is no rosbag" in err


def test_a_piece_that_is_not_in_the_recording(tmp_path: Path) -> None:
    code, _, err = run("rec", "cut", DAY, tmp_path / "out.mcap", "--from", 1e6)
    assert code == Exit.USAGE and f"{DAY}: no tick in it from 1e+06 s on" in err
    code, _, err = run("rec", "cut", DAY, tmp_path / "no" / "out.mcap", "--to", 1)
    assert code == Exit.NOT_REACHABLE and f"{tmp_path}/no/out.mcap" in err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["status", "--run", "/none"], "/none 中没有守护程序应答；请用 --run 指定其运行目录"),
        (["rec", "stop", "--run", "/none"], "/none 中没有运行 recorder 进程"),
        (["rec", "info", "nothing.mcap"], "nothing.mcap: 文件或设备不存在；请检查路径"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors_are_said_in_the_language_of_the_locale(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    result = CliRunner().invoke(app, command)
    assert said in result.stderr, result.stderr
