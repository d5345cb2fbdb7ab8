"""Settings that cannot work are refused; files that cannot be read are said, and tried again, without a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from rsu.uplink.errors import LinkError
from rsu.uplink.mqtt import Link
from rsu.uplink.sender import Sender
from rsu.uplink.settings import PlatformSettings, SpoolSettings, TlsSettings, UplinkSettings
from rsu.uplink.store import Store


def test_nothing_is_needed_for_spool_only() -> None:
    assert UplinkSettings().platform is None


@pytest.mark.parametrize(
    ("settings", "where"),
    [
        ({"plattform": {}}, "plattform"),
        ({"platform": {"host": "a..b"}}, "not a host name"),
        ({"platform": {"host": "h", "port": 0}}, "port"),
        ({"platform": {"host": "h", "tls": {"ca": "x", "key": "y"}}}, "belong together"),
        ({"spool": {"max_age_h": {"event": 0}}}, "event"),
        ({"participants_hz": 20}, "participants_hz"),
    ],
)
def test_refuses(settings: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        UplinkSettings.model_validate(settings)


def test_unreadable_certificates_and_passwords_are_link_errors(tmp_path: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    for tls in (TlsSettings(ca=tmp_path / "missing.pem"), TlsSettings(ca=text)):
        with pytest.raises(LinkError, match="certificate"):
            Link(PlatformSettings(host="h", tls=tls), "R")
    with pytest.raises(LinkError, match="password"):
        Link(PlatformSettings(host="h", username="u", password_file=tmp_path / "missing"), "R")


def test_a_sender_without_certificates_says_so_and_does_no_harm(tmp_path: Path) -> None:
    sender = Sender(PlatformSettings(host="h", tls=TlsSettings(ca=tmp_path / "missing.pem")), "R")
    store = Store(tmp_path / "uplink.sqlite", SpoolSettings())
    sender.send(store)
    assert sender.acknowledged() == []
    assert not sender.connected
    assert "missing.pem" in str(sender.error)
    sender.close()
    store.close()
