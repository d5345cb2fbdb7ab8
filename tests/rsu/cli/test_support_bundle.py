"""`rsu support-bundle`: its content, and that no secret is in it."""

from __future__ import annotations

import json
import shutil
import stat
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.cli.views.redacted import TAKEN_OUT, redact
from tests.rsu.cli.test_cli import CONFIGS, rsu

SECRETS = ("hunter2", "s3cr3t", "MIIEpAIBAAKCAQEA", "abcdef0123")
KEY = f"-----BEGIN RSA PRIVATE KEY-----\n{SECRETS[2]}\n-----END RSA PRIVATE KEY-----\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("demo.yaml", "demo-lanes.json"):
        shutil.copy(CONFIGS / name, tmp_path)
    path = tmp_path / "demo.yaml"
    text = path.read_text(encoding="utf-8").replace("http://127.0.0.1", f"http://operator:{SECRETS[0]}@127.0.0.1")
    path.write_text(f"# password: {SECRETS[1]}\n{text}", encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "daemon.log"
    fields = {"event": "camera", "error": f"rtsp://a:{SECRETS[0]}@10.0.0.1/1?token={SECRETS[3]} refused", "key": KEY}
    path.write_text(json.dumps(fields) + "\n", encoding="utf-8")
    return path


def test_the_list_comes_first_and_nothing_is_written(site: Path, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.tar.gz"
    for options in (["--list"], []):
        done = rsu("support-bundle", site, "--log", log, "--run", tmp_path, "--data", tmp_path, "--out", out, *options)
        assert done.returncode == (0 if options else 2)
        assert "site/demo.yaml" in done.stderr and "secrets taken out" in done.stderr
        assert not out.exists()
    assert "confirm, or use --yes" in done.stderr


def test_the_archive_has_no_secret(site: Path, log: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.tar.gz"
    options = ("--log", log, "--run", tmp_path, "--data", tmp_path, "--out", out, "--yes", "--json")
    done = rsu("support-bundle", site, *options)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with tarfile.open(out) as archive:
        files = {name: archive.extractfile(name).read().decode() for name in archive.getnames()}
    assert [name.removeprefix("rsu-support/") for name in files] == json.loads(done.stdout)["files"]
    for secret in SECRETS:
        assert not any(secret in text for text in files.values()), secret
    assert "no daemon answers" in files["rsu-support/status.json"], "what cannot be had says why"
    assert json.loads(files["rsu-support/machine.json"])["cores"] > 0
    assert "name: demo crossing" in files["rsu-support/site/demo.yaml"]
    assert "nodes" in json.loads(files["rsu-support/site/demo-lanes.json"])
    assert TAKEN_OUT in files["rsu-support/log.jsonl"] and "10.0.0.1" in files["rsu-support/log.jsonl"]


def test_a_broken_site_file_is_taken_too(site: Path, log: Path, tmp_path: Path) -> None:
    site.write_text("version: 1\n  node: [", encoding="utf-8")
    done = rsu("support-bundle", site, "--log", log, "--run", tmp_path, "--data", tmp_path, "--list")
    assert done.returncode == 0 and "check.txt" in done.stderr and "site/demo.yaml" in done.stderr


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"password": "a b", "host": "c"}', f'{{"password": {TAKEN_OUT}, "host": "c"}}'),
        (
            "platform: {username: me, password: x, port: 1}",
            f"platform: {{username: me, password: {TAKEN_OUT}, port: 1}}",
        ),
        ("password_file: /etc/rsu/broker.txt", "password_file: /etc/rsu/broker.txt"),
        ("Authorization: Basic dXNlcjpwdw==", f"Authorization: Basic {TAKEN_OUT}"),
        ("mqtts://u:p@host:8883", f"mqtts://{TAKEN_OUT}@host:8883"),
        ("http://host/?api_key=1&x=2", f"http://host/?api_key={TAKEN_OUT}&x=2"),
        (KEY, f"-----BEGIN RSA PRIVATE KEY-----{TAKEN_OUT}-----END RSA PRIVATE KEY-----\n"),
    ],
)
def test_what_is_taken_out(text: str, left: str) -> None:
    assert redact(text) == (left, int(TAKEN_OUT in left))


@given(
    st.text(alphabet="abcXYZ0189!$%-_.", min_size=6, max_size=20),
    st.sampled_from(["password: {}", 'token="{}"', "ws://u:{}@h"]),
)
def test_a_secret_under_a_known_name_never_stays(secret: str, form: str) -> None:
    text, number = redact(f"before {form.format('Q' + secret)} after")
    assert number == 1 and f"Q{secret}" not in text and text.startswith("before ") and "after" in text


@given(st.text(max_size=100))
def test_texts_without_secrets_stay(text: str) -> None:
    plain = "".join(each for each in text if each not in ":=@-")
    assert redact(plain) == (plain, 0)
