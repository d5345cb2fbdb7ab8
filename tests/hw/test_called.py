"""Links that devices call: requests posted to a port of ours, messages through a real broker."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from hw.endpoint import Endpoint
from hw.link import PortLink
from hw.multipart import ANSWER
from sim.broker import configuration, executable
from sim.openings import MqttPublisher, Poster
from sim.outward import MqttPort, PostPort
from tests.sim.emul_scene import free_ports


def until(true: Callable[[], object], limit_s: float = 5.0) -> None:
    end = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def published(device: MqttPort, message: bytes, heard: Heard) -> bool:
    """Publish once more; return whether it was heard."""
    device.write(message)
    return heard.turn() and message in heard.data


class Heard:
    """A link and the bytes that came."""

    def __init__(self, folder: Path, **place: object) -> None:
        endpoint = Endpoint.model_validate(place)
        self.link = PortLink(endpoint, folder, time.time_ns, silence_ms=60_000, reopen_ms=100)
        self.data: list[bytes] = []

    def turn(self) -> bool:
        """Open, read; return whether bytes can flow."""
        self.link.tick(time.time_ns())
        self.data += [chunk.data for chunk in self.link.read()]
        return self.link.up


def test_a_device_posts_is_answered_and_posts_again_after_it_hung_up(tmp_path: Path) -> None:
    [port] = free_ports(1)
    heard = Heard(tmp_path, http={"listen": f"127.0.0.1:{port}", "peer": "127.0.0.1"})
    assert heard.turn() and heard.link.fileno() is not None
    for turn in range(2):
        device = PostPort(Poster(("127.0.0.1", port)))
        device.write(b"POST %d" % turn)
        until(lambda: heard.turn() and b"".join(heard.data).endswith(b"POST %d" % turn))  # noqa: B023
        heard.link.write(ANSWER)
        until(lambda: device.read(0) == [ANSWER])  # noqa: B023
        device.close()
        heard.turn()
    assert heard.link.up and not heard.link.counters
    heard.link.close()


def test_others_are_not_heard(tmp_path: Path) -> None:
    [port] = free_ports(1)
    heard = Heard(tmp_path, http={"listen": f"127.0.0.1:{port}", "peer": "192.0.2.1"})
    heard.turn()
    device = PostPort(Poster(("127.0.0.1", port)))
    device.write(b"POST")
    until(lambda: heard.turn() and heard.link.counters["stranger"])
    assert heard.data == []
    device.close()
    heard.link.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[int, Callable[[], None]]]:
    path = executable()
    if path is None:
        pytest.skip("mosquitto is not installed")
    [port] = free_ports(1)
    file = tmp_path / "mosquitto.conf"
    file.write_text(configuration(tmp_path, port))
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        for process in processes:
            process.kill()
            process.wait()
        processes.append(subprocess.Popen([path, "-c", str(file)], stderr=subprocess.DEVNULL))

    start()
    yield port, start
    for process in processes:
        process.kill()
        process.wait()


def test_what_a_device_publishes_is_heard_message_by_message(
    broker: tuple[int, Callable[[], None]], tmp_path: Path
) -> None:
    port, start_again = broker
    heard = Heard(tmp_path, mqtt={"broker": f"127.0.0.1:{port}", "topic": "V2X/RADAR/+/TRACK/UP"})
    until(heard.turn)
    device = MqttPort(MqttPublisher(("127.0.0.1", port), "V2X/RADAR/1/TRACK/UP"))
    for message in (b'{"n": 1}', b"x" * 60_000):
        until(partial(published, device, message, heard))
    assert {*heard.data} == {b'{"n": 1}', b"x" * 60_000}
    start_again()
    until(lambda: heard.turn() is False)
    assert heard.link.error is not None
    heard.data.clear()
    until(partial(published, device, b"again", heard), 10)
    device.close()
    heard.link.close()


def test_a_broker_that_is_not_there_is_said(tmp_path: Path) -> None:
    [port] = free_ports(1)
    heard = Heard(tmp_path, mqtt={"broker": f"127.0.0.1:{port}", "topic": "#", "user": "box"})
    until(lambda: heard.turn() or heard.link.error)
    assert heard.link.error == "Connection refused" and heard.link.counters["open-failed"] == 1
    heard.link.close()
