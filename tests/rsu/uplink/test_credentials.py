"""Certificates' ends, files that cannot be used, attempts and silences: by the clock that the test says."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rsu.site.uplink import PlatformSettings, SpoolSettings, TlsSettings
from rsu.uplink import credentials, validity
from rsu.uplink.attempts import Attempts
from rsu.uplink.errors import CredentialsError
from rsu.uplink.sender import PlatformSender
from rsu.uplink.silence import Silence
from rsu.uplink.state import StateReporter
from rsu.uplink.store import Store
from rsu.uplink.tits0180.dialect import Tits0180
from tests.rsu.uplink.said import box

DAY_S = 86_400


def _der(*parts: bytes, tag: int = 0x30) -> bytes:
    body = b"".join(parts)
    length = bytes([len(body)]) if len(body) < 128 else bytes([0x82]) + len(body).to_bytes(2, "big")
    return bytes([tag]) + length + body


def _certificate(begin: bytes, end: bytes, version: bytes = b"\xa0\x03\x02\x01\x02") -> bytes:
    """Return as much of a certificate as there is before its end and behind it."""
    body = _der(version, b"\x02\x01\x05", _der(), _der(b"\0" * 200), _der(begin, end), _der())
    return _der(body, _der(), b"\x03\x01\0")


@pytest.mark.parametrize(
    ("text", "year", "month"),
    [
        (b"\x17\x0d270301120000Z", 2027, 3),  # UTCTime
        (b"\x17\x0d500301120000Z", 1950, 3),
        (b"\x17\x0d491231120000Z", 2049, 12),
        (b"\x18\x0f20500301120000Z", 2050, 3),  # GeneralizedTime
    ],
)
@pytest.mark.parametrize("version", [b"", b"\xa0\x03\x02\x01\x02"])
def test_reads_the_times_of_a_certificate(text: bytes, year: int, month: int, version: bytes) -> None:
    found = validity.of_der(_certificate(b"\x17\x0d260101000000Z", text, version))
    end = datetime.fromtimestamp(found.end_s, UTC)
    assert (found.begin_s, end.year, end.month, end.hour) == (1_767_225_600, year, month, 12)


@given(st.binary(max_size=300))
def test_no_octets_do_harm(data: bytes) -> None:
    for each in (data, _certificate(data[:20], data[20:])):
        with suppress(ValueError):
            validity.of_der(each)


@pytest.fixture
def tls(tmp_path: Path) -> TlsSettings:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for name, days in (("ca", 400), ("box", 25)):
        command = [
            "openssl",
            "req",
            "-x509",
            *key,
            "-keyout",
            f"{name}.key",
            "-out",
            f"{name}.pem",
            "-subj",
            f"/CN={name}",
        ]
        subprocess.run([*command, "-days", str(days)], cwd=tmp_path, check=True, capture_output=True)
    return TlsSettings(ca=tmp_path / "ca.pem", certificate=tmp_path / "box.pem", key=tmp_path / "box.key")


def test_of_a_bundle_of_authorities_the_last_counts(tls: TlsSettings) -> None:
    tls.ca.write_text(tls.ca.read_text() + "text between\n" + Path(str(tls.certificate)).read_text())
    found = credentials.validities(PlatformSettings(host="h", tls=tls))
    days = {name: round((each.end_s - each.begin_s) / DAY_S) for name, each in found.items()}
    assert days == {"certificate": 25, "ca": 400}


@pytest.mark.parametrize(
    ("days_ahead", "says"),
    [(-400, "not valid yet"), (0, "expires in 25 days"), (26, "has expired on"), (100, "has expired on")],
)
def test_what_the_clock_makes_of_a_certificate(
    tls: TlsSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days_ahead: int, says: str
) -> None:
    real_s = time.time()
    monkeypatch.setattr("rsu.uplink.state.time.time", lambda: real_s + days_ahead * DAY_S)
    dialect = Tits0180(box())
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings(), dialect.payload)
    state = StateReporter(store, PlatformSender(PlatformSettings(host="h", tls=tls), "R", 60, dialect)).now()
    found = [trouble for trouble in state.troubles if trouble.startswith("this box's certificate")]
    assert len(found) == 1 and says in found[0] and "by this box's clock" in found[0]
    store.close()


def test_files_that_cannot_be_used_are_named(tls: TlsSettings, tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    latin = tmp_path / "latin"
    latin.write_bytes(b"\xe9\n")
    for settings, name in [
        (PlatformSettings(host="h", tls=TlsSettings(ca=tmp_path / "missing.pem")), "missing.pem"),
        (PlatformSettings(host="h", tls=TlsSettings(ca=text)), "text.pem"),
        (PlatformSettings(host="h", tls=tls.model_copy(update={"key": tmp_path / "ca.key"})), "ca.key"),
        (PlatformSettings(host="h", username="u", password_file=tmp_path / "gone"), "gone"),
        (PlatformSettings(host="h", username="u", password_file=latin), "latin"),
    ]:
        with pytest.raises(CredentialsError, match=name):
            credentials.read(settings)


def test_a_key_with_a_password_is_refused_without_asking_for_it(tls: TlsSettings, tmp_path: Path) -> None:
    command = ["openssl", "ec", "-in", "box.key", "-aes256", "-passout", "pass:x", "-out", "locked.key"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    locked = tls.model_copy(update={"key": tmp_path / "locked.key"})
    with pytest.raises(CredentialsError, match="without one"):
        credentials.read(PlatformSettings(host="h", tls=locked))


def test_the_password_is_the_first_line(tmp_path: Path) -> None:
    file = tmp_path / "password"
    for written in (b"geheim\n", b"geheim\r\nmore", b"geheim"):
        file.write_bytes(written)
        found = credentials.read(PlatformSettings(host="h", username="u", password_file=file))
        assert (found.username, found.password, found.context) == ("u", "geheim", None)


def _times(attempts: Attempts, lasted_s: float, stubborn: bool) -> list[float]:
    """Return when a connection is tried that ends at once, on a clock of tenths of a second."""
    tried = []
    for tenth in range(3000):
        if attempts.due(tenth / 10, ()):
            attempts.begun(())
            tried.append(tenth / 10)
            attempts.failed(tenth / 10, lasted_s, stubborn)
    return tried


def test_attempts_become_rarer_up_to_a_limit() -> None:
    assert _times(Attempts(4), 0.0, stubborn=False)[:6] == [0, 1, 3, 7, 11, 15]
    assert _times(Attempts(4), 0.0, stubborn=True)[:9] == [0, 1, 3, 7, 15, 31, 63, 123, 183]
    assert _times(Attempts(4), 20.0, stubborn=False)[:4] == [0, 1, 2, 3], "after a good connection at once"


def test_an_exchanged_file_is_tried_at_once() -> None:
    attempts = Attempts(60)
    attempts.begun(("old",))
    attempts.failed(100.0, 0.0, True)
    assert not attempts.due(100.5, ("old",))
    assert attempts.due(100.5, ("new",))


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_silence_counts_from_the_first_record_without_an_answer() -> None:
    clock = Clock()
    silence = Silence(10.0, clock)
    assert silence.silent_s() is None
    silence.asked("event")
    clock.now_s += 10
    assert silence.silent_s() is None
    clock.now_s += 5
    silence.asked("lamp")
    assert silence.silent_s() == 15
    silence.answered("event")
    assert silence.silent_s() is None
    clock.now_s += 11
    assert (silence.silent_s(), silence.kinds()) == (None, {"lamp": 11.0}), "the answer came after the lamp was sent"
    silence.asked("event")
    clock.now_s += 11
    assert silence.kinds() == {"lamp": 22.0, "event": 11.0}
    silence.restart()
    assert silence.kinds() == {}


def test_a_bare_name_is_a_credential_of_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rsu_platform").write_text("secret\n")
    settings = PlatformSettings(host="h", username="u", password_file=Path("platform"))
    with pytest.raises(CredentialsError, match="/etc/rsu/credentials/platform"):
        credentials.read(settings)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert credentials.read(settings).password == "secret"
