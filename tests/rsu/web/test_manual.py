"""The manual's addresses."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse

import pytest

from rsu.manual import pages
from rsu.web.app import application
from rsu.web.board import Board
from rsu.web.manual import preferred
from tests.rsu.web.crossing import lane_map
from tests.rsu.web.serving import access, free_port, hosting


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = free_port()
    folder = tmp_path_factory.mktemp("run")
    with hosting(application(Board("Test crossing", lane_map()), folder, access(folder)), port):
        yield port


def get(port: int, path: str, language: str = "") -> tuple[HTTPResponse, str]:
    connection = HTTPConnection(f"127.0.0.1:{port}", timeout=5)
    connection.request("GET", path, headers={"Accept-Language": language, "Connection": "close"})
    answer = connection.getresponse()
    return answer, answer.read().decode()


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_every_page_is_served(port: int, language: str) -> None:
    for page in pages.PAGES:
        answer, text = get(port, f"/manual/{language}/{page}")
        assert answer.status == 200
        assert f'<html lang="{language}">' in text
        assert 'aria-current="page"' in text
        assert "style=" not in text and "<script" not in text
    assert get(port, f"/manual/{language}/index.md")[0].status == 200


def test_the_browsers_language_comes_first(port: int) -> None:
    for wish, path in {"zh-CN,zh;q=0.9,en;q=0.8": "/manual/zh/index", "": "/manual/en/index"}.items():
        answer, _ = get(port, "/manual/", wish)
        assert (answer.status, answer.headers["location"]) == (307, path)
    assert get(port, "/manual/zh")[0].headers["location"] == "/manual/zh/index"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("de,zh;q=0.3,en;q=0.2", "zh"), ("en-GB", "en"), ("fr", "en"), ("zh;q=x", "zh"), ("en;q=0.1, zh-TW;q=0.5", "zh")],
)
def test_preferred(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


@pytest.mark.parametrize(
    "path", ["/manual/en/none", "/manual/fr", "/manual/fr/index", "/manual/en/..%2f..%2fsetup.cfg"]
)
def test_what_is_no_page_is_not_found(port: int, path: str) -> None:
    assert get(port, path)[0].status == 404


def test_the_page_leads_to_the_manual(port: int) -> None:
    assert 'href="manual/"' in get(port, "/")[1]
