"""Weather sensors: messages of the manuals, the meaning of the codes, damage, emulators, and a real serial line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.weather.pwd import Pwd, PwdSettings
from hw.weather.wawa import OBSCURATION, PRECIPITATION_NOW
from hw.weather.wxt import Wxt, WxtSettings
from perception.objects import PRECIPITATION, Measurement, Weather
from sim.bench import WeatherSpec
from sim.emulator import Emulator
from sim.weather import SKIES, EmulatedDetector, EmulatedTransmitter, Sky
from tests.hw import replay
from tests.hw.fed import BEGIN_NS, NS, Fed
from tests.sim.emul_scene import bench, frame
from tests.sim.rig import Rig

SPEC = {"serial": "line", "latency_ms": 5, "phase_ms": 0, "period_s": 2}
MAKERS = {"pwd": EmulatedDetector, "wxt": EmulatedTransmitter}


def pwd() -> Pwd:
    return Pwd("sky", PwdSettings.model_validate(replay.SETTINGS["pwd"]))


def wxt(**more: object) -> Wxt:
    return Wxt("sky", WxtSettings.model_validate({**replay.SETTINGS["wxt"], **more}))


def framed(body: str) -> bytes:
    return f"\x01PW  1\x02{body}\x03\r\n".encode()


def weather(found: list[Measurement]) -> Weather:
    (one,) = found
    assert isinstance(one, Weather)
    return one


def test_the_detectors_messages_as_in_its_manual() -> None:
    short = weather(pwd().received("link", framed("00  6839  7505"), 5))
    assert short == Weather(device="sky", stamp_ns=5, receipt_ns=5, visibility_m=6839.0)
    standard = weather(pwd().received("link", framed("00  1839  1505  R-  61 61 61   0.33  12.16    0"), 5))
    assert (standard.visibility_m, standard.precipitation, standard.intensity_mm_h) == (1839.0, "rain", 0.33)
    assert (standard.obscuration, standard.temperature_c) == ("clear", None)
    aviation = "00  6839  7505  R  61 61 61   0.33  12.16    0  23.4 12345\r\n-RA\r\nRERA\r\n"
    assert weather(pwd().received("link", framed(aviation), 5)).temperature_c == 23.4


def test_values_that_are_missing_are_unknown() -> None:
    found = weather(pwd().received("link", framed("00 ///// /////  //  // // //  //////  ////// ////"), 5))
    assert found == Weather(device="sky", stamp_ns=5, receipt_ns=5)


@pytest.mark.parametrize(("digit", "error"), [("0", None), ("1", "fault"), ("2", "warning"), ("3", "is dirty")])
def test_the_detectors_state_is_told(digit: str, error: str | None) -> None:
    one = pwd()
    one.received("link", framed(f"0{digit}  6839  7505"), 5)
    assert (one.error or "None").find(error or "None") >= 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (framed("00  6839  7505  R-"), "layout"),
        (framed("6839  7505 00"), "layout"),
        (framed("00  99999  7505"), "field"),
        (framed("00  -1  7505"), "field"),
        (framed("00  nan  7505"), "field"),
        (b"\x01AB  1\x0200  1  1\x03", "frame"),
        (b"\x01PW  1" + b"x" * 300, "frame"),
    ],
)
def test_what_is_no_message_of_a_detector_is_named(data: bytes, reason: str) -> None:
    one = pwd()
    assert one.received("link", data, 5) == [] and one.counters[reason] == 1
    assert weather(one.received("link", framed("00  6839  7505"), NS)).visibility_m == 6839.0


def test_codes_of_present_weather() -> None:
    assert {*PRECIPITATION_NOW.values()} <= {*PRECIPITATION}
    expected = {20: None, 24: None, 25: None, 43: "rain", 52: "drizzle", 55: "freezing", 63: "rain", 66: "freezing"}
    expected |= {68: "mixed", 71: "snow", 76: "snow", 84: "rain", 87: "snow", 89: "hail", 91: None, 96: "hail"}
    assert {code: PRECIPITATION_NOW.get(code) for code in expected} == expected
    assert [OBSCURATION.get(code) for code in (4, 5, 10, 30, 33, 35, 36)] == ["haze"] * 2 + ["fog"] * 4 + [None]


LINE = "0R0,Dm=352D,Sn=0.9M,Sm=2.4M,Sx=3.4M,Ta=29.5C,Ua=46.8P,Pa=1017.1H,Rc=0.00M,Ri=0.0M\r\n"


def test_a_line_of_the_transmitter() -> None:
    assert weather(wxt().received("link", LINE.encode(), 5)) == Weather(
        device="sky", stamp_ns=5, receipt_ns=5, wind_from_deg=352.0, wind_mps=2.4, gust_mps=3.4, temperature_c=29.5,
        humidity_percent=46.8, intensity_mm_h=0.0, precipitation="none",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("0R1,Dm=236D,Sm=36.0K,Sx=54.0K", "gust_mps", 15.0),
        ("0R1,Sm=10.0N", "wind_mps", 5.14444),
        ("0R2,Ta=50.0F", "temperature_c", 10.0),
        ("0R3,Rc=0.1I,Ri=0.5I", "intensity_mm_h", 12.7),
        ("0R3,Ri=2.0M", "precipitation", "rain"),
        ("0R3,Ri=0.0M,Hi=3.0M", "precipitation", "hail"),
        ("0R1,Dm=000#,Sm=0.0#,Ta=9.0C", "wind_mps", None),
    ],
)
def test_units_and_kinds_of_lines(line: str, field: str, value: object) -> None:
    found = getattr(weather(wxt().received("link", f"{line}\r\n".encode(), 5)), field)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1R0,Ta=9.0C", "address"),
        ("0r0,Ta=9.0C", "checksum-form"),
        ("0TX,Start-up", "line"),
        ("$WIXDR,C,9.0,C,0", "line"),
        ("0R0,Sm=300.0M", "field"),
        ("0R0,Sm=3.0X", "field"),
        ("0R0,Ta=", "field"),
    ],
)
def test_what_is_no_line_of_this_transmitter_is_named(line: str, reason: str) -> None:
    one = wxt()
    assert one.received("link", f"{line}\r\n".encode(), 5) == [] and one.counters == {reason: 1}


def test_lines_that_tell_of_the_transmitter_itself_are_accepted() -> None:
    one = wxt()
    assert one.received("link", b"0R5,Th=25.9C,Vh=12.0N,Vs=15.2V,Vr=3.475V,Id=HEL___\r\n", 5) == []
    assert one.counters.accepted == 1 and one.counters == {}


def talk(kind: str, emulator: Emulator, fed: Fed, seconds: int) -> list[Weather]:
    found: list[Measurement] = []
    for _ in range(seconds):
        stamp_ns = fed.now_ns + NS
        for write in emulator.capture(stamp_ns // NS, frame([], stamp_ns, BEGIN_NS)):
            found += fed.hear(write.data, "link", stamp_ns - fed.now_ns)
        fed.now_ns = stamp_ns
    return [one for one in found if isinstance(one, Weather)]


def pair(kind: str) -> tuple[Emulator, Fed]:
    spec = WeatherSpec.model_validate({"kind": kind, **SPEC})
    settings: dict[str, object] = {**replay.SETTINGS[kind], "silence_ms": 5000}
    return MAKERS[kind]("sky", spec, bench()), Fed(kind, settings)


@pytest.mark.parametrize("sky", [None, *SKIES])
def test_the_emulated_sensors_tell_of_their_weather(sky: str | None) -> None:
    true = SKIES.get(sky or "", Sky())
    for kind in MAKERS:
        emulator, fed = pair(kind)
        emulator.fault = sky
        found = talk(kind, emulator, fed, 12)
        assert len(found) == 6 and fed.health().state == "ok" and fed.health().counters == {}
        assert found[-1].temperature_c == pytest.approx(true.temperature_c, abs=0.5)
        if kind == "wxt":
            assert found[-1].gust_mps == pytest.approx(true.gust_mps, abs=1.2)
        else:
            assert found[-1].visibility_m == pytest.approx(true.visibility_m, rel=0.12)
            assert found[-1].intensity_mm_h == true.water_mm_h


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("fault", ["garbage", "torn", "wrong-baud", "duplicate", "dirty-lens"])
def test_faults_are_found_and_gone(kind: str, fault: str) -> None:
    emulator, fed = pair(kind)
    talk(kind, emulator, fed, 10)
    emulator.fault = fault
    talk(kind, emulator, fed, 16)
    state = fed.health().state
    assert state == ("not-understood" if fault in ("garbage", "wrong-baud") else state)
    assert fault != "dirty-lens" or kind == "wxt" or fed.health().error == "a lens is dirty: clean it"
    emulator.fault = None
    talk(kind, emulator, fed, 16)
    assert fed.health().state == "ok" and fed.health().error is None, fed.health()


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_no_bytes_raise(pieces: list[bytes]) -> None:
    both = pwd(), wxt()
    for turn, piece in enumerate(pieces):
        for one in both:
            one.received("link", b"\x01PW  1\x02" + piece + b"\x03\r\n0R0," + piece + b"\n", BEGIN_NS + turn * NS)


@pytest.mark.parametrize("path", [*replay.logs("pwd"), *replay.logs("wxt")], ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    assert replay.result(path) == path.with_suffix(".json").read_text()


def test_a_detector_on_a_real_line(tmp_path: Path) -> None:
    spec: dict[str, object] = {"kind": "pwd", **SPEC, "period_s": 1}
    settings: dict[str, object] = {"link": {"serial": {"path": "line", "baud": 9600}}}
    (tmp_path / "sky.fault").write_text("fog")
    with Rig(tmp_path, "sky", spec, "pwd", settings) as rig:
        found = rig.until(lambda found: len(found) >= 2, within_s=10)
        assert rig.health() == "ok"
    assert all(isinstance(one, Weather) and one.obscuration == "fog" for one in found)
