"""Reasons under which drivers and links count input that they did not use, in Chinese: one row each.

The English text is the name of the counter, as it stands in status, metrics and logs.
"""

from __future__ import annotations

from hw.content import WORDS
from hw.detail import Detail
from hw.video import STATES

_CONTENT = {"frozen": "内容停滞", "storm": "目标散乱", "flood": "目标过多", "zero": "目标位于原点", "twin": "重复目标"}
DRIVERS = (
    Detail("noise", "不属于任何报文的字节"),
    Detail("torn", "报文不完整"),
    Detail("length", "长度错误"),
    Detail("checksum", "校验错误"),
    Detail("version", "版本不符"),
    Detail("magic", "报文标识错误"),
    Detail("head", "报文头错误"),
    Detail("type", "报文类型未知"),
    Detail("size", "载荷大小超限"),
    Detail("state", "状态未知"),
    Detail("busy", "信道占用率无效"),
    Detail("message", "报文无法解析"),
    Detail("body", "报文体无法解析"),
    Detail("frame", "数据帧无法解析"),
    Detail("frame-length", "帧长度错误"),
    Detail("layout", "报文格式不符"),
    Detail("empty-frame", "空帧"),
    Detail("packet", "数据包错误"),
    Detail("line", "行无法解析"),
    Detail("long-line", "行过长"),
    Detail("checksum-form", "带校验的行，未读取"),
    Detail("address", "地址不符"),
    Detail("list", "列表无法解析"),
    Detail("short", "报文过短"),
    Detail("object", "目标无法解析"),
    Detail("objects", "目标多数不可用"),
    Detail("too-many-objects", "目标过多"),
    Detail("targets", "目标无法解析"),
    Detail("target", "目标无法解析"),
    Detail("clusters", "聚类模式的数据，应为目标模式"),
    Detail("field", "字段超出合理范围"),
    Detail("value", "数值无效"),
    Detail("values", "数值无效"),
    Detail("class", "类别未知"),
    Detail("unplaced", "无法定位到路面"),
    Detail("implausible", "数值不合理"),
    Detail("unsure", "位置不确定"),
    Detail("stationary", "静止目标，未采用"),
    Detail("deleted", "设备已删除的目标"),
    Detail("extrapolated", "外推目标，未采用"),
    Detail("passed-over", "未处理的帧"),
    Detail("too-fast", "频率过高"),
    Detail("duplicate", "重复报文"),
    Detail("repeated-scan", "重复扫描"),
    Detail("repeated-epoch", "同一历元重复"),
    Detail("not-used", "未采用的报文"),
    Detail("repeated", "内容无变化"),
    Detail("reordered", "乱序报文"),
    Detail("gap", "缺失的报文"),
    Detail("lost", "丢失"),
    Detail("incomplete", "不完整"),
    Detail("doubted", "时间存疑"),
    Detail("clock-past", "设备时钟偏慢"),
    Detail("clock-future", "设备时钟偏快"),
    Detail("clock-stuck", "设备时钟停滞"),
    Detail("colour", "灯色未知"),
    Detail("plan", "配时方案不完整"),
    Detail("blocks", "数据块错误"),
    Detail("sender", "发送方与站点文件不符"),
    Detail("refused", "被拒绝"),
    Detail("unanswered", "无应答的请求"),
    Detail("unused", "未使用的报文类型"),
    Detail("unused-tlv", "未使用的 TLV"),
    Detail("unknown-tlv", "未知 TLV"),
    Detail("tlv-length", "TLV 长度错误"),
    Detail("cli-timeout", "命令口超时"),
    Detail("cli-error", "命令口报错"),
    Detail("driver-exception", "驱动异常"),
    *(Detail(state.en.replace(" ", "-"), state.zh) for state in STATES),
    *(Detail(fault, _CONTENT[fault]) for fault in WORDS),
)
LINKS = (
    Detail("overrun", "溢出的字节"),
    Detail("open-failed", "打开失败"),
    Detail("lost", "链路中断"),
    Detail("flood", "报文过多"),
    Detail("stranger", "来自其他地址的报文"),
    Detail("stranger {}", "来自 {} 的报文"),
)
ROWS = (*DRIVERS, *LINKS, *(Detail(f"{{}}-{row.en}", f"{{}} {row.zh}") for row in LINKS[:-1]))
ROWS = (*ROWS, Detail("{}-stranger {}", "{} 来自 {} 的报文"))
