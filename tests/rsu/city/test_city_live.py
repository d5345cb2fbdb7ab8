"""A city as its users run it: a real Mosquitto, boxes in a process of their own, the page's answers, a kill."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

pytest.importorskip("duckdb", reason="the extra `city` is not installed")

from rsu.city.embedded.tables import SqliteTables
from tests.rsu.city.bench_city import RUN, records
from tests.rsu.city.paged import Browser
from tests.rsu.web.serving import free_port

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None, reason="no mosquitto"
)


def start(folder: Path, mqtt: int, page: int, *more: object) -> subprocess.Popen[bytes]:
    command = [*RUN, "--data", str(folder / "city"), "--mqtt-port", str(mqtt), "--port", str(page), *map(str, more)]
    city = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert city.stdout is not None and json.loads(city.stdout.readline())["mqtt"].endswith(f":{mqtt}")
    return city


def ask(page: int, path: str) -> Any:
    """Return the answer to a request: JSON, text, or the code of the refusal."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{page}/{path}") as answer:
            body = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return json.loads(body) if path else body


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that may still run, and close its pipe."""
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def load(folder: Path, mqtt: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sim.city_boxes", "--records", str(folder / "records.jsonl"), "--port", str(mqtt)]
    return subprocess.Popen([*command, "--boxes", "20", "--for", "4"], stdout=subprocess.PIPE)


def test_boxes_are_kept_and_shown(tmp_path: Path) -> None:
    records(tmp_path / "records.jsonl")
    mqtt, page = free_port(), free_port()
    city = start(tmp_path, mqtt, page)
    try:
        told = json.loads(load(tmp_path, mqtt).communicate(timeout=60)[0])
        assert told["acknowledged"] == told["sent"] == 20 * (3 * 4 + 1) and told["refused"] == 0
        answers = {}
        for path in (
            "boxes",
            "users",
            "users?area=x",
            "tracks?box=BOX-00001",
            "flows?box=BOX-00001",
            "counts",
            "boxes/X",
            "tracks?box=..",
        ):
            answers[path] = ask(page, f"api/{path}")
        assert len(answers["boxes"]) == 20 and {box["state"] for box in answers["boxes"]} == {"online"}
        assert answers["users"] and answers["tracks?box=BOX-00001"] and answers["flows?box=BOX-00001"]
        assert (answers["users?area=x"], answers["boxes/X"]) == (400, 404)
        assert answers["counts"]["taken"]["participant"] == 80
        assert "city.js" in str(ask(page, ""))
    finally:
        city.terminate()
        city.wait(20)
        end(city)


def test_nothing_acknowledged_is_lost_when_the_city_is_killed(tmp_path: Path) -> None:
    records(tmp_path / "records.jsonl")
    mqtt, page = free_port(), free_port()
    city = start(tmp_path, mqtt, page)
    boxes = load(tmp_path, mqtt)
    try:
        while not ask(page, "api/counts")["taken"].get("traffic", 0) >= 20:
            assert boxes.poll() is None
            time.sleep(0.2)
        end(city)
        told = json.loads(boxes.communicate(timeout=60)[0])
    finally:
        end(city)
        end(boxes)
    store = SqliteTables(tmp_path / "city" / "city.db")
    kept = store.rows("SELECT count(*) AS kept FROM number")[0]["kept"]
    assert 0 < told["acknowledged"] <= kept


def certified(folder: Path) -> Path:
    """Make the folder of `--tls`: a certificate for 127.0.0.1 that is its own authority."""
    folder.mkdir()
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", "/CN=city", "-addext", "subjectAltName=IP:127.0.0.1"]
    files: list[str | Path] = ["-keyout", folder / "server.key", "-out", folder / "server.pem"]
    subprocess.run([*command, *names, *files], check=True, stderr=subprocess.DEVNULL)
    shutil.copy(folder / "server.pem", folder / "ca.pem")
    return folder


def say(tls: Path, mqtt: int, topics: dict[str, bytes]) -> None:
    """Publish as box BOX-1, with its password, over TLS."""
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.tls_set(str(tls / "ca.pem"))
    client.username_pw_set("BOX-1", "right")
    client.connect("127.0.0.1", mqtt)
    client.loop_start()
    for topic, body in topics.items():
        client.publish(topic, body, qos=1).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def commanded(tls: Path, mqtt: int, page: int, code: str) -> list[str]:
    """Give box BOX-1 a command on the page, and answer it as the box; return the states that the page has then."""
    box, taken = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5), threading.Event()

    def answer(_: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        said = json.loads(message.payload)
        properties = Properties(PacketTypes.PUBLISH)
        properties.CorrelationData = message.properties.CorrelationData
        body = json.dumps({"seqNum": said["seqNum"], "errorCode": 0, "state": "applied"})
        box.publish(f"{message.topic}/ack", body, 1, properties=properties)

    box.on_message, box.on_subscribe = answer, lambda *_: taken.set()
    box.tls_set(str(tls / "ca.pem"))
    box.username_pw_set("BOX-1", "right")
    box.connect("127.0.0.1", mqtt)
    box.loop_start()
    box.subscribe("rscu/BOX-1/query/down", 1)
    assert taken.wait(10)
    browser = Browser(page)
    assert (
        browser.ask("POST", "/api/setup", {"name": "anna", "password": "a long password", "code": code}).status == 200
    )
    browser.csrf = browser.ask("GET", "/api/session").said["csrf"]
    browser.ask("POST", "/api/commands", {"box": "BOX-1", "command": "query", "content": {"InfoId": 0}})
    deadline = time.monotonic() + 10
    while (rows := browser.ask("GET", "/api/commands").said)[0]["state"] in ("given", "sent"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    box.disconnect()
    box.loop_stop()
    return [row["state"] for row in rows]


def test_over_tls_a_box_speaks_for_itself_alone(tmp_path: Path) -> None:
    tls, passwords = certified(tmp_path / "tls"), tmp_path / "boxes.passwd"
    subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "BOX-1", "right"], check=True)
    mqtt, page = free_port(), free_port()
    city = start(tmp_path, mqtt, page, "--mqtt-address", "0.0.0.0", "--passwords", passwords, "--tls", tls)
    try:
        status = {"timeStamp": 1_800_000_000_000, "bootId": "a", "seqNum": 1}
        told = {box: json.dumps(status | {"rscuSn": box}).encode() for box in ("BOX-1", "BOX-2")}
        say(tls, mqtt, {f"rscu/{box}/run-status/up": body for box, body in told.items()})
        deadline = time.monotonic() + 10
        while not (boxes := ask(page, "api/boxes")):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert [box["box"] for box in boxes] == ["BOX-1"]
        assert commanded(tls, mqtt, page, (tmp_path / "city/page/code").read_text()) == ["applied"]
    finally:
        end(city)


def test_beyond_loopback_boxes_need_passwords(tmp_path: Path) -> None:
    done = subprocess.run(
        [*RUN, "--data", str(tmp_path), "--mqtt-address", "0.0.0.0"], stderr=subprocess.PIPE, check=False
    )
    assert done.returncode == 2 and b"--passwords" in done.stderr
