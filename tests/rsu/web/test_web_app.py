"""The page's addresses: visitors that may ask, and their answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import ValidationError
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from rsu.recorder.control import RecorderAnswer as Told
from rsu.recorder.control import RecorderDesk, RecorderOrder
from rsu.site.web import WebSettings
from rsu.web.app import VIEWERS, application
from rsu.web.board import Board
from rsu.web.guard import is_loopback
from tests.rsu.web.crossing import Crossing, lane_map
from tests.rsu.web.records import processes, recorder, uplink
from tests.rsu.web.serving import access, free_port, hosting


class Answer(NamedTuple):
    status: int
    headers: Message
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """Asks one server, under any name."""

    def __init__(self, port: int) -> None:
        self.address = f"127.0.0.1:{port}"

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        return self.ask("GET", path, None, headers)

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str] | None = None) -> Answer:
        connection = HTTPConnection(self.address, timeout=5)
        connection.request(method, path, body, {"Connection": "close", **(headers or {})})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return Answer(answer.status, answer.headers, text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def shared(folder: Path) -> Iterator[tuple[Board, Client]]:
    board, port = Board("Test crossing", lane_map()), free_port()
    with hosting(application(board, folder, access(folder)), port):
        yield board, Client(port)


@pytest.fixture
def board(shared: tuple[Board, Client]) -> Board:
    shared[0].held.clear()
    return shared[0]


@pytest.fixture
def client(shared: tuple[Board, Client]) -> Client:
    return shared[1]


def fill(board: Board, now_ns: int) -> None:
    board.put("snapshot", Crossing(8).snapshot(1), now_ns)
    board.put("uplink", uplink(1, 10), now_ns)
    board.put("recorder", recorder(1), now_ns)
    board.put("processes", processes(1, 10), now_ns)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8080", "127.0.0.1:1", "127.5.0.1", "[::1]:18080", "LOCALHOST"]
)
def test_loopback_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::1", "a@b:c"]
)
def test_other_names(host: str) -> None:
    assert not is_loopback(host)


def test_a_name_that_was_rebound_to_this_box_is_refused(client: Client) -> None:
    assert client.get("/api/state", {"Host": "evil.example"}).status == 421


def test_another_sites_page_is_refused(client: Client) -> None:
    assert client.get("/api/state", {"Origin": "http://evil.example"}).status == 403
    evil = Origin("http://evil.example")
    with pytest.raises(InvalidStatus) as refused, connect(f"ws://{client.address}/live", origin=evil):
        pass
    assert refused.value.response.status_code == 403


def test_the_page_may_not_ask_anybody_else(client: Client) -> None:
    page = client.get("/", {"Origin": f"http://{client.address}"})
    assert page.status == 200
    policy = dict(rule.strip().split(" ", 1) for rule in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == f"'self' ws://{client.address}"
    assert "unsafe" not in page.headers["content-security-policy"]


def test_state_and_map_are_json(board: Board, client: Client) -> None:
    assert client.get("/api/state").json()["snapshot"] is None
    fill(board, 0)
    state = client.get("/api/state").json()
    assert state["site"] == "Test crossing"
    assert {message["kind"] for message in state["snapshot"]["messages"]} == {"bsm", "map", "rsm", "spat", "rsi"}
    assert state["uplink"]["waiting"] == 23
    assert [process["name"] for process in state["processes"]["processes"]] == ["station", "uplink", "web"]
    assert client.get("/api/map").json() == json.loads(json.dumps(lane_map()))


@pytest.fixture
def recording(folder: Path) -> Iterator[list[RecorderOrder]]:
    """Answer orders to the recorder; give those that came."""
    orders: list[RecorderOrder] = []
    stop = threading.Event()

    def answer() -> None:
        desk = RecorderDesk(folder)
        while not stop.wait(0.01):
            if (order := desk.order()) is not None:
                orders.append(order)
                desk.answer(Told("recording", ["a.mcap"]))
        desk.close()

    thread = threading.Thread(target=answer)
    thread.start()
    yield orders
    stop.set()
    thread.join()
    (folder / "recorder-orders.ipc").unlink()


def test_orders_go_to_the_recorder_from_this_page_only(client: Client, recording: list[RecorderOrder]) -> None:
    own, foreign = ({"Origin": f"http://{name}"} for name in (client.address, "evil.example"))
    keep = json.dumps({"verb": "keep", "why": "from the page"})
    answer = client.ask("POST", "/api/recorder", keep, own)
    assert (answer.status, answer.json()) == (200, {"state": "recording", "files": ["a.mcap"]})
    assert client.ask("POST", "/api/recorder", keep, foreign).status == 403
    assert client.ask("POST", "/api/recorder", keep, own | {"Host": "evil.example"}).status == 421
    assert client.ask("POST", "/api/recorder", '{"verb": "format the disk"}', own).status == 400
    assert client.get("/api/recorder").status == 404
    assert recording == [RecorderOrder("keep", "from the page")]


def test_without_a_recorder_orders_are_refused(client: Client) -> None:
    answer = client.ask("POST", "/api/recorder", '{"verb": "start"}')
    assert answer.status == 503 and "no recorder" in answer.text


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics(client: Client, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(board, 0)
    monkeypatch.setattr("time.monotonic_ns", lambda: 500_000_000)
    found = samples(client.get("/metrics").text)
    assert found["rsu_message_rate_hertz", "spat"] == 10
    assert found["rsu_message_decision", "degraded", "rsm"] == 1
    assert found["rsu_device_state", "camera-west", "camera", "lost"] == 1
    assert found["rsu_device_rejected_total", "radar-east", "checksum"] == 3
    assert found["rsu_uplink_waiting",] == 23
    assert (found["rsu_recorder_recording",], found["rsu_recorder_room_bytes",]) == (1, 19 << 30)
    assert found["rsu_process_memory_budget_bytes", "station"] == 250 * 2**20
    assert found["rsu_topic_age_seconds", "snapshot"] == 0.5
    assert sum(value for key, value in found.items() if key[0] == "rsu_tracks") == 8


def test_metrics_leave_out_what_is_stale(client: Client, board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(board, 0)
    monkeypatch.setattr("time.monotonic_ns", lambda: 2_000_000_000)
    found = samples(client.get("/metrics").text)
    assert ("rsu_message_rate_hertz", "spat") not in found
    assert found["rsu_uplink_waiting",] == 23  # stale only after 5 s


def test_viewers_are_limited(client: Client) -> None:
    with ExitStack() as viewers:
        for _ in range(VIEWERS):
            viewer = viewers.enter_context(connect(f"ws://{client.address}/live"))
            assert json.loads(viewer.recv(timeout=3))["site"] == "Test crossing"
        extra = viewers.enter_context(connect(f"ws://{client.address}/live"))
        with pytest.raises(ConnectionClosed) as closed:
            extra.recv(timeout=3)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::"])
def test_only_loopback_addresses_can_be_listened_on(host: str) -> None:
    with pytest.raises(ValidationError, match="loopback"):
        WebSettings(host=host)


def test_unknown_settings_are_errors() -> None:
    with pytest.raises(ValidationError, match="prot"):
        WebSettings.model_validate({"prot": 1})
