"""F22 to F26: the radio and the received messages."""

from __future__ import annotations

from pathlib import Path

from hw.detail import Detail
from rsu.drill.acts import emulated, unplugged
from rsu.drill.fault import Fault, counter, message
from rsu.reasons.radio import RadioReason


def _small_frames(configs: Path) -> None:
    """Let the MAP of the site (718 octets) be too long, and its SPAT (635) fit."""
    site = configs / "demo.yaml"
    text = site.read_text(encoding="utf-8")
    site.write_text(text.replace("messages:\n", "messages:\n  max_frame_octets: 680\n", 1), encoding="utf-8")


ROWS = [
    Fault(
        "F22", "the radio's process dies", "射频单元进程退出",
        Detail("all messages silent, the cause named; recovers by itself", "全部消息静默并告警；自动恢复"),
        unplugged("radio"), message("spat", RadioReason.RADIO_LOST), notice_s=5.0,
        gap_s=None, off_air=("spat", "rsm", "map"),
    ),
    Fault(
        "F23", "the radio cannot send", "射频单元发送失败",
        Detail("named; messages go on, degraded", "告警；消息降级播发"),
        emulated("radio", fault="send-error"), message("spat", RadioReason.RADIO_FAULT), notice_s=5.0, gap_s=None,
    ),
    Fault(
        "F24", "the channel is busy", "信道繁忙",
        Detail("RSM sends fewer frames, SPAT stays at 10 Hz", "RSM 减少帧数，SPAT 保持 10 Hz"),
        emulated("radio", fault="busy-channel"), message("rsm", RadioReason.CHANNEL_BUSY), notice_s=5.0,
    ),
    Fault(
        "F25", "a message does not fit into a frame", "报文超过单帧长度",
        Detail("counted and named; no frame over the limit on air", "计数并告警；空口无超长帧"),
        None, counter("map-not-encoded"), notice_s=60.0, hold_s=20.0, recover_s=0.0,
        off_air=("map",), prepare=_small_frames,
    ),
    Fault(
        "F26", "2000 messages a second: garbage, replayed, of another region", "每秒 2000 条垃圾、重放、异区报文",
        Detail("counted; no ghost on air, SPAT stays at 10 Hz", "计数；空口无虚假目标，SPAT 保持 10 Hz"),
        emulated("radio", fault="flood"), counter("air: "), notice_s=5.0, hold_s=15.0,
    ),
]  # fmt: skip
