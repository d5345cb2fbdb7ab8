"""Passwords that drivers read stay where they are: no recording, export, version or copy of a site has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hw import credential
from rsu.daemon import site_copy
from rsu.site import config, content
from tests.rsu.recording.virtual import CONFIGS

SECRET = "not for others"


LOGINS = """devices:
  radar-wide:
    kind: acc7320
    driver: {link: {tcp: "127.0.0.1:9001"}, password_file: keys/login}
  camera-wide:
    kind: camera-onvif
    driver: {link: {tcp: "127.0.0.1:9002"}, path: /meta, image_px: [1920, 1080], password_file: keys/login}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a copy of the demo's site with a radar and a camera that want a login."""
    folder = tmp_path / "site"
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "login").write_text(SECRET, encoding="utf-8")
    for each in CONFIGS.iterdir():
        if each.is_file():
            (folder / each.name).write_bytes(each.read_bytes())
    file = folder / "site.yaml"
    text = (CONFIGS / "demo.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("devices:\n", LOGINS, 1), encoding="utf-8")
    return file


def test_the_files_of_a_site_have_no_password(site: Path) -> None:
    loaded = config.load(site)
    assert [*content.secret_files(loaded)] == [site.parent / "keys" / "login"] * 2
    assert not [name for name, data in content.collect(loaded).items() if SECRET.encode() in data]


def test_a_copy_for_processes_has_a_link_to_it(site: Path, tmp_path: Path) -> None:
    frozen = site_copy.freeze(site_copy.gather(site), [tmp_path / "shelf"])
    (path,) = {*content.secret_files(frozen.config)}
    assert path.is_symlink() and credential.first_line(path) == SECRET
    (site.parent / "keys" / "login").write_text("renewed", encoding="utf-8")
    assert credential.first_line(path) == "renewed"


def test_a_recorded_site_needs_none(site: Path) -> None:
    (site.parent / "keys" / "login").unlink()
    assert [*content.secret_files(config.load(site, recorded=True))] == []


def test_a_bare_name_is_a_credential(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "rsu_camera").write_text(f"{SECRET}\nsecond line", encoding="utf-8")
    assert credential.first_line(Path("camera")) == SECRET
