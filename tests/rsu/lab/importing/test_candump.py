"""Logs of a CAN bus: its frames as those of a gateway, to the driver of a CAN radar."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from hw.can.gateway import FRAME, decode
from perception.objects import Detections
from rsu.core.exits import Exit
from rsu.lab.importing import candump
from rsu.lab.importing.frames import ForeignError
from rsu.lab.importing.mapping import StreamSettings
from rsu.site import config
from tests.rsu.lab.importing.samples import BEGIN_NS, Import, measurements

MAPPING = "streams: [{device: radar-north, format: candump}]"
BEGIN = "2025-10-09T08:53:20Z"  # BEGIN_NS
OBJECT = "5F5F2BCC80200093"  # the documentation's object 95, moving


@pytest.fixture(scope="module")
def can_site(site: Path) -> Path:
    """Return the small site with a CAN radar."""
    data = YAML().load(site)
    data["devices"]["radar-north"] = {"kind": "ars408", "driver": {"link": {"tcp": "127.0.0.1:27041"}}}
    YAML().dump(data, site.with_name("can.yaml"))
    return site.with_name("can.yaml")


def log(begin_s: int, interface: str = "can0") -> str:
    """Return ten lists of one object, 72 ms apart, and frames of another interface and of 29-bit ids."""
    rows = []
    for n in range(10):
        at = f"({begin_s + n * 0.072:.6f})"
        rows += [f"{at} {interface} 60A#0100{n:02X}10", f"{at} {interface} 60B#{OBJECT} R", f"{at} can1 60A#00000010"]
        rows += [f"{at} {interface} 18FEF100#01.02.03", f"{at} {interface} 123#R"]
    return "# a remark\n" + "\r\n".join(rows) + "\r\n"


@pytest.mark.parametrize(("text", "more"), [(log(BEGIN_NS // 10**9), ""), (log(17), f", begin: {BEGIN}")])
def test_a_log_gives_the_radars_lists(imported: Import, can_site: Path, tmp_path: Path, text: str, more: str) -> None:
    (tmp_path / "bus.log").write_text(text, newline="")
    imported(tmp_path / "bus.log", MAPPING.replace("candump", "candump, interface: can0" + more), where=can_site)
    found = [one for one in measurements(tmp_path / "o.mcap", can_site) if isinstance(one, Detections)]
    assert len(found) == 10  # the first list ends with the second, later ones with their object
    assert all(one.position_m[0] == pytest.approx([109.0, -10.2]) for one in found if len(one.position_m))
    assert [round((one.stamp_ns + 50_000_000 - BEGIN_NS) / 1e6) for one in found][:3] == [0, 72, 144]


@pytest.mark.parametrize(("line", "said"), [
    ("(1.5) can0 60B#5F5F2BCC8020019", "line 1, column 3 (#data)"),
    ("(1.5) can0 60B#5F5F2BCC8020019355", "line 1, column 3 (#data)"),
    ("(1.5) can0 60B##15F", "line 1, column 3 (#data)"),  # CAN FD
    ("1.5 can0 60B#5F", "line 1, column 1 (time in brackets)"),
    ("can0  60B   [8]  5F 5F 2B CC 80 20 01 93", "line 1, column 1 (time in brackets)"),
    ("(1.5) can0 hello", "line 1, column 3 (id)"),
    ("(1.5) can0 60B#5F", "line 1: 1.5 s are not since 1970: say `begin`"),
])  # fmt: skip
def test_what_is_no_frame_is_named(imported: Import, can_site: Path, tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "bus.log").write_text(line + "\n")
    assert said in imported(tmp_path / "bus.log", MAPPING, Exit.DAMAGED, can_site)["said"]


def test_another_device_is_named(imported: Import, tmp_path: Path) -> None:
    (tmp_path / "bus.log").write_text(log(17))
    assert "go to an ars408, not to a ti-mmwave" in imported(tmp_path / "bus.log", MAPPING, Exit.DAMAGED)["said"]


@given(st.text(alphabet="(123.45) can60AB#R0\n", max_size=120))
def test_any_text_is_read_or_refused_with_its_line(can_site: Path, content: str) -> None:
    stream = StreamSettings.model_validate({"device": "radar-north", "format": "candump", "begin": BEGIN})
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ForeignError):
        (Path(folder) / "a.log").write_text(content)
        for one in candump.frames(Path(folder) / "a.log", stream, config.load(can_site)):
            assert len(one.data) == FRAME.size and decode(one.data) is not None
