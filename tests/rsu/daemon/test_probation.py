"""The supervisor's watch over a site on probation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from rsu.bus.proof import Proof
from rsu.daemon.duty import Duty, duty_of
from rsu.daemon.probation import ProbationWatch, settle
from rsu.daemon.site_copy import freeze, gather
from rsu.site import probation
from rsu.site.history import SiteHistory, present
from rsu.site.probation import SiteProbation, UnderProbationError
from tests.rsu.recording.virtual import CONFIGS


class Watched:
    """A site, its watch, and the copy in use."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(CONFIGS, folder / "etc")
        self.site, self.shelf = (folder / "etc/demo.yaml").resolve(), folder / "data"
        self.history, self.watch = SiteHistory(self.site), ProbationWatch(self.site, folder)
        self.before = self.site.read_bytes()
        self.duty = self.reloaded()

    def reloaded(self) -> Duty:
        """Use the files as they are."""
        self.shelf.mkdir(exist_ok=True)
        self.duty = duty_of(freeze(gather(self.site), [self.shelf]))
        return self.duty

    def wish(self, for_s: float = 60.0) -> SiteProbation:
        """Return a probation."""
        return SiteProbation("city", 1, [], probation.boot(), probation.now_s() + for_s, 1.0)

    def try_out(self) -> None:
        """Put another site on probation."""
        files = {self.site.name: self.before.replace(b"yaw_deg: 0.0", b"yaw_deg: 0.5", 1)}
        self.history.try_out(files, self.wish(), present(self.site))

    def expire(self) -> None:
        """Let the time run out."""
        found = self.history.probation()
        assert found is not None
        late = msgspec.structs.replace(found, until_s=probation.now_s() - 1)
        probation.write(self.site.parent / "history", late)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.watch._end()


def test_it_is_used_as_soon_as_its_files_are_whole_and_given_back_in_time(watched: Watched) -> None:
    assert not watched.watch.wants_reload(watched.duty)
    folder = watched.site.parent / "history"
    folder.mkdir()
    probation.write(folder, watched.wish())  # and the files are still being written
    assert not watched.watch.wants_reload(watched.duty)
    (folder / "probation.json").unlink()
    watched.try_out()
    assert watched.watch.wants_reload(watched.duty) and not watched.watch.wants_reload(watched.duty)
    assert watched.watch._is_in_use(watched.reloaded())
    assert not watched.watch.returned(watched.duty, False, "")
    watched.expire()
    assert watched.watch.returned(watched.duty, False, "") and watched.site.read_bytes() == watched.before
    found = watched.history.probation()
    assert found is not None and found.state == "returned" and "no Processes is heard" in found.why


def test_it_is_given_back_at_once_where_the_daemon_does_not_take_it(watched: Watched) -> None:
    watched.try_out()
    watched.watch.wants_reload(watched.duty)
    assert watched.watch.returned(watched.duty, False, "the station does not work on it")
    assert watched.site.read_bytes() == watched.before
    assert not watched.watch.wants_reload(watched.duty)


def test_the_next_supervisor_goes_on(watched: Watched) -> None:
    watched.try_out()
    after = watched.reloaded()
    assert not watched.watch.wants_reload(after)  # it is in use already
    watched.expire()
    assert watched.watch.returned(after, False, "")


def test_one_that_is_proven_too_late_comes_back_too(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.try_out()
    watched.watch.wants_reload(watched.duty)
    monkeypatch.setattr(Proof, "proven", lambda *_: True)
    watched.expire()
    assert watched.watch.returned(watched.reloaded(), False, "") and watched.site.read_bytes() == watched.before


def test_one_that_is_proven_in_time_stays(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.try_out()
    watched.watch.wants_reload(watched.duty)
    monkeypatch.setattr(Proof, "proven", lambda *_: True)
    assert not watched.watch.returned(watched.reloaded(), False, "")
    found = watched.history.probation()
    assert found is not None and found.state == "kept" and watched.site.read_bytes() != watched.before


def test_the_reason_of_a_reload_before_gives_nothing_back(watched: Watched) -> None:
    folder = watched.site.parent / "history"
    folder.mkdir()
    probation.write(folder, watched.wish())  # and the files are still being written
    watched.watch.wants_reload(watched.duty)
    assert not watched.watch.returned(watched.duty, False, "the site file was not valid")
    found = watched.history.probation()
    assert found is not None and found.state == "open"


def test_nobody_changes_the_site_until_one_whose_time_is_over_is_given_back(watched: Watched) -> None:
    watched.try_out()
    watched.expire()
    files = watched.history.files()
    with pytest.raises(UnderProbationError, match="for 0 s more"):
        watched.history.change(files, "by hand")
    with pytest.raises(UnderProbationError):
        watched.history.try_out(files, watched.wish(), present(watched.site))
    watched.watch.wants_reload(watched.duty)
    assert watched.watch.returned(watched.duty, False, "")
    watched.history.change(files, "by hand")


def test_a_history_that_cannot_be_read_does_not_keep_the_daemon_from_starting(watched: Watched) -> None:
    watched.try_out()
    watched.expire()
    (watched.site.parent / "history/0001.json").unlink()  # the way back
    settle(watched.site)
    (watched.site.parent / "history/0002.json").write_bytes(b"{")
    settle(watched.site)
    (watched.site.parent / "history/probation.json").unlink()
    (watched.site.parent / "history/probation.json").mkdir()
    settle(watched.site)
