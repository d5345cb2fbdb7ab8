"""Brokers as they are met in the field: what is wrong is named with what to do, and the records flow where they can."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rsu.bus.told import Participants, RoadEvents
from rsu.uplink.link import BrokerLink
from sim.broker import executable
from tests.rsu.uplink import said as station
from tests.rsu.uplink.rig import RSCU, Rig
from tests.rsu.uplink.wire import DISCONNECT, Broker, Client, Publication, Talk, connack, packet, publish

Make = Callable[..., Rig]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Make]:
    made: list[Any] = []

    def make(behaviour: Callable[[Client], None], **settings: Any) -> Rig:
        broker = Broker(behaviour)
        rig = Rig(tmp_path, broker.port, **settings)
        made.extend([rig, broker])
        rig.broker = broker  # type: ignore[attr-defined]
        return rig

    yield make
    for each in made:
        each.close()


def acknowledge(said: Publication) -> bytes:
    """Answer as the platform does."""
    record = json.loads(said.payload)
    first = record.get("firstSeqNum", record["seqNum"])
    return json.dumps({"ackList": [{"bootId": record["bootId"], "first": first, "last": record["seqNum"]}]}).encode()


def answering(**properties: int) -> Talk:
    talk = Talk(**properties)
    talk.acknowledge = lambda said: acknowledge(said) if b"seqNum" in said.payload else None
    return talk


def _says(data: bytes) -> Callable[[Client], None]:
    def behave(client: Client) -> None:
        next(client.packets())
        client.say(data)
        time.sleep(0.2)

    return behave


def _waits(client: Client) -> None:
    time.sleep(20)


@pytest.mark.parametrize(
    ("behaviour", "cause", "remedy"),
    [
        (_says(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n"), "speaks HTTP", "MQTT port"),
        (_says(b"SSH-2.0-OpenSSH_9.2\r\n"), "speaks SSH", "MQTT port"),
        (_says(b"\x15\x03\x01\x00\x02\x02\x46"), "speaks TLS", "add tls:"),
        (_says(b"\x20\x02\x00\x01"), "MQTT 3.1.1 only", "needs MQTT 5"),
        (_says(b"\x00\x01\x02\x03binary"), "no MQTT broker", "check host and port"),
        (_says(b""), "closed before the broker has answered", "want TLS"),
        (_says(connack(0x86)), "does not know user and password", "password_file"),
        (_says(connack(0x87)), "does not authorise this box", "allow"),
        (_says(connack(0x85)), "does not accept this box's name", "rscu_sn"),
        (_says(connack(0x88)), "not available", "tried again"),
        (_says(connack(0x97)), "quota", "raise it there"),
        (_says(connack(0xA1)), "cannot be read", "MQTT 5"),  # no reason code of a CONNACK
        (_says(b"\x20\xff\xff\xff\xff\xff"), "cannot be read", "MQTT 5"),
        (_says(b"\x20\x05\x00\x00\x02\x27\x00"), "cannot be read", "MQTT 5"),
        (_waits, "sends nothing", "firewall"),
    ],
)
def test_what_answers_instead_of_a_broker_is_named(
    rig: Make, monkeypatch: pytest.MonkeyPatch, behaviour: Callable[[Client], None], cause: str, remedy: str
) -> None:
    monkeypatch.setattr("rsu.uplink.link.CONNECT_TIMEOUT_S", 0.4)
    box = rig(behaviour)
    box.add()
    trouble = box.until_trouble(cause)
    assert remedy in trouble
    assert not box.now().connected and box.now().error == trouble
    assert box.now().waiting == 1


def test_a_port_where_nobody_listens_and_a_name_that_nobody_knows(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box = Rig(tmp_path / "a", free.getsockname()[1])
    assert "nothing listens" in box.until_trouble("nothing listens")
    box.close()
    box = Rig(tmp_path / "b", 1883, host="no-such-broker.invalid")
    assert "name server" in box.until_trouble("cannot be resolved")
    box.close()


def test_attempts_become_rarer(rig: Make) -> None:
    box = rig(_says(connack(0x86)), reconnect_max_s=60)
    box.turn_for(4.0)
    assert 2 <= box.broker.connections <= 3, "after 0, 1 and 3 s"  # type: ignore[attr-defined]


def test_records_larger_than_a_packet_go_in_parts_or_aside_and_the_rest_flows(rig: Make) -> None:
    talk = answering(p27=600)
    talk.acknowledge = lambda said: _acknowledge_last_part(said)
    box = rig(talk)
    users = station.crowd(100)
    in_parts = box.add("participant", True, Participants(users))
    too_large = box.add("event", told=RoadEvents([station.event(track_ids=[1, 2, 3])], users[:3]))
    after = box.add("event")
    box.until(lambda: box.now().waiting == 0, "everything is sent or aside")
    heard = [json.loads(said.payload) for said in talk.heard]
    assert all(said.packet.size <= 600 for said in talk.heard)
    parts = [record for record in heard if record["seqNum"] == in_parts]
    assert [user["ptcId"] for part in parts for user in part["ptcList"]] == [user.id for user in users]
    box.until(lambda: any(r.get("firstSeqNum") == too_large for r in map(_record, talk.heard)), "its number is told")
    assert after in {record["seqNum"] for record in heard}
    assert box.now().set_aside == {"too-large": 1}
    assert "largest packet" in box.until_trouble("too-large")


def _record(said: Publication) -> dict[str, Any]:
    return dict(json.loads(said.payload))


def _acknowledge_last_part(said: Publication) -> bytes | None:
    record = json.loads(said.payload)
    whole = "seqNum" in record and record.get("partNum") == record.get("partSum")
    return acknowledge(said) if whole else None


def test_a_broker_for_qos_0_only(rig: Make) -> None:
    talk = answering(p24=0)
    box = rig(talk)
    box.add("event")
    box.until(lambda: box.now().acknowledged == 1, "it is acknowledged")
    assert {said.packet.qos for said in talk.heard} == {0}


def test_a_broker_that_takes_no_will_with_qos_1(rig: Make) -> None:
    class Strict(Talk):
        def __call__(self, client: Client) -> None:
            self.connack = 0x9B if len(self.connects) == 0 else 0
            super().__call__(client)

    talk = Strict(p24=0)
    talk.acknowledge = answering().acknowledge
    box = rig(talk)
    box.add("event")
    box.until(lambda: box.now().acknowledged == 1, "the second connection works")
    qos = [connect.body[7] >> 3 & 3 for connect in talk.connects]  # of the will
    assert qos == [1, 0]


def test_never_more_under_way_than_the_broker_allows(rig: Make) -> None:
    talk = answering(p21=2)
    talk.puback = None
    box = rig(talk)
    for _ in range(10):
        box.add("event")
    box.turn_for(1.0)
    assert len([said for said in talk.heard if said.packet.qos]) <= 2


def test_a_kind_that_the_broker_does_not_take_is_named_and_stops_no_other(rig: Make) -> None:
    class Acl(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            self.puback = 0x87 if "/event/" in said.topic else 0
            self.acknowledge = lambda one: (
                None if "/event/" in one.topic or b"seqNum" not in one.payload else acknowledge(one)
            )
            super()._publish(client, said)

    talk = Acl()
    box = rig(talk)
    for _ in range(5):
        box.add("event")
        box.add("traffic")
    trouble = box.until_trouble("event: not taken")
    assert f"rscu/{RSCU}/event/up" in trouble
    box.until(lambda: box.now().acknowledged == 5, "the others flow")
    before = len(talk.heard)
    box.turn_for(1.5)
    assert len(talk.heard) - before <= 3, "it is tried at growing intervals"
    talk.__class__ = Talk
    talk.puback, talk.acknowledge = 0, answering().acknowledge
    box.until(lambda: box.now().waiting == 0, "once it is allowed, all is sent", 20)
    assert box.now().denied == {}


def test_refused_subscriptions_are_named(rig: Make) -> None:
    talk = Talk()
    talk.suback = 0x87
    box = rig(talk)
    assert "acknowledgements not handed over" in box.until_trouble("lamp: ")


def test_nobody_subscribes(rig: Make) -> None:
    talk = Talk()
    talk.puback = 0x10
    box = rig(talk)
    box.add("event")
    trouble = box.until_trouble("acknowledges no records")
    assert "no client subscribes" in trouble and "is it running" in trouble
    state = box.now()
    assert state.connected and state.silent_s is not None and state.silent_s >= 0.3


def test_our_name_used_twice_is_named_and_no_hot_loop(rig: Make) -> None:
    class Takeover(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            client.say(packet(DISCONNECT, b"\x8e\x00"))

    talk = Takeover()
    box = rig(talk)
    trouble = box.until_trouble("under this box's name")
    assert "rscu_sn of its own" in trouble
    began = len(talk.connects)
    box.turn_for(2.5)
    assert len(talk.connects) - began <= 2


def test_a_connection_that_hangs_is_noticed_by_keep_alive(rig: Make) -> None:
    class Hangs(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            time.sleep(30)

    box = rig(Hangs())
    box.until(lambda: box.now().connected, "it is connected")
    box.until_trouble("connection is lost", 6)


def test_octets_that_are_no_packet_end_the_connection_only(rig: Make) -> None:
    class Noise(Talk):
        def _publish(self, client: Client, said: Publication) -> None:
            client.say(b"\x31\xff\xff\xff\x7f" + bytes(range(256)) * 4)
            client.say(packet(0xB0, b"?"))

    talk = Noise()
    box = rig(talk)
    box.until(lambda: len(talk.connects) >= 2, "it connects again")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b'{"ackList": [{"bootId": "b", "first": 1, "last": 355}]}',
        b'{"ackList": [{"bootId": "other", "first": 1, "last": 1}]}',
        b'{"seqNum": "77"}',
    ],
)
def test_bogus_acknowledgements_free_nothing_and_are_counted(rig: Make, answer: bytes) -> None:
    talk = Talk()
    talk.acknowledge = lambda said: answer
    box = rig(talk)
    for _ in range(10):
        box.add("event")
    box.until(lambda: sum(box.now().stray_acks.values()) >= 10, "they are counted")
    assert (box.now().acknowledged, box.now().waiting) == (0, 10)
    talk.acknowledge = answering().acknowledge
    box.until(lambda: box.now().waiting == 0, "true ones free all", 20)


def test_an_acknowledgement_of_t_its_0117_is_understood(rig: Make) -> None:
    talk = Talk()
    talk.acknowledge = lambda said: json.dumps(
        {"seqNum": str(json.loads(said.payload).get("seqNum", 0)), "errorCode": 0}
    ).encode()
    box = rig(talk)
    box.add("event")
    box.until(lambda: box.now().acknowledged == 1, "it is acknowledged")


def test_a_refused_record_is_set_aside_and_not_sent_again(rig: Make) -> None:
    talk = Talk()

    def judge(said: Publication) -> bytes | None:
        record = json.loads(said.payload)
        if "seqNum" not in record:
            return None
        wrong = {"errorCode": 1, "errorDesc": "ptcId: expected 1..65534"} if record["seqNum"] == 2 else {}
        entry = {"bootId": "b", "first": record["seqNum"], "last": record["seqNum"]}
        return json.dumps({"ackList": [entry | wrong]}).encode()

    talk.acknowledge = judge
    box = rig(talk)
    for _ in range(3):
        box.add("event")
    box.until(lambda: box.now().waiting == 0, "nothing waits")
    box.turn_for(0.7)
    assert [json.loads(said.payload)["seqNum"] for said in talk.heard] == [1, 2, 3]
    state = box.now()
    assert (state.acknowledged, state.refused, state.refusal) == (2, {"event": 1}, "ptcId: expected 1..65534")
    assert "ptcId" in box.until_trouble("has refused 1 event")


def test_not_now_is_sent_again(rig: Make) -> None:
    talk = Talk()
    talk.acknowledge = lambda said: b'{"ackList": [{"bootId": "b", "first": 1, "last": 1, "errorCode": 2}]}'
    box = rig(talk)
    box.add("event")
    box.until(lambda: len(talk.heard) >= 2, "it is sent again")
    talk.acknowledge = answering().acknowledge
    box.until(lambda: box.now().acknowledged == 1, "and then taken")


def test_lost_acknowledgements_pile_up_nothing(rig: Make) -> None:
    """The platform gets every live record at once; what waits stays bounded; then all is settled."""
    talk = Talk()
    box = rig(talk)
    for _ in range(200):
        box.add("participant", True)
        box.add("lamp", True)
        box.turn()
    box.until_trouble("acknowledges no records")
    assert box.now().waiting <= 120
    assert len({said.payload for said in talk.heard}) >= 390, "none is held back"
    talk.acknowledge = answering().acknowledge
    box.add("lamp", True)
    box.until(lambda: box.now().waiting == 0, "everything is settled", 20)
    state = box.now()
    assert state.spooled == state.acknowledged + sum(state.evicted.values())


def test_late_acknowledgements_of_an_earlier_connection_count(rig: Make) -> None:
    talk = Talk()
    box = rig(talk)
    box.add("event")
    box.until(lambda: len(talk.heard) == 1, "it is sent")
    first = talk.heard[0]

    class Late(Talk):
        def __call__(self, client: Client) -> None:
            super().__call__(client)

        def _publish(self, client: Client, said: Publication) -> None:
            client.say(publish(f"{first.topic}/ack", acknowledge(first)))

    box.broker.behaviour = Late()  # type: ignore[attr-defined]
    assert isinstance(box.sender.link, BrokerLink)
    box.sender.link._client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
    box.until(lambda: box.now().acknowledged == 1, "the answer is taken")


# a real Mosquitto


needs_mosquitto = pytest.mark.skipif(executable() is None, reason="mosquitto is not installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


class Mosquitto:
    """A real broker with the configuration of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def start(self, *lines: str) -> None:
        file = self.folder / "mosquitto.conf"
        file.write_text("\n".join([f"listener {self.port} 127.0.0.1", "user root", *lines, ""]))
        path = executable()
        assert path is not None
        with (self.folder / "mosquitto.log").open("wb") as log:
            self._processes.append(subprocess.Popen([path, "-c", str(file)], stderr=log))
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("mosquitto does not listen")

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    yield broker
    broker.stop()


@needs_mosquitto
def test_mosquitto_with_an_acl(mosquitto: Mosquitto, tmp_path: Path) -> None:
    acl = tmp_path / "acl"
    acl.write_text("topic write rscu/R1/traffic/up\ntopic read rscu/R1/+/up/ack\ntopic write rscu/R1/basic-status/up\n")
    mosquitto.start("allow_anonymous true", f"acl_file {acl}")
    box = Rig(tmp_path / "box", mosquitto.port)
    box.add("event")
    assert "not taken: Not authorized" in box.until_trouble("event: not taken")
    box.close()


@needs_mosquitto
def test_mosquitto_with_small_packets(mosquitto: Mosquitto, tmp_path: Path) -> None:
    mosquitto.start("allow_anonymous true", "max_packet_size 900")
    box = Rig(tmp_path / "box", mosquitto.port)
    users = station.crowd(200)
    box.add("participant", True, Participants(users))
    box.add("event", told=RoadEvents([station.event(track_ids=list(range(1, 9)))], users[:8]))
    box.until(lambda: box.now().set_aside == {"too-large": 1}, "what cannot be parted is aside")
    box.turn_for(0.5)
    assert box.now().connected, "mosquitto ends the connection of a client that sends too much"
    box.close()


@needs_mosquitto
def test_mosquitto_with_a_password_that_is_exchanged(mosquitto: Mosquitto, tmp_path: Path) -> None:
    users, file = tmp_path / "users", tmp_path / "password"
    subprocess.run([_beside_mosquitto("mosquitto_passwd"), "-b", "-c", str(users), "box", "right"], check=True)
    mosquitto.start("allow_anonymous false", f"password_file {users}")
    file.write_text("wrong\n")
    box = Rig(tmp_path / "box", mosquitto.port, username="box", password_file=file, reconnect_max_s=60)
    box.until_trouble("does not authorise this box")
    file.write_text("right\n")
    box.until(lambda: box.now().connected, "the new one is read at once", 3)
    box.close()


def _beside_mosquitto(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


@needs_mosquitto
def test_mosquitto_with_our_name_used_twice(mosquitto: Mosquitto, tmp_path: Path) -> None:
    mosquitto.start("allow_anonymous true")
    boxes = [Rig(tmp_path / name, mosquitto.port) for name in "ab"]
    end = time.monotonic() + 10
    while not any("under this box's name" in trouble for box in boxes for trouble in box.now().troubles):
        assert time.monotonic() < end, [box.now().troubles for box in boxes]
        for box in boxes:
            box.turn()
    for box in boxes:
        box.close()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _authority(folder: Path, name: str) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    _openssl(folder, "req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}",
             "-days", "400")  # fmt: skip


def _certificate(folder: Path, name: str, authority: str, host: str, days: int) -> None:
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    (folder / "names").write_text(f"subjectAltName=DNS:{host}\n")
    _openssl(folder, "req", *key, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
    _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", "-CA", f"{authority}.pem",
             "-CAkey", f"{authority}.key", "-CAcreateserial", "-days", str(days), "-extfile", "names")  # fmt: skip


@pytest.fixture
def pki(tmp_path: Path) -> Path:
    """Two authorities; a broker's certificate, and others that do not do."""
    folder = tmp_path / "pki"
    folder.mkdir()
    for name in ("ca", "other-ca"):
        _authority(folder, name)
    _certificate(folder, "server", "ca", "localhost", 300)
    _certificate(folder, "box", "ca", "box", 20)
    return folder


def _tls(folder: Path, **more: Any) -> dict[str, Any]:
    return {"tls": {"ca": folder / "ca.pem", **more}, "host": "localhost"}


@needs_mosquitto
@needs_openssl
@pytest.mark.parametrize(
    ("server", "box", "cause", "remedy"),
    [
        ({}, {"ca": "other-ca.pem"}, "not of an authority", "put the broker's authority there"),
        ({"host": "broker.example"}, {}, "for another name", "platform.host"),
        ({"days": -1}, {}, "has expired", "clock"),
        ({"client": True}, {}, "does not accept this box's certificate", "tls.certificate"),
        ({"client": True}, {"certificate": "stranger.pem", "key": "stranger.key"}, "does not accept this", "authority"),
        ({"plain": True}, {}, "does not answer with TLS", "8883"),
        ({}, {"plain": True}, "closed before the broker has answered", "want TLS"),
        ({}, {"ca": "missing.pem"}, "missing.pem cannot be read", "put it right"),
        ({}, {"ca": "names"}, "no certificate in PEM form", "put it right"),
        ({}, {"certificate": "box.pem", "key": "server.key"}, "do not fit together", "put it right"),
    ],
)
def test_tls_that_does_not_fit_is_named(
    mosquitto: Mosquitto,
    pki: Path,
    tmp_path: Path,
    server: dict[str, Any],
    box: dict[str, Any],
    cause: str,
    remedy: str,
) -> None:
    if "host" in server or "days" in server:
        _certificate(pki, "server", "ca", server.get("host", "localhost"), server.get("days", 300))
    _certificate(pki, "stranger", "other-ca", "box", 300)
    lines = [f"cafile {pki}/ca.pem", f"certfile {pki}/server.pem", f"keyfile {pki}/server.key"]
    lines = [] if server.get("plain") else [*lines, *(["require_certificate true"] if server.get("client") else [])]
    mosquitto.start("allow_anonymous true", *lines)
    names = {key: pki / name for key, name in box.items() if key != "plain"}
    settings = {"host": "localhost"} if box.get("plain") else _tls(pki, **names)
    one = Rig(tmp_path / "box", mosquitto.port, **settings)
    assert remedy in one.until_trouble(cause)
    one.close()


@needs_mosquitto
@needs_openssl
def test_certificates_are_read_at_every_connect_and_their_end_is_announced(
    mosquitto: Mosquitto, pki: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mosquitto.start(
        "allow_anonymous true", f"cafile {pki}/ca.pem", f"certfile {pki}/server.pem", f"keyfile {pki}/server.key",
        "require_certificate true",
    )  # fmt: skip
    ours = {"certificate": pki / "our.pem", "key": pki / "our.key"}
    for suffix in ("pem", "key"):
        shutil.copy(pki / f"server.{suffix}", pki / f"our.{suffix}")
    _certificate(pki, "our", "other-ca", "box", 300)
    box = Rig(tmp_path / "box", mosquitto.port, reconnect_max_s=60, **_tls(pki, **ours))
    box.until_trouble("does not accept this box's certificate")
    for suffix in ("pem", "key"):
        shutil.copy(pki / f"box.{suffix}", pki / f"our.{suffix}")
    box.until(lambda: box.now().connected, "the new one is read at once", 5)
    monkeypatch.setattr("rsu.uplink.state._LOOK_S", 0.0)
    state = box.now()
    assert 19 < state.expires_days["certificate"] < 20.1
    assert 299 < state.expires_days["broker"] < 300.1 and 399 < state.expires_days["ca"] < 400.1
    (trouble,) = state.troubles
    assert trouble.startswith("this box's certificate expires in 20 days, on ") and "by this box's clock" in trouble
    box.close()
