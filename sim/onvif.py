"""The emulated ONVIF camera: RTSP with a digest login, and metadata of the road users that its own analytics find.

The bench's own transcription of RTSP (RFC 2326), RTP (RFC 3550) and ONVIF's XML. Boxes are those of a pinhole without
distortion whose axis is level: `FOCAL_PX`, middle of the picture at `IMAGE_PX` / 2. The transformation is that of a
camera that counts in pixels. Errors, 1 sigma: 2 px on each side.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np

from perception.objects import RoadUser
from sim.bench import Bench, LinkedSpec
from sim.damage import ON_THE_WAY, TURNED, Damage, turned
from sim.emulator import Emulator, Write, generator
from sim.frames import WorldFrame
from sim.sensing import TargetNumbers, to_sensor, visible

PERIOD_NS = 200_000_000
IMAGE_PX, FOCAL_PX = (1280, 720), 1000.0
PIXEL_SD = 2.0
FRAGMENT = 1400  # octets of a document in one packet
USER, PASSWORD, REALM, NONCE = "operator", "bench", "camera", "5f3a"
NAMES = {
    RoadUser.CAR: "Car", RoadUser.TRUCK: "Truck", RoadUser.BUS: "Bus", RoadUser.MOTORCYCLE: "Motorcycle",
    RoadUser.BICYCLE: "Bicycle", RoadUser.PEDESTRIAN: "Human",
}  # fmt: skip
SDP = (
    "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=camera\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:video\r\n"
    "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:meta\r\n"
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema">'


class EmulatedOnvifCamera(Emulator):
    """One camera; it plays to the client that asked last."""

    FAULTS: ClassVar[Mapping[str, str]] = (
        ON_THE_WAY
        | TURNED
        | {
            "no-metadata": "has no track of metadata",
            "other-password": "has another password",
            "clock-behind": "is 1 h late",
        }
    )
    period_ns = PERIOD_NS

    def __init__(self, name: str, spec: LinkedSpec, bench: Bench) -> None:
        self.phase_ns = round(spec.phase_ms * 1e6)
        self._name, self._seed, self._damage = name, bench.seed, Damage()
        self._stands = {None: spec, "turned": turned(spec)}
        self._numbers = TargetNumbers()
        self._asked, self._plays, self._sequence = b"", False, 0

    @property
    def _spec(self) -> LinkedSpec:
        return self._stands.get(self.fault) or self._stands[None]

    def received(self, port: str, data: bytes, now_ns: int) -> list[Write]:
        """Answer requests."""
        *requests, self._asked = (self._asked + data).split(b"\r\n\r\n")
        return [Write("link", self._answer(each.decode("ascii", "replace")).encode(), 2_000_000) for each in requests]

    def _answer(self, request: str) -> str:
        method, target = request.split(" ")[:2]
        number = re.search(r"CSeq: (\d+)", request)
        head = f"CSeq: {number[1] if number else 0}\r\n"
        if not self._knows(method, target, request):
            self._plays = False
            return (
                f'RTSP/1.0 401 Unauthorized\r\n{head}WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}"\r\n\r\n'
            )
        self._plays |= method == "PLAY"
        ok = f"RTSP/1.0 200 OK\r\n{head}"
        if method == "DESCRIBE":
            self._plays = False
            sdp = SDP if self.fault != "no-metadata" else SDP.split("m=application")[0]
            kind = f"Content-Base: {target}/\r\nContent-Type: application/sdp\r\n"
            return f"{ok}{kind}Content-Length: {len(sdp)}\r\n\r\n{sdp}"
        if method == "SETUP":
            return f"{ok}Session: 77;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
        return f"{ok}Session: 77\r\n\r\n"

    def _knows(self, method: str, target: str, request: str) -> bool:
        password = "changed" if self.fault == "other-password" else PASSWORD
        first = hashlib.md5(f"{USER}:{REALM}:{password}".encode()).hexdigest()
        second = hashlib.md5(f"{method}:{target}".encode()).hexdigest()
        response = hashlib.md5(f"{first}:{NONCE}:{second}".encode()).hexdigest()
        return f'response="{response}"' in request and f'username="{USER}"' in request

    def capture(self, number: int, frame: WorldFrame) -> list[Write]:
        """Return the document of one frame to the client that plays."""
        if not self._plays:
            return []
        rng = generator(self._seed, self._name, number)
        behind_s = 3600 if self.fault == "clock-behind" else 0
        document = self._document(frame, frame.stamp_ns / 1e9 - behind_s, rng).encode()
        stamp = frame.stamp_ns * 9 // 100_000 & 0xFFFFFFFF
        pieces = [document[at : at + FRAGMENT] for at in range(0, len(document), FRAGMENT)]
        data = b"".join(self._packet(each, stamp, last=each is pieces[-1]) for each in pieces)
        return self._damage.done(self.fault, [Write("link", data, round(self._spec.latency_ms * 1e6))], rng)

    def _packet(self, piece: bytes, stamp: int, last: bool) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        packet = struct.pack(">BBHII", 0x80, 0x80 * last | 107, self._sequence, stamp, 77) + piece
        return b"$\0" + struct.pack(">H", len(packet)) + packet

    def _document(self, frame: WorldFrame, utc_s: float, rng: np.random.Generator) -> str:
        when = datetime.fromtimestamp(utc_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        wide, high = IMAGE_PX
        scale = f'<tt:Translate x="-1.0" y="1.0"/><tt:Scale x="{2 / wide:.9f}" y="{-2 / high:.9f}"/>'
        seen = "".join(self._objects(frame, rng))
        return (
            f'{HEAD}<tt:VideoAnalytics><tt:Frame UtcTime="{when}"><tt:Transformation>{scale}</tt:Transformation>'
            f"{seen}</tt:Frame></tt:VideoAnalytics></tt:MetadataStream>"
        )

    def _objects(self, frame: WorldFrame, rng: np.random.Generator) -> list[str]:
        spec = self._spec
        mount, rows = spec.mount, visible(frame, spec)
        place = to_sensor(mount, frame.position_m[rows] - [mount.east_m, mount.north_m])
        keys = self._numbers.of(frame.id[rows], frame.stamp_ns)
        found = []
        for row, key, (x, y) in zip(rows.tolist(), keys.tolist(), place.tolist(), strict=True):
            length, width, height = frame.size_m[row].tolist()
            near = max(x - length / 2, 1.0)
            middle, half = IMAGE_PX[0] / 2 - FOCAL_PX * y / near, FOCAL_PX * width / 2 / near
            top, bottom = (IMAGE_PX[1] / 2 + FOCAL_PX * (mount.height_m - up) / near for up in (height, 0.0))
            sides = np.array([middle - half, top, middle + half, bottom]) + rng.normal(0, PIXEL_SD, 4)
            left, upper, right, lower = sides.round(1).tolist()
            found.append(
                f'<tt:Object ObjectId="{key}"><tt:Appearance><tt:Shape><tt:BoundingBox left="{left}" top="{upper}" '
                f'right="{right}" bottom="{lower}"/></tt:Shape><tt:Class><tt:Type Likelihood="0.91">'
                f"{NAMES.get(RoadUser(int(frame.kind[row])), 'Other')}</tt:Type></tt:Class></tt:Appearance></tt:Object>"
            )
        return found
