"""The facts about a box: gathered at once (`gathering.py`), then judged without a clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hw.detail import Detail
from hw.modality import Gives
from rsu.bus.records import Processes, RecorderState, UplinkState
from rsu.bus.snapshot import DeviceView, Snapshot
from rsu.bus.troubles import Newest
from rsu.core.errors import Finding
from rsu.lab.doctor.box_facts import BoxFacts
from rsu.lab.doctor.kernel_clock import KernelClock
from rsu.lab.doctor.recent import Recent
from rsu.lab.doctor.serial_lines import SerialLine
from rsu.site.config import Config
from rsu.site.dialects import DIALECTS
from rsu.site.uplink import PlatformSettings
from rsu.uplink.handshake import Handshake

NO_DAEMON = Detail("no daemon runs", "守护程序未运行")
NO_RECORD = Detail("the {process} process is silent", "{process} 进程无报告")
NO_SITE = Detail("no valid site file", "没有有效的站点文件")
NO_PLATFORM = Detail("the site has no platform", "站点未配置平台")
NO_BROKER = Detail(
    "this platform is reached without a broker: the uplink process tells of it",
    "该平台不经消息服务器连接：由 uplink 进程报告其状态",
)
NO_RECORDING = Detail("no recording of the last minutes", "没有最近几分钟的录制")
FAILED = Detail("failed: {error}", "出错：{error}")
NO_TRY = Detail("it was not tried", "未尝试连接")
NO_TIME = Detail("this box was too busy to read the recording in time", "本机过于繁忙，未能及时读取录制")
NO_END = Detail(
    "no answer within {limit} s: the name service does not answer, or this box is too busy",
    "{limit} s 内无应答：域名服务无应答，或本机过于繁忙",
)


class NotApplicableError(Exception):
    """A probe has nothing to look at; the argument (Detail) says why."""


class SiteFacts(NamedTuple):
    """The facts; None: not known."""

    now_ns: int  # UTC
    box: BoxFacts
    kernel_clock: KernelClock | None
    findings: list[Finding]  # of `rsu check`
    newest: Newest = Newest()
    valid: Config | None = None
    lines: tuple[SerialLine, ...] = ()
    last_minutes: Recent | None = None
    no_recording: Detail = NO_RECORDING  # why there is none
    broker: Handshake | None = None
    no_broker: Detail = NO_TRY  # why there is none, where the platform has a broker
    certificate_ends_s: Mapping[str, float] = {}  # file of the site's -> its end, seconds since 1970

    @property
    def config(self) -> Config:
        """Return the site. NotApplicableError: there is no valid one."""
        if self.valid is None:
            raise NotApplicableError(NO_SITE)
        return self.valid

    @property
    def snapshot(self) -> Snapshot:
        """Return the state of the station. NotApplicableError: it says nothing."""
        if self.newest.snapshot is None:
            raise NotApplicableError(self._silent("station"))
        return self.newest.snapshot

    @property
    def processes(self) -> Processes:
        """Return the supervisor's table. NotApplicableError: no daemon runs."""
        if self.newest.processes is None:
            raise NotApplicableError(NO_DAEMON)
        return self.newest.processes

    @property
    def uplink(self) -> UplinkState:
        """Return the state of the uplink. NotApplicableError: it says nothing."""
        if self.newest.uplink is None:
            raise NotApplicableError(self._silent("uplink"))
        return self.newest.uplink

    @property
    def recorder(self) -> RecorderState:
        """Return the state of the recorder. NotApplicableError: it says nothing."""
        if self.newest.recorder is None:
            raise NotApplicableError(self._silent("recorder"))
        return self.newest.recorder

    @property
    def platform(self) -> PlatformSettings:
        """Return the platform's settings. NotApplicableError: the site has none."""
        if (platform := self.config.site.uplink.platform) is None:
            raise NotApplicableError(NO_PLATFORM)
        return platform

    @property
    def has_broker(self) -> bool:
        """Tell whether the platform is reached by a broker. NotApplicableError: the site has none."""
        return DIALECTS[self.platform.dialect].transport == "mqtt"

    @property
    def handshake(self) -> Handshake:
        """Return the broker's answer. NotApplicableError: there is no broker to ask, or the try came to no end."""
        if not self.has_broker:
            raise NotApplicableError(NO_BROKER)
        if self.broker is None:
            raise NotApplicableError(self.no_broker)
        return self.broker

    @property
    def recent(self) -> Recent:
        """Return the facts from the newest recording. NotApplicableError: there is none."""
        if self.last_minutes is None:
            raise NotApplicableError(self.no_recording)
        return self.last_minutes

    def devices(self, *gives: Gives) -> Iterator[DeviceView]:
        """Yield the devices of a purpose; none named: all. NotApplicableError: the station says nothing."""
        yield from (each for each in self.snapshot.devices if not gives or each.modality.gives in gives)

    def _silent(self, process: str) -> Detail:
        return NO_DAEMON if self.newest.processes is None else NO_RECORD.of(process=process)
