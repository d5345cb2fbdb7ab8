"""A release is kept where it works, and left where it does not; a power cut at any step leaves a box that starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rsu.upgrade import trial
from rsu.upgrade.errors import ReleaseError, ReturnedError
from tests.rsu.upgrade.boxes import Box, Orders

UNITS = Path(__file__).parents[3] / "configs" / "deb"
# operations that change files, by the names of Python's audit events
CHANGES = {"os.rename", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "subprocess.Popen"}


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Box:
    monkeypatch.setattr(trial, "PATIENCE_S", 0.5)
    monkeypatch.setattr(trial, "STEADY_S", 0.1)
    monkeypatch.setattr(trial, "_LOOK_S", 0.02)
    monkeypatch.setattr(os, "sync", lambda: None)  # only a process ends here; other work on the disk is none of ours
    return Box(tmp_path)


def bring(box: Box, source: Path) -> list[str]:
    """Upgrade; return the orders that systemd was given."""
    orders = Orders()
    trial.upgrade(source, box.site, box.releases, orders, lambda _: None)
    return orders.given


def test_a_release_that_works_is_kept_and_the_one_before_stays_on_the_disk(box: Box) -> None:
    orders = bring(box, box.release("0.2.0", 1))
    assert orders == ["restart rsu-return.timer", "restart rsu.service", "stop rsu-return.timer"]
    assert box.says() == "rsu 0.2.0" and not box.releases.on_trial
    bring(box, box.release("0.10.0", 2))
    assert {path.name for path in box.releases.folder("").iterdir()} == {"0.2.0", "0.10.0"}


@pytest.mark.parametrize("code", [4, 7, 70])
def test_a_release_that_does_worse_is_left_again(box: Box, code: int) -> None:
    (box.site.run / "0.2.0").write_text(str(code))
    with pytest.raises(ReturnedError, match=r"0\.1\.0 is in use again"):
        bring(box, box.release("0.2.0", 1))
    assert box.says() == "rsu 0.1.0" and not box.releases.on_trial


def test_a_box_that_is_degraded_may_stay_so(box: Box) -> None:
    for version in ("0.1.0", "0.2.0"):
        (box.site.run / version).write_text("7")
    bring(box, box.release("0.2.0", 1))
    assert box.says() == "rsu 0.2.0"


def test_a_release_that_refuses_the_site_file_is_not_tried(box: Box) -> None:
    with pytest.raises(ReleaseError, match="does not take"):
        bring(box, box.release("0.2.0", 1, check=3))
    assert box.says() == "rsu 0.1.0"


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9"])
def test_a_release_that_is_not_newer_is_refused_even_if_its_metadata_are(box: Box, version: str) -> None:
    with pytest.raises(ReleaseError, match="not newer"):
        bring(box, box.release(version, 9))


def test_a_release_on_trial_is_not_built_upon(box: Box) -> None:
    box.releases.switch("0.1.0")
    with pytest.raises(ReleaseError, match="on trial"):
        bring(box, box.release("0.2.0", 1))


def start_of_the_box(box: Box) -> None:
    """Do the work of rsu-return.service, by its own first command."""
    if not box.releases.on_trial:
        return
    unit = (UNITS / "rsu-return.service").read_text(encoding="utf-8")
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart=/bin/mv"))
    words = command.removeprefix("ExecStart=").replace("/opt/rsu-edge", str(box.releases.home)).split()
    subprocess.run(words, check=True)


def cut(box: Box, source: Path, step: int) -> bool:
    """Upgrade in a process that ends at once before its n-th change of files; return whether it came to its end."""
    child = os.fork()
    if child == 0:
        count = 0

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if event in CHANGES or writes:
                count += 1
                if count == step:
                    os._exit(9)

        sys.addaudithook(hook)
        try:
            bring(box, source)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_power_cut_at_any_step_leaves_a_box_that_starts_and_can_be_upgraded(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "STEADY_S", 0.0)  # one look: the same steps however busy the machine is
    monkeypatch.setattr(trial, "PATIENCE_S", 30.0)
    source, home = box.release("0.2.0", 1), box.releases.home
    before = box.folder / "before"
    shutil.copytree(home, before, symlinks=True)
    seen: list[tuple[bool, str]] = []
    step = 0
    while not seen or not seen[-1][0]:
        step += 1
        shutil.rmtree(home)
        shutil.copytree(before, home, symlinks=True)
        ended = cut(box, source, step)
        start_of_the_box(box)
        seen.append((ended, box.says()))
        if not ended and box.releases.current == "0.1.0" and step % 5 == 0:
            bring(box, source)
            assert box.says() == "rsu 0.2.0"
    assert step > 30, "the steps were not counted"
    assert [says for _, says in seen] == sorted(says for _, says in seen), "back and forth"
    assert seen[0] == (False, "rsu 0.1.0") and seen[-1] == (True, "rsu 0.2.0")
