"""Packages that are refused: damaged, old, expired, signed by one, by strangers, for another processor."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from rsu.upgrade import trust
from rsu.upgrade.errors import ReleaseError
from tests.release import sign
from tests.rsu.upgrade.boxes import Box

FLIPS = 400


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def verify(box: Box, source: Path, name: str = "a") -> trust.VerifiedRelease:
    work = box.folder / f"work-{name}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    return trust.verified(source, box.site.root, box.releases.trust, work)


def test_a_release_that_two_have_signed_is_taken_as_folder_and_as_one_file(box: Box) -> None:
    folder = box.release("0.2.0", 1)
    for source in (folder, sign.packed(folder)):
        release = verify(box, source)
        assert release.version == "0.2.0"
        made = box.folder / f"rsu-edge_0.2.0_{trust.architecture()}.deb"
        assert release.package.read_bytes() == made.read_bytes()


def test_each_flipped_bit_is_refused(box: Box) -> None:
    good = box.release("0.2.0", 1)
    files = sorted(path.relative_to(good) for path in good.rglob("*") if path.is_file())
    chance = random.Random(13)
    for number in range(FLIPS):
        name = files[number % len(files)]
        whole = (good / name).read_bytes()
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        (good / name).write_bytes(damaged)
        with pytest.raises(ReleaseError):
            verify(box, good)
        (good / name).write_bytes(whole)
        shutil.rmtree(box.releases.trust, ignore_errors=True)  # each time a box that has never seen a release
    assert verify(box, good).version == "0.2.0"


def test_a_package_that_is_cut_anywhere_is_refused(box: Box) -> None:
    package = sign.packed(box.release("0.2.0", 1))
    whole = package.read_bytes()
    for length in range(0, len(whole) - 10_240, len(whole) // 20):  # a tar ends with up to 10240 octets of nothing
        package.write_bytes(whole[:length])
        with pytest.raises(ReleaseError):
            verify(box, package, str(length))


@pytest.mark.parametrize("signers", [[0], [], [0, 0]])
def test_fewer_than_two_signatures_are_refused(box: Box, signers: list[int]) -> None:
    folder = sign.release(box.folder / "one", [box.deb("0.2.0")], 1, [box.keys[n] for n in signers])
    with pytest.raises(ReleaseError, match="signed by"):
        verify(box, folder)


def test_strangers_are_refused(box: Box) -> None:
    with pytest.raises(ReleaseError, match="signed by"):
        verify(box, sign.release(box.folder / "strange", [box.deb("0.2.0")], 1, sign.new_keys(2)))


def test_an_expired_release_is_refused_and_the_clock_is_named(box: Box) -> None:
    folder = sign.release(box.folder / "late", [box.deb("0.2.0")], 1, box.keys[:2], sign.days(-0.01))
    with pytest.raises(ReleaseError, match="clock"):
        verify(box, folder)


def test_older_metadata_than_those_seen_are_refused(box: Box) -> None:
    old, new = box.release("0.2.0", 1), box.release("0.3.0", 2)
    assert verify(box, new).version == "0.3.0"
    with pytest.raises(ReleaseError, match="version"):
        verify(box, old)


def test_keys_are_exchanged_by_the_old_ones(box: Box) -> None:
    others = sign.new_keys()
    folder = sign.release(box.folder / "new", [box.deb("0.2.0")], 1, others[:2])
    signers = [*box.keys[:2], *others[:2]]
    (folder / "metadata/2.root.json").write_bytes(sign.root(others, 2, signers))
    assert verify(box, folder).version == "0.2.0"
    with pytest.raises(ReleaseError, match="signed by"):
        verify(box, box.release("0.3.0", 2))


def test_another_processor_is_named(box: Box) -> None:
    deb = box.deb("0.2.0").rename(box.folder / "rsu-edge_0.2.0_riscv64.deb")
    with pytest.raises(ReleaseError, match="another processor"):
        verify(box, sign.release(box.folder / "foreign", [deb], 1, box.keys[:2]))
