"""Folders of the daemon: only its own, closed to others, one daemon each, and one that cannot be written is named."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from rsu.core import folders
from rsu.core.errors import AlreadyRunningError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else")


def test_a_new_folder_is_ours_alone(tmp_path: Path) -> None:
    with folders.claim(tmp_path / "deep/run"):
        assert (tmp_path / "deep/run").stat().st_mode & 0o7777 == 0o750


def test_a_second_daemon_is_refused(tmp_path: Path) -> None:
    with folders.claim(tmp_path), pytest.raises(AlreadyRunningError, match=str(tmp_path)), folders.claim(tmp_path):
        pass
    with folders.claim(tmp_path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@as_root
def test_the_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    os.chown(tmp_path, 65_534, -1)
    with pytest.raises(PermissionError, match="belongs to user nobody, the daemon is user root"):
        folders.refuse_strangers(tmp_path)


@as_root
def test_the_link_of_another_user_is_refused(tmp_path: Path) -> None:
    own, link = tmp_path / "own", tmp_path / "link"
    own.mkdir(mode=0o750)
    link.symlink_to(own)
    folders.refuse_strangers(link)
    os.chown(link, 65_534, -1, follow_symlinks=False)
    with pytest.raises(PermissionError, match="is a link of user nobody"):
        folders.refuse_strangers(link)


def test_a_folder_open_to_everybody_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(PermissionError, match="chmod 750"):
        folders.refuse_strangers(tmp_path)


def test_a_path_too_long_for_its_sockets_is_refused(tmp_path: Path) -> None:
    folders.refuse_long(Path("/run/rsu"), iter(["station.ipc"]))
    with pytest.raises(ValueError, match="octets are allowed"):
        folders.refuse_long(tmp_path / ("x" * 100), iter(["station.ipc"]))
