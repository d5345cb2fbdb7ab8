"""Texts of `rsu msg` and of the codec in both languages; JSON has the English ones, people read those of the locale."""

from __future__ import annotations

from functools import cache

from hw import detail
from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.reasons import codec

NOT_HEX = Detail("not hex", "不是十六进制")
EMPTY = Detail("empty", "为空")
NOT_JSON = Detail("not JSON: {}", "不是 JSON：{}")
LIKE = Detail("{}; looks like {}", "{}；疑似{}")
LOOKS_LIKE = Detail("looks like {}", "疑似{}")
FILE = Detail(
    "{}: a file, not hex; use: rsu msg explain {}, or rsu msg decode - < {}",
    "{}：为文件，不是十六进制；请使用：rsu msg explain {}，或 rsu msg decode - < {}",
)
ERROR = Detail("error: {}", "错误：{}")
EXPECTED_HEX = Detail("error: {}: {}; expected a message in hex", "错误：{}：{}；应为十六进制的消息")
NO_MESSAGE = Detail("{}: no message in it", "{}：其中没有消息")
NO_DIFFERENCE = Detail("no field differs", "没有字段不同")
ALIKE_NO_MESSAGE = Detail("{}: no field differs, but it is no message: {}", "{}：没有字段不同，但不是消息：{}")
FROM_TERMINAL = Detail("reading from the terminal; Ctrl-D ends", "正在从终端读取；Ctrl-D 结束")
LINES_FROM_TERMINAL = Detail(
    "reading one message a line from the terminal; Ctrl-D ends", "正在从终端读取，每行一条消息；Ctrl-D 结束"
)
NO_KIND = Detail("--kind {}: there are {}", "--kind {}：可选 {}")
NO_ADDRESS = Detail(
    "{} {}: {}; an IP address and a port, as in 192.168.1.20:30000",
    "{} {}：{}；应为 IP 地址和端口，如 192.168.1.20:30000",
)
NOTHING_COMES = Detail(
    "no message comes; rsu status shows the state of the daemon", "没有消息；守护程序的状态见 rsu status"
)
# rsu msg explain
HEARTBEAT = Detail("no message: a sign of life between host and agent", "不是消息：主机与代理程序之间的心跳")
SOURCE = Detail("source   {}{}", "来源     {}{}")
RECEIVED = Detail("agent    received {} from {}{}, AID {}", "代理     {} 接收，来自 {}{}，AID {}")
TO_SEND = Detail(
    "agent    to be sent with AID {}, DSM priority {} (PPPP {})", "代理     待发送，AID {}，DSM 优先级 {}（PPPP {}）"
)
SERVICE = Detail("{}, DSM priority {} (PPPP {}), to {}", "{}，DSM 优先级 {}（PPPP {}），目的 {}")
NO_SERVICE = Detail("of no known service", "业务未知")
FOREIGN = Detail("message  none of ours, {} octets: looks like {}", "消息     非本消息集，{} 字节：疑似{}")
MESSAGE = Detail("message  {}, {} octets, {}{}", "消息     {}，{} 字节，{}{}")
UNKNOWN = Detail("unknown", "未知")
ALSO = Detail(" (as well as {})", "（亦符合 {}）")
REFUSED = Detail("refused: {}", "拒绝：{}")
HEADS = Detail("    bit  bits  field", "    位  位数  字段")
OTHER_AID = Detail("AID {} is that of {}", "AID {} 属于 {}")
# likely formats of foreign octets
RECORDING = Detail(
    "a recording (MCAP), no message: rsu rec info shows its content, rsu replay plays it",
    "录制（MCAP），不是消息：rsu rec info 显示其内容，rsu replay 回放",
)
ROS_BAG = Detail(
    "a ROS bag, no message: rsu rec import makes a recording of it", "ROS bag，不是消息：rsu rec import 将其转为录制"
)
SQLITE = Detail(
    "an SQLite database, no message: the spool of a daemon, or a ROS 2 bag",
    "SQLite 数据库，不是消息：守护程序的缓存，或 ROS 2 bag",
)
AVI = Detail("a film (AVI), no message", "影片（AVI），不是消息")
MATROSKA = Detail("a film (Matroska), no message", "影片（Matroska），不是消息")
MP4 = Detail("a film (MP4), no message", "影片（MP4），不是消息")
PNG = Detail("a picture (PNG), no message", "图片（PNG），不是消息")
JPEG = Detail("a picture (JPEG), no message", "图片（JPEG），不是消息")
GZIP = Detail(
    "a packed file (gzip): unpack it first, as in gunzip -c FILE | rsu msg explain -",
    "压缩文件（gzip）：请先解压，如 gunzip -c FILE | rsu msg explain -",
)
ZSTANDARD = Detail(
    "a packed file (Zstandard): unpack it first, as in zstd -dc FILE | rsu msg explain -",
    "压缩文件（Zstandard）：请先解压，如 zstd -dc FILE | rsu msg explain -",
)
ZIP = Detail("a packed file (ZIP): unpack it first", "压缩文件（ZIP）：请先解压")
PDF = Detail("a document (PDF), no message", "文档（PDF），不是消息")
MISSING_OCTETS = Detail(
    "a DSM with AID {} ({}), {} octets are missing at its end", "AID 为 {}（{}）的 DSM，末尾缺少 {} 字节"
)
MORE_OCTETS = Detail("a DSM with AID {} ({}), {} octets too many at its end", "AID 为 {}（{}）的 DSM，末尾多出 {} 字节")
J2735 = Detail(
    "a message of SAE J2735 (North America): {}, id {}, {} octets as its length says",
    "SAE J2735（北美）消息：{}，编号 {}，长度字段为 {} 字节",
)
WSM = Detail(
    "a WAVE short message (IEEE 1609.3) with PSID {} (p-encoded){}", "WAVE 短消息（IEEE 1609.3），PSID {}（p 编码）{}"
)
SIGNED = Detail(
    "a signed message (IEEE 1609.2, as in North America and in ETSI TS 103 097)",
    "签名消息（IEEE 1609.2，北美及 ETSI TS 103 097 所用）",
)
UNSECURED = Detail("an unsecured message in an envelope of IEEE 1609.2{}", "IEEE 1609.2 封装的未加密消息{}")
SECURED_GEO = Detail("a secured packet of GeoNetworking (ETSI, Europe)", "GeoNetworking 安全数据包（ETSI，欧洲）")
GEO = Detail("a packet of GeoNetworking (ETSI, Europe)", "GeoNetworking 数据包（ETSI，欧洲）")
GEO_PORT = Detail(
    "a packet of GeoNetworking (ETSI, Europe), BTP port {}", "GeoNetworking 数据包（ETSI，欧洲），BTP 端口 {}"
)
ITS = Detail(
    "a message of ETSI ITS (Europe): {}, protocol version {}, station {}",
    "ETSI ITS（欧洲）消息：{}，协议版本 {}，站点 {}",
)
INSIDE = Detail("; in it {}", "；其中为{}")
# captures and texts
CAPTURE = Detail("capture: {}", "抓包文件：{}")
LINK_TYPE = Detail("link type {} is none of {}", "链路类型 {} 不在 {} 之列")
CUT_IN_HEADER = Detail("cut off in the file header", "在文件头处截断")
CUT_IN_PACKET_HEADER = Detail("cut off in the packet header at octet {}", "在第 {} 字节的包头处截断")
CUT = Detail("cut off: a packet of {} octets at octet {}", "截断：{} 字节的包，位于第 {} 字节")
NO_BLOCK = Detail("no block at octet {}", "第 {} 字节处不是块")
BLOCK = Detail("a block of {} octets at octet {}", "第 {1} 字节处有 {0} 字节的块")
DAMAGED_BLOCK = Detail("a damaged block before octet {}", "第 {} 字节之前有损坏的块")
UTF_16 = Detail("UTF-16 text: save it as UTF-8", "UTF-16 文本：请另存为 UTF-8")
NO_LINE = Detail("neither hex nor a line of a device log", "既非十六进制，也非设备日志的行")


@cache
def _rows() -> tuple[Detail, ...]:
    """Return all rows of this module."""
    found: list[Detail] = [*codec.ROWS]
    for value in globals().values():
        found += [value] if isinstance(value, Detail) else value if isinstance(value, tuple) else []
    return tuple(found)


def told(text: str) -> str:
    """Return a text, which JSON has in English, in the language of the locale."""
    return detail.chinese(text, _rows()) if spoken() == "zh" else text
