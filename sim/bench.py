"""The bench file: which devices are emulated, where they really stand and how good they are.

The site file of the daemon holds the daemon's knowledge; this file holds the truth. Positions in metres around the
reference point, angles in degrees clockwise from true north. Names of serial ports are symlinks in the run folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from ruamel.yaml import YAML

from hw.endpoint import Address, Strict, split_address
from perception import geo, sensor
from sim.openings import BenchPublisher, MjpegServer, MqttPublisher, Opening, Poster, Pty, TcpServer, UdpSocket


class ReferenceSpec(Strict):
    """Origin of the site frame, WGS-84."""

    latitude_deg: float = Field(ge=-90, le=90)
    longitude_deg: float = Field(ge=-180, le=180)
    elevation_m: float = Field(ge=-500, le=9000)

    def core(self) -> geo.Reference:
        """Return it as the core's word."""
        return geo.Reference(self.latitude_deg, self.longitude_deg, self.elevation_m)


class MountSpec(Strict):
    """Where a device stands and looks: yaw of its boresight, clockwise from true north."""

    east_m: float
    north_m: float
    height_m: float = Field(gt=0, le=50)
    yaw_deg: float = Field(0.0, ge=0, lt=360)


class EmulatorSpec(Strict):
    """Settings of every emulated device."""

    latency_ms: float = Field(ge=0, le=1000)  # from a capture to the first byte that tells of it
    nice: ClassVar[int] = 0  # of the emulator's process
    phase_ms: float = Field(ge=0, lt=1000)  # captures lie this long after whole periods of UTC

    def ports(self) -> dict[str, Opening]:
        """Return the ports that the device opens, by the names that its emulator uses."""
        raise NotImplementedError


class SensorSpec(EmulatorSpec):
    """A camera or radar, with its field of view."""

    mount: MountSpec
    range_m: float = Field(gt=0, le=500)
    width_deg: float = Field(gt=0, le=180)


class CameraSpec(SensorSpec):
    """A smart camera (`hw/camera.py`): TCP server."""

    kind: Literal["camera"]
    tcp: Address

    def ports(self) -> dict[str, Opening]:
        """Return the one TCP port."""
        return {"link": TcpServer(split_address(self.tcp))}


class RadarSpec(SensorSpec):
    """A TI mmWave radar (`hw/radar/`): two serial ports, or the one of an xWRL6432."""

    kind: Literal["ti-mmwave"]
    cli: str
    data: str | None = None  # none: an xWRL6432
    header: Literal["sdk3", "area", "traffic", "people", "sdk1"] = "sdk3"  # layout of its frames, by the firmware

    def ports(self) -> dict[str, Opening]:
        """Return the command and data ports at the baud rates of TI's firmware."""
        if self.data is None:
            return {"cli": Pty(self.cli, 115_200)}
        return {"cli": Pty(self.cli, 115_200), "data": Pty(self.data, 921_600)}


class CanRadarSpec(SensorSpec):
    """A Continental ARS408 behind a CAN gateway: TCP server."""

    kind: Literal["ars408"]
    tcp: Address
    sensor: int = Field(0, ge=0, le=7)

    def ports(self) -> dict[str, Opening]:
        """Return the one TCP port."""
        return {"link": TcpServer(split_address(self.tcp))}


class LinkedSpec(SensorSpec):
    """A sensor with one port: a TCP server, a UDP socket, a publisher, a poster or a serial line."""

    kind: Literal[
        "ops243", "ss125", "acc7320", "radar-c0", "radar-json", "radar-video", "camera-mapped", "camera-onvif"
    ]
    tcp: Address | None = None
    udp: tuple[Address, Address] | None = None  # its own and the host's
    mqtt: tuple[Address, str] | None = None  # broker and topic
    http: Address | None = None  # of the host to which it posts
    serial: str | None = None
    baud: int = Field(115_200, ge=1200, le=921_600)

    def ports(self) -> dict[str, Opening]:
        """Return the one port."""
        return {"link": self._opening()}

    def _opening(self) -> Opening:
        if self.udp:
            return UdpSocket(split_address(self.udp[0]), split_address(self.udp[1]))
        if self.mqtt:
            return MqttPublisher(split_address(self.mqtt[0]), self.mqtt[1])
        if self.http:
            return Poster(split_address(self.http))
        return TcpServer(split_address(self.tcp)) if self.tcp else Pty(self.serial or self.kind, self.baud)


class VideoSpec(EmulatorSpec):
    """A video camera: MJPEG over HTTP. Its pictures are drawn with the spare time of the machine."""

    kind: Literal["video"]
    http: Address
    mount: sensor.Mount
    camera: sensor.Intrinsics
    image_px: tuple[int, int]
    rate_hz: float = Field(10.0, gt=0, le=60)
    nice: ClassVar[int] = 10

    def ports(self) -> dict[str, Opening]:
        """Return the one HTTP port."""
        return {"http": MjpegServer(split_address(self.http))}


class GnssSpec(EmulatorSpec):
    """A GNSS receiver: one serial port."""

    kind: Literal["gnss"]
    serial: str
    baud: int = Field(115_200, ge=4800, le=921_600)
    mount: MountSpec

    def ports(self) -> dict[str, Opening]:
        """Return the one serial port."""
        return {"serial": Pty(self.serial, self.baud)}


class WeatherSpec(EmulatorSpec):
    """A weather sensor: one serial port."""

    kind: Literal["pwd", "wxt"]
    serial: str
    baud: int = Field(9600, ge=1200, le=115_200)
    period_s: int = Field(15, ge=1, le=3600)  # between messages

    def ports(self) -> dict[str, Opening]:
        """Return the one serial port."""
        return {"link": Pty(self.serial, self.baud)}


class DatagramSpec(EmulatorSpec):
    """A device that exchanges datagrams with one host."""

    listen: Address
    host: Address

    def ports(self) -> dict[str, Opening]:
        """Return the one UDP port."""
        return {"udp": UdpSocket(split_address(self.listen), split_address(self.host))}


class SignalSpec(DatagramSpec):
    """A signal controller: GA/T 1743, NTCIP TSCBM or GB/T 20999."""

    kind: Literal["gat1743", "tscbm", "gb20999"]
    period_ms: int = Field(1000, ge=100, le=1000)  # between reports of the lamp colours


class AirSpec(DatagramSpec):
    """A radio of any kind."""

    air: str = "air.ipc"  # where the bench hears the messages that it was given, in the run folder

    def ports(self) -> dict[str, Opening]:
        """Return the UDP port, and the air side for the bench's listener."""
        return {**super().ports(), "air": BenchPublisher(self.air, b"tx")}


class RadioSpec(AirSpec):
    """A C-V2X radio behind its agent, and its reception."""

    kind: Literal["radio-agent"]
    garbage_share: float = Field(0.003, ge=0, le=1)  # of the received frames
    liars: int = Field(0, ge=0, le=1000)  # so many of the vehicles that send at once lie, each in its own way


class ForwardSpec(AirSpec):
    """A radio that takes messages as text (RSU 4.1, immediate forward)."""

    kind: Literal["rsu41"]


AnySpec = Annotated[
    CameraSpec
    | RadarSpec
    | CanRadarSpec
    | LinkedSpec
    | VideoSpec
    | GnssSpec
    | WeatherSpec
    | SignalSpec
    | RadioSpec
    | ForwardSpec,
    Field(discriminator="kind"),
]


class World(Strict):
    """Where the truth comes from."""

    source: Literal["sumo", "recording"]


class Bench(Strict):
    """The whole file."""

    version: Literal[1]
    reference: ReferenceSpec
    seed: int = Field(ge=0)
    world: World
    emulators: dict[str, AnySpec]


def load(path: Path) -> Bench:
    """Read a bench file; OSError, ruamel's YAMLError or pydantic's ValidationError when it cannot be used."""
    return Bench.model_validate(YAML(typ="safe").load(path))
