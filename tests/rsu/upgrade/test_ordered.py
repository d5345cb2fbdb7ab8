"""A release that the platform orders: fetched over HTTP, and used only as two keys and its version allow."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from rsu.downlink.errand_brief import ErrandBrief
from rsu.errand import upgrading
from rsu.errand.sending import ErrandError
from rsu.upgrade import ordered, trial
from tests.rsu.upgrade.boxes import Box, Orders


class OrderedBox(Box):
    """A box, the server with its packages, and the part of the box that runs as root."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "data").mkdir()
        (folder / "www").mkdir()
        handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(folder / "www"))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.orders = Orders()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def package(self, source: Path, name: str = "package") -> str:
        """Serve the folder of a release as one file; return its SHA-256."""
        with tarfile.open(self.folder / "www" / name, "w") as archive:
            archive.add(source, ".")
        return hashlib.sha256((self.folder / "www" / name).read_bytes()).hexdigest()

    def order(self, version: str, utc_ns: int = 0, **more: Any) -> dict[str, Any]:
        """Carry out upgrade/down; root's part begins once the order lies there. `utc_ns`: of its receipt."""
        url = f"http://127.0.0.1:{self.server.server_port}/{more.pop('name', 'package')}"
        body = json.dumps({"seqNum": 1, "updateVersion": version, "downloadUrl": url, **more}).encode()
        brief = ErrandBrief("upgrade", body, utc_ns, "box", "", str(self.folder / "data"), "")
        root = threading.Thread(target=self._root)
        root.start()
        try:
            return upgrading.brought(brief, self.releases)
        finally:
            self.stopped = True
            root.join()

    def _root(self) -> None:
        self.stopped = False
        folder = self.folder / "data" / ordered.FOLDER
        while not self.stopped:
            if (folder / "order.json").exists():
                ordered.carry_out(folder, self.site, self.releases, self.orders)


@pytest.fixture
def box(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OrderedBox]:
    monkeypatch.setattr(trial, "PATIENCE_S", 0.5)
    monkeypatch.setattr(trial, "STEADY_S", 0.1)
    monkeypatch.setattr(trial, "_LOOK_S", 0.02)
    monkeypatch.setattr(upgrading, "_LOOK_S", 0.02)
    monkeypatch.setattr(os, "sync", lambda: None)
    made = OrderedBox(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_signed_newer_release_is_used_and_asked_for_once(box: OrderedBox) -> None:
    digest = box.package(box.release("0.2.0", 1))
    assert box.order("0.2.0", downloadSha256=digest) == {"release": "0.2.0"}
    assert box.says() == "rsu 0.2.0"
    given = list(box.orders.given)
    # the errand begins again after the restart
    assert box.order("0.2.0", downloadSha256=digest) == {"release": "0.2.0"}
    assert box.orders.given == given


def test_a_package_of_one_key_is_refused_whatever_its_address_and_digest(box: OrderedBox) -> None:
    source = box.release("0.2.0", 1)
    for file in (source / "metadata").glob("*.targets.json"):
        content = json.loads(file.read_bytes())
        content["signatures"] = content["signatures"][:1]
        file.write_text(json.dumps(content))
    digest = box.package(source)
    with pytest.raises(ErrandError, match=r"the release is not used: .*refused"):
        box.order("0.2.0", downloadSha256=digest)
    assert box.says() == "rsu 0.1.0" and box.orders.given == []


@pytest.mark.parametrize(
    ("version", "more", "why"),
    [
        ("0.3.0", {}, "the package holds 0.2.0, not 0.3.0"),
        ("0.2.0", {"downloadSha256": "0" * 64}, "its sha256 is"),
        ("0.2.0", {"downloadMd5": "0" * 32}, "its md5 is"),
        ("0.2.0", {"name": "nothing"}, "HTTP 404"),
    ],
)
def test_another_package_is_refused(box: OrderedBox, version: str, more: dict[str, Any], why: str) -> None:
    box.package(box.release("0.2.0", 1))
    with pytest.raises(ErrandError, match=why):
        box.order(version, **more)
    assert box.says() == "rsu 0.1.0" and box.orders.given == []


def test_the_same_order_that_comes_again_is_carried_out_again(box: OrderedBox) -> None:
    box.package(box.release("0.3.0", 1))
    with pytest.raises(ErrandError, match="the package holds"):
        box.order("0.2.0")
    box.package(box.release("0.2.0", 2))
    assert box.order("0.2.0", utc_ns=1) == {"release": "0.2.0"}
