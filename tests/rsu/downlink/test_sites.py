"""A site that a command changes: on probation, kept or given back, never half."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rsu.core import durable
from rsu.core.errors import ConfigError
from rsu.daemon.probation import settle
from rsu.downlink import sites
from rsu.downlink.clerk import Surroundings
from rsu.downlink.errors import RefusedError
from rsu.downlink.plan import Until
from rsu.site import change, config, history, probation
from rsu.site.history import SiteHistory
from rsu.site.probation import SiteProbation, UnderProbationError
from sim.commands import body
from tests.rsu.downlink.office import Office

CONFIGS = Path(__file__).parents[3] / "configs"
WELL = ["device gnss"]
YAW = "sensors.radar-north.mount.yaw_deg"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(CONFIGS, folder / "etc")
    return folder / "etc"


@pytest.fixture
def site(copied: Path) -> Iterator[Path]:
    """A site file, as it was before the test."""
    text = (copied / "demo.yaml").read_bytes()
    yield copied / "demo.yaml"
    (copied / "demo.yaml").write_bytes(text)
    shutil.rmtree(copied / "history", ignore_errors=True)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.clerk.close()


def order(office: Office, number: int, values: dict[str, Any], for_s: int = 90) -> Any:
    """Order a site with other values."""
    return office.give_signed("config", body(number, siteConfig=values), number, for_s=for_s)


def try_out(office: Office, site: Path, well: Sequence[str] = WELL) -> None:
    for entry in office.clerk.begin(Until.SITE, "start"):
        office.clerk.tried(entry, office.now_ns, office.clerk.trial(entry, site, [*well], office.now_ns))


def follow(office: Office, site: Path) -> None:
    office.clerk.follow(office.now_ns, Surroundings(probation=SiteHistory(site).probation))


def yaw(site: Path) -> float:
    return (
        config.load(site)
        .site.sensors[[each.device for each in config.load(site).site.sensors].index("radar-north")]
        .mount.yaw_deg
    )


def test_a_site_is_kept_once_it_is_proven(office: Office, site: Path) -> None:
    entry = order(office, 1, {YAW: 2.5})
    follow(office, site)
    assert office.clerk.journal.entry(entry.id).state == "accepted"
    try_out(office, site)
    try_out(office, site)  # it is begun once
    assert yaw(site) == 2.5
    found = SiteHistory(site).probation()
    assert found is not None and found.state == "open" and found.working == ["device gnss"]
    with pytest.raises(UnderProbationError):
        SiteHistory(site).change({site.name: site.read_bytes()}, "by hand")
    follow(office, site)
    assert office.clerk.journal.entry(entry.id).state == "accepted"
    assert SiteHistory(site).keep(found.by) and not SiteHistory(site).give_back(found.by, "late")
    follow(office, site)
    assert office.clerk.journal.entry(entry.id).state == "applied" and yaw(site) == 2.5


def test_a_site_that_is_not_proven_comes_back_whole(office: Office, site: Path) -> None:
    before = site.read_bytes()
    entry = order(office, 1, {YAW: 2.5, "uplink.platform.host": "elsewhere.example"})
    try_out(office, site)
    assert site.read_bytes() != before
    found = SiteHistory(site).probation()
    assert found is not None and SiteHistory(site).give_back(found.by, "the platform is not reached")
    follow(office, site)
    done = office.clerk.journal.entry(entry.id)
    assert site.read_bytes() == before and done.state == "failed" and done.why.endswith("the platform is not reached")
    assert [each.why for each in SiteHistory(site).versions()][-1].startswith("returned")


@pytest.mark.parametrize("other_boot", [False, True])
def test_a_daemon_that_starts_too_late_gives_the_site_back(office: Office, site: Path, other_boot: bool) -> None:
    before = site.read_bytes()
    order(office, 1, {YAW: 2.5})
    try_out(office, site)
    settle(site)
    assert site.read_bytes() != before  # there is time left
    found = SiteHistory(site).probation()
    assert found is not None
    late = {"boot": "another"} if other_boot else {"until_s": probation.now_s() - 1}
    probation.write(site.parent / "history", msgspec.structs.replace(found, **late))
    assert not SiteHistory(site).keep(found.by)
    settle(site)
    assert site.read_bytes() == before


def test_a_change_that_the_disk_does_not_take_whole_is_undone(
    office: Office, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, drop_in = site.read_bytes(), site.parent / "conf.d/20-new.yaml"
    files = {site.name: before.replace(b"yaw_deg: 0.0", b"yaw_deg: 0.5"), "conf.d/20-new.yaml": b"{}"}
    replace = durable.replace

    def refuse(path: Path, data: bytes, mode: int = 0o666) -> None:
        if path == site and data != before:
            raise PermissionError(13, "Permission denied")
        replace(path, data, mode)

    monkeypatch.setattr(durable, "replace", refuse)
    with pytest.raises(PermissionError):
        wish = SiteProbation("one", 0, [], probation.boot(), probation.now_s() + 9, 1.0)
        SiteHistory(site).try_out(files, wish, history.present(site))
    found = SiteHistory(site).probation()
    assert site.read_bytes() == before and not drop_in.exists()
    assert found is not None and found.state == "returned" and "Permission denied" in found.why


def test_a_change_by_hand_while_the_command_is_judged_stays(
    office: Office, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand, with_values = site.read_bytes() + b"# by hand\n", change.with_values

    def overtaken(*of: Any) -> dict[str, bytes]:
        files = with_values(*of)
        site.write_bytes(by_hand)
        return files

    monkeypatch.setattr(change, "with_values", overtaken)
    entry = order(office, 1, {YAW: 2.5})
    try_out(office, site)
    assert office.clerk.journal.entry(entry.id).why.endswith("was changed meanwhile")
    assert site.read_bytes() == by_hand and SiteHistory(site).probation() is None


def test_a_change_that_is_cut_off_is_no_change(office: Office, site: Path) -> None:
    entry = order(office, 1, {YAW: 2.5})
    office.clerk.begin(Until.SITE, "start")  # and the process ends
    follow(office, site)
    assert office.clerk.journal.entry(entry.id).why.startswith("it was cut off")


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"uplink.commands": None}, "is changed at the box only"),
    ({"uplink": {"commands": {"allow": {"power": ["platform"]}}}}, "is changed at the box only"),
    ({"page.port": 80}, "page.port is changed at the box only"),
    ({"recording": {"path": "/etc"}}, "is changed at the box only"),
    ({"uplink.spool": {"path": "commands.sqlite"}}, "uplink.spool.path is changed at the box only"),
    (
        {"uplink.platform.username": "box", "uplink.platform.password_file": "demo.yaml"},
        "uplink.platform.password_file is changed at the box only",
    ),
    ({"site.name": 7.5}, "the site would not be valid"),
    ({"sensors.radar-nowhere.mount.yaw_deg": 1}, "no item radar-nowhere"),
    ({YAW: 0.0}, "nothing is changed"),
    ({".": 1}, "the key is empty"),
    ({"sensors[9]": None}, "nothing is changed"),
    ({"sensors[9].device": "nothing"}, "the site would not be valid"),
]


@pytest.mark.parametrize(("values", "why"), REFUSALS, ids=[why for _, why in REFUSALS])
def test_what_is_sealed_or_wrong_changes_nothing(office: Office, site: Path, values: dict[str, Any], why: str) -> None:
    before = site.read_bytes()
    if "uplink.commands" in values:
        site.write_text(before.decode().replace("uplink:\n", "uplink:\n  commands: {allow: {query: [platform]}}\n"))
        before = site.read_bytes()
    entry = order(office, 1, values)
    try_out(office, site)
    done = office.clerk.journal.entry(entry.id)
    assert done.state == "failed" and why in done.why, done.why
    assert site.read_bytes() == before and SiteHistory(site).probation() is None


def test_a_mistake_fails_the_command_alone(office: Office, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(*_: object) -> None:
        raise IndexError

    entry = order(office, 1, {YAW: 2.5})
    monkeypatch.setattr(sites, "try_out", mistaken)
    try_out(office, site)
    assert office.clerk.journal.entry(entry.id).why.startswith("a mistake in this box: IndexError")


def test_it_must_be_signed_alone_and_in_time(office: Office, site: Path) -> None:
    said = body(1, siteConfig={YAW: 2.5})
    assert "site needs one" in office.give("config", said).why
    both = body(2, siteConfig={YAW: 2.5}, airConfig={"rsm": {"send": False}})
    assert "must come alone" in office.give_signed("config", both, 2).why
    brief = order(office, 3, {YAW: 2.5}, for_s=12)
    try_out(office, site)
    assert "expires in 12 s" in office.clerk.journal.entry(brief.id).why
    silent = order(office, 4, {YAW: 2.5})
    try_out(office, site, [])
    assert "station does not say" in office.clerk.journal.entry(silent.id).why


def test_one_is_on_probation_at_a_time(site: Path) -> None:
    sites.try_out(site, {YAW: 2.5}, "one", WELL, (60.0, 90.0))
    with pytest.raises(RefusedError, match="one is on probation"):
        sites.try_out(site, {YAW: 3.5}, "two", WELL, (60.0, 90.0))
    with pytest.raises(ConfigError):
        SiteHistory(site).change({site.name: b"no: site"}, "by hand")
