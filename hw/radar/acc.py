"""Driver of wide-area tracking radars of the ACC7320 class, over TCP (the radar is the server and wants a login).

Each list of targets is one `Detections`, of an empty road too, stamped with the radar's own time where that can be
believed, else with its receipt less `latency_ms`. Targets that the radar only extrapolates are left out: fusion does
that by itself. A login that was refused is tried again a minute later, or when the lock that the radar tells is over.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from hw.clock import SourceClock
from hw.credential import PasswordFile, first_line
from hw.detail import Detail
from hw.driver import DeviceSettings, Send
from hw.endpoint import Endpoint, Port, Way
from hw.intake import Intake
from hw.modality import RADAR, Modality
from hw.radar import acc_frames as frames
from hw.radar.acc_frames import AccFrame
from hw.radar.tracks import Track, detections
from hw.splitter import Splitter
from hw.utc import NS
from perception.objects import Measurement

AGAIN_S = 60
DOUBTED = 10  # lists after one of another layout that are not used: those of a fitting length prove nothing
FRAMES = 256  # numbers of lists
WRONG = Detail("the radar refuses user and password, {} times so far", "雷达拒绝用户名和密码，已 {} 次")
LOCKED = Detail("the radar has locked this address for {} s after wrong logins", "登录错误，雷达已锁定本机地址 {} s")
CROWDED = Detail("the radar serves as many clients as it can already", "雷达的客户端数已满")
LEFT = Detail("the radar has logged us out", "雷达已将本机注销")
EXPLAINED = {"targets": Detail("lists of targets of another layout: other firmware", "目标列表的格式不同：其他固件")}


class AccSettings(DeviceSettings):
    """Where the radar is, the account at it, and the choices that its document leaves open."""

    link: Endpoint
    user: str = Field("admin", description="user name at the radar")
    password_file: PasswordFile = Field(
        None, description="file whose first line is the password; a bare name: in /etc/rsu/credentials"
    )
    digest: Literal["octets", "text"] = Field("octets", description="what later rounds of the login's digest take")
    lateral: Literal["right", "left"] = Field("right", description="side on which its lateral places are positive")
    latency_ms: float = Field(100.0, ge=0, le=1000, description="usual time from the measurement to receipt")
    rate_hz: float = Field(10.0, gt=0, le=50, description="lists a second; half of it is a fault")
    clock_past_ms: int = Field(1000, ge=0, le=60_000, description="older than usual by this: the clock is wrong")
    clock_future_ms: int = Field(100, ge=0, le=60_000, description="newer than usual by this: the clock is wrong")

    def ports(self) -> dict[str, Port]:
        """Return the one port."""
        return {"link": Port(self.link, self.silence_ms)}


class AccRadar:
    """One radar.

    Counters: `noise` (octets outside of frames), `length`, `checksum`, `torn` (frames), `targets` (lists of another
    layout), `extrapolated` (targets left out), `duplicate` and `gap` (lists by their number), `unused` (statistics and
    events), and those of `SourceClock`.
    """

    Settings: ClassVar[type[DeviceSettings]] = AccSettings
    modality: ClassVar[Modality] = RADAR
    details: ClassVar[tuple[Detail, ...]] = (WRONG, LOCKED, CROWDED, LEFT, *EXPLAINED.values())
    ways: ClassVar[tuple[Way, ...]] = ("tcp",)
    correction_ns = 0

    def __init__(self, name: str, settings: AccSettings) -> None:
        self.name = name
        self.counters = Intake()
        self.nominal_hz = settings.rate_hz
        self.error: str | None = None
        self._settings = settings
        self._password = first_line(settings.password_file)
        self._left = -1.0 if settings.lateral == "right" else 1.0
        self._splitter = Splitter({frames.START: frames.measure}, self.counters)
        self._clock = SourceClock(settings.clock_past_ms, settings.clock_future_ms, self.counters)
        self._not_before_ns = 0  # a login that was refused is not tried again sooner
        self._nonce: bytes | None = None  # that waits for our answer
        self._asks = False
        self._number: int | None = None
        self._doubted = 0  # lists that are not used yet

    def opened(self, port: str, now_ns: int) -> list[Send]:
        """Ask to log in, as soon as that may be tried."""
        self._splitter.reset()
        self._asks, self._nonce, self._number = True, None, None
        return self.due(now_ns)

    def due(self, now_ns: int) -> list[Send]:
        """Log in."""
        if self._asks and now_ns >= self._not_before_ns:
            self._asks = False
            return [("link", frames.encode(AccFrame(frames.ASK, b"")))]
        if self._nonce is None:
            return []
        as_text = self._settings.digest == "text"
        answer = frames.digest(self._settings.user, self._password, self._nonce, as_text)
        self._nonce = None
        return [("link", frames.encode(AccFrame(frames.ANSWER, answer)))]

    def received(self, port: str, data: bytes, receipt_ns: int) -> list[Measurement]:
        """Take bytes and return one measurement for each list that they complete."""
        found = (self._take(frames.decode(each), receipt_ns) for each in self._splitter.feed(data, receipt_ns))
        return [one for one in found if one is not None]

    def explain(self, reason: str, sample: bytes) -> str | None:
        """Return in words why input was refused; None: nothing that this driver knows."""
        return EXPLAINED[reason].en if reason in EXPLAINED else None

    def _take(self, frame: AccFrame, receipt_ns: int) -> Measurement | None:
        if frame.type == frames.TARGETS:
            return self._list(frame.content, receipt_ns)
        self.counters.accepted += 1
        if frame.type == frames.NONCE:
            self._nonce = frame.content[: frames.NONCE_SIZE]
        elif frame.type == frames.RESULT and frame.content:
            self._result(frame.content, receipt_ns)
        elif frame.type in (frames.CROWDED, frames.LEFT):
            self._refused((CROWDED if frame.type == frames.CROWDED else LEFT).en, receipt_ns, AGAIN_S)
        else:
            self.counters["unused"] += 1
        return None

    def _result(self, content: bytes, receipt_ns: int) -> None:
        result, failures, lock_s = (
            content[0],
            content[1] if len(content) > 1 else 1,
            int.from_bytes(content[2:4], "big"),
        )
        if result == 0:
            self.error = None
        elif result == 1:
            self._refused(WRONG.say(failures), receipt_ns, AGAIN_S)
        else:
            self._refused(LOCKED.say(lock_s), receipt_ns, max(lock_s, AGAIN_S))

    def _refused(self, words: str, receipt_ns: int, again_s: int) -> None:
        self.error, self._asks = words, True
        self._not_before_ns = receipt_ns + again_s * NS

    def _list(self, content: bytes, receipt_ns: int) -> Measurement | None:
        try:
            time_ms, number, targets = frames.targets(content)
        except ValueError:
            self._doubted = DOUBTED
            self.counters.refuse("targets", content)
            return None
        if self._doubted:
            self._doubted -= 1
            self.counters.refuse("targets", content)
            return None
        if not self._is_new(number, content):
            return None
        measured = [one for one in targets if one.is_measured]
        if extrapolated := len(targets) - len(measured):
            self.counters["extrapolated"] += extrapolated
        utc_ns = min(time_ms, 1 << 43) * 1_000_000
        stamp_ns = self._clock.judge(utc_ns, receipt_ns - round(self._settings.latency_ms * 1e6), self.correction_ns)
        tracks = [
            Track(
                one.id, one.along_m, self._left * one.lateral_m, one.along_mps, self._left * one.lateral_mps, one.kind
            )
            for one in measured
        ]
        return detections(self.name, stamp_ns, receipt_ns, tracks)

    def _is_new(self, number: int, content: bytes) -> bool:
        step = 1 if self._number is None else (number - self._number) % FRAMES
        self._number = number
        if step == 0:
            self.counters.note("duplicate", content)
        elif step < FRAMES // 2:
            self.counters["gap"] += step - 1
        return step != 0
