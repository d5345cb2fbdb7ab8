"""Findings on recordings, and differences of outputs, in both languages; JSON carries the English text."""

from __future__ import annotations

from functools import cache

from hw import detail
from hw.detail import Detail

KINDS = {  # of `verify.Problem`
    "changed": Detail("changed", "被改动"),
    "unsealed": Detail("unsealed", "无封印"),
    "unreadable": Detail("unreadable", "无法读取"),
    "missing": Detail("missing", "缺失"),
    "mid-run": Detail("mid-run", "中途开始"),
    "unused": Detail("unused", "未使用"),
}
NO_MCAP = Detail("not an MCAP file", "不是 MCAP 文件")
INDEX = Detail("the index behind the seal is not as recorded ({})", "封印之后的索引与录制时不符（{}）")
SEAL = Detail("the seal is not as recorded", "封印与录制时不符")
LAST_BYTES = Detail("the last 8 bytes are not those of an MCAP file", "最后 8 字节不是 MCAP 文件的结尾")
CHECKSUM = Detail("its checksum differs", "校验和不符")
NO_SEAL = Detail(
    "no intact seal: cut, or changed there; rsu rec recover saves the readable part",
    "没有完整的封印：被截断或在该处被改动；rsu rec recover 可保存能读取的部分",
)
OTHER_RECORD = Detail("another record stands in the seal's place", "封印的位置上是其他记录")
NOT_SEALED = Detail("not under the seal", "不在封印范围内")
NOT_AS_RECORDED = Detail("not as recorded", "与录制时不符")
SITE_FILE = Detail("a file of the site is not as recorded", "站点的一个文件与录制时不符")
BYTES = Detail("bytes {} to {}", "第 {} 至 {} 字节")
BYTES_WHEN = Detail("bytes {} to {}, {} to {}", "第 {} 至 {} 字节，{} 至 {}")
BYTE = Detail("byte {}", "第 {} 字节")
MID_RUN = Detail("begins {} ticks after the start of the station", "开始于站点进程启动后第 {} 个周期")
NEVER = Detail("ticks {} to {} were never recorded", "第 {} 至 {} 个周期未被录制")
BEFORE = Detail("before {}", "{} 之前")
ENDS_INSIDE = Detail("the file ends inside a record", "文件在记录中间结束")
NO_DEVICES = Detail("has no {}, whose bytes are not used", "没有 {}，其字节未被使用")
NO_FURTHER = Detail("nothing is replayed from here on", "此后不再回放")
NOTHING_TO_RECOVER = Detail("nothing to recover", "无需恢复")
TICK_TIME = Detail("time of the tick", "周期时间")
ORDER = Detail("order of outputs", "输出顺序")
HANDOVER = Detail("handing over of {} frame {}", "{} 帧 {} 的交付")
FRAME = Detail("{} frame {}", "{} 帧 {}")
RECORD = Detail("{} record {}", "{} 记录 {}")
GATE = Detail("gate {}", "播发判定 {}")


@cache
def _rows() -> tuple[Detail, ...]:
    """Return all rows of this module."""
    return tuple(value for value in globals().values() if isinstance(value, Detail))


def told(text: str, language: str) -> str:
    """Return a finding, or the name of an output, in a language."""
    return detail.chinese(text, _rows()) if language == "zh" else text
