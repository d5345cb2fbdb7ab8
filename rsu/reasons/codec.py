"""Texts of the codec (codecs/v2x) in both languages: errors and oddities of messages."""

from __future__ import annotations

from hw import detail
from hw.detail import Detail

ROWS = (
    Detail("{} (bit {})", "{}（第 {} 位）"),
    Detail("out of data", "数据不足"),
    Detail("fragmented: no message of the set is that long", "分段编码：消息集中没有如此长的消息"),
    Detail("not a canonical encoding: {}", "非规范编码：{}"),
    Detail("short length in two octets", "短长度占用两个字节"),
    Detail("small number in more octets than it needs", "小数值占用过多字节"),
    Detail("padding is not zero", "填充位不为 0"),
    Detail("a size of the root as an extension", "根范围内的长度按扩展编码"),
    Detail("an extended integer in another form than its own", "扩展整数的形式不符"),
    Detail("extension additions that are all absent, or not all announced", "扩展附加项全部缺失，或未全部声明"),
    Detail("octets behind the end of the message", "消息结束后仍有字节"),
    Detail("octets behind the end of the message: {}", "消息结束后仍有字节：{}"),
    Detail("the {} bits of padding are not all 0", "{} 个填充位不全为 0"),
    Detail("{} octets, the limit is {}", "{} 字节，上限为 {}"),
    Detail("{} octets of payload, the header says {}", "载荷 {} 字节，头部为 {}"),
    Detail("header cut off", "头部截断"),
    Detail("adaptation layer protocol type {}, expected {} (DSMP)", "适配层协议类型 {}，应为 {}（DSMP）"),
    Detail("DSMP version {}, expected 0", "DSMP 版本 {}，应为 0"),
    Detail("AID begins with the reserved octet {}", "AID 以保留字节 {} 开头"),
    Detail("unknown type {} of {} octets", "未知类型 {}，{} 字节"),
    Detail("unknown message: id {}", "未知消息：编号 {}"),
    Detail("unknown message: first octet {} is that of a later edition", "未知消息：首字节 {} 属于更新的版本"),
    Detail("expected a size between {} and {}, got {}", "长度应在 {} 与 {} 之间，实为 {}"),
    Detail("expected an integer between {} and {}, got {}", "整数应在 {} 与 {} 之间，实为 {}"),
    Detail("expected an enumerator between 0 and {}, got {}", "枚举值应在 0 与 {} 之间，实为 {}"),
    Detail("expected choice between 0 and {}, got {}", "选项应在 0 与 {} 之间，实为 {}"),
    Detail("unknown enumerator {} behind the extension marker", "扩展标记之后的未知枚举值 {}"),
    Detail("unknown alternative {} behind the extension marker", "扩展标记之后的未知选项 {}"),
    Detail("unknown extension addition {}", "未知扩展附加项 {}"),
    Detail("{} extension additions of a later edition", "{} 个更新版本的扩展附加项"),
    Detail("more than 64 extension additions", "扩展附加项超过 64 个"),
    Detail("bit {} has no name", "第 {} 位没有名称"),
    Detail("{} bits each, {} would do", "每个 {} 位，{} 位已足够"),
    Detail("stands for no value", "表示无数值"),
    Detail("the lower five bits are not 0", "低 5 位不为 0"),
    Detail("in the year {}", "年份为 {}"),
    Detail("ends in {} s at the soonest and {} s at the latest", "最早 {} s、最晚 {} s 后结束"),
    Detail("ends before it starts", "结束早于开始"),
    Detail("{} m wide", "宽 {} m"),
    Detail("a lane id twice", "车道编号重复"),
    Detail("at latitude 0 and longitude 0", "位于纬度 0、经度 0"),
    Detail("no such member", "没有该成员"),
    Detail("missing", "缺失"),
    Detail("expected true or false, got {}", "应为 true 或 false，实为 {}"),
    Detail("expected octets in hex", "应为十六进制字节"),
    Detail("no value, and the field has no code for unavailable", "无数值，且该字段没有“不可用”编码"),
)


def chinese(text: str) -> str:
    """Return a text of the codec in Chinese."""
    return detail.chinese(text, ROWS)
