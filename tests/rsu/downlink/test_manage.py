"""om-config: rates, restart, and another address with automatic return; `power: 0` does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rsu.downlink.clerk import Surroundings
from rsu.downlink.plan import PlatformAddress, Until, address
from sim.commands import body
from tests.rsu.downlink.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.clerk.close()


def said(number: int, **more: Any) -> bytes:
    return body(number, rscuSn="box", timeStamp=1_800_000_000_000, **{"time": 0, "power": 0, **more})


def there(office: Office) -> PlatformAddress | None:
    return address(office.clerk.journal.values())


def test_power_0_beside_a_rate_does_nothing(office: Office) -> None:
    entry = office.give("om-config", said(1, hbRate=0, runningInfoRate=30))
    assert entry.state == "accepted" and entry.until == "station"
    assert office.clerk.orders().periods_ns == {"basic-status": 0, "run-status": 30_000_000_000}
    office.follow(entry.revision)
    assert office.answer(entry)["config"] == {"basic-status s": 0.0, "run-status s": 30.0}
    assert not office.clerk.begin(Until.RESTART, "a")


def test_power_0_alone_is_answered_and_does_nothing(office: Office) -> None:
    entry = office.give("om-config", said(1))
    assert (entry.state, office.clerk.orders().revision) == ("applied", 0)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"power": 2}, "no signature; power needs one"),
        ({"addressChg": "there:1883"}, "no signature; address needs one"),
        ({"hbRate": 5, "time": 1_900_000_000}, "it changes at once only"),
        ({"logLevel": 1}, "its log has one level"),
        ({"hbRate": -1}, "content not understood"),
    ],
)
def test_refusals(office: Office, more: dict[str, Any], why: str) -> None:
    entry = office.give("om-config", said(1, **more))
    assert entry.state == "refused" and why in entry.why


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"power": 1}, "could not be switched on again"),
        ({"power": 2, "addressChg": "there:1883"}, "must come alone"),
        ({"addressChg": "there"}, "no host:port"),
        ({"addressChg": {"cssUrl": "there:1883", "time": 5}}, "it changes at once only"),
    ],
)
def test_signed_refusals(office: Office, more: dict[str, Any], why: str) -> None:
    entry = office.give_signed("om-config", said(1, **more), 1)
    assert entry.state == "refused" and why in entry.why


def test_a_restart_is_begun_once_and_applied_by_the_next_daemon(office: Office) -> None:
    entry = office.give_signed("om-config", said(1, power=2), 1)
    assert [bool(office.clerk.begin(Until.RESTART, "first")) for _ in range(2)] == [True, False]
    office.clerk.follow(office.now_ns, Surroundings(start="first"))
    assert office.clerk.journal.entry(entry.id).state == "accepted"
    office.clerk.follow(office.now_ns, Surroundings(start="second"))
    assert office.clerk.journal.entry(entry.id).state == "applied"
    assert not office.clerk.begin(Until.RESTART, "second")


def test_an_address_holds_when_the_platform_is_reached_there(office: Office) -> None:
    entry = office.give_signed("om-config", said(1, addressChg="mqtts://there:1883"), 1, for_s=99)
    assert there(office) == PlatformAddress("there", 1883)
    office.clerk.follow(office.now_ns, Surroundings(reached_revision=entry.revision))
    assert office.clerk.journal.entry(entry.id).state == "applied"
    home = office.give_signed("om-config", said(2, addressChg={"cssUrl": "home:8883"}), 2, for_s=99)
    assert home.state == "accepted" and there(office) is None


def test_an_address_without_a_platform_is_given_up(office: Office) -> None:
    entry = office.give_signed("om-config", said(1, addressChg="there:1883"), 1, for_s=99)
    office.now_ns += 60_000_000_000
    office.clerk.follow(office.now_ns, Surroundings(reached_revision=entry.revision - 1))
    found = office.clerk.journal.entry(entry.id)
    assert (found.state, found.why, there(office)) == ("failed", "not applied within 60 s", None)
