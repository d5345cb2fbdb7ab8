"""Texts of libraries, the system and the pure rooms in both languages; a text that no row knows stays English."""

from __future__ import annotations

from hw import system
from hw.detail import Detail, chinese

_SIZES = (  # of pydantic
    Detail("greater than or equal to {}", "大于或等于 {}"),
    Detail("greater than {}", "大于 {}"),
    Detail("less than or equal to {}", "小于或等于 {}"),
    Detail("less than {}", "小于 {}"),
    Detail("at least {} characters", "至少 {} 个字符"),
    Detail("at least {} character", "至少 {} 个字符"),
    Detail("at most {} characters", "至多 {} 个字符"),
    Detail("at most {} character", "至多 {} 个字符"),
    Detail("Input is not a valid path", "路径"),
    Detail("Input should be {}", "应为 {}"),
)
_YAML = (
    Detail('found duplicate key "{}" with value "{}" (original value: "{}")', '键 "{}" 重复，值为 "{}"（原值："{}"）'),
    Detail("mapping values are not allowed here", "此处不允许出现键值对"),
    Detail("sequence entries are not allowed here", "此处不允许出现列表项"),
    Detail("could not find expected ':'", "缺少 ':'"),
    Detail("expected ',' or '}', but got {}", "应为 ',' 或 '}}'，实为 {}"),
    Detail("expected ',' or ']', but got {}", "应为 ',' 或 ']'，实为 {}"),
    Detail("expected <block end>, but found {}", "此块应结束，实为 {}"),
    Detail("expected the node content, but found {}", "应为内容，实为 {}"),
    Detail("expected a single document in the stream", "应只有一个文档"),
    Detail("expected alphabetic or numeric character, but found {}", "应为字母或数字，实为 {}"),
    Detail("found character {} that cannot start any token", "字符 {} 不能作为开头"),
    Detail("found undefined alias {}", "引用 {} 未定义"),
    Detail("found unknown escape character {}", "未知的转义字符 {}"),
    Detail("found unexpected end of stream", "文件意外结束"),
    Detail("found unexpected document separator", "出现意外的文档分隔符"),
    Detail("found unhashable key", "键不能是列表或映射"),
    Detail("special characters are not allowed", "不允许使用控制字符"),
)
_JSON = (
    Detail("Expecting value", "应为值"),
    Detail("Expecting property name enclosed in double quotes", "应为双引号中的键名"),
    Detail("Expecting ',' delimiter", "应为 ',' 分隔"),
    Detail("Expecting ':' delimiter", "应为 ':' 分隔"),
    Detail("Illegal trailing comma before end of {}", "末尾多余的逗号：{}"),
    Detail("Extra data", "末尾有多余内容"),
    Detail("Unterminated string starting at", "字符串未结束"),
    Detail("Invalid control character at", "字符串中有控制字符"),
    Detail("Invalid \\escape", "无效的转义"),
    Detail("Invalid \\uXXXX escape", "无效的 \\uXXXX 转义"),
    Detail("object", "对象"),
    Detail("array", "数组"),
)
_PURE = (  # of perception and hw, which know no site file
    Detail("a camera with intrinsics needs mount.height_m > 0", "带内参的摄像机要求 mount.height_m > 0"),
    Detail("two zones have the same name", "有两个区域同名"),
    Detail("{}: no zone is called {}, but none is there", "{}：没有名为 {} 的区域，一个也没有"),
    Detail("{}: no zone is called {}, but {}", "{}：没有名为 {} 的区域，只有 {}"),
    Detail(
        "no camera sees a road so; are four points or more right, and is x forward, y left?",
        "任何摄像机都不会这样看到道路；是否至少四个点正确，且 x 向前、y 向左？",
    ),
    Detail("Singular matrix", "奇异矩阵"),
    Detail('no driver "{}": there are {}', '没有驱动 "{}"，可用的有 {}'),
    Detail("{} does not appear to be an IPv4 or IPv6 address", "{} 不是 IPv4 或 IPv6 地址"),
)
_ROWS = (*_SIZES, *_YAML, *_JSON, *_PURE, *system.DETAILS)


def known(text: str) -> Detail:
    """Return an English text with its Chinese one."""
    return Detail(text, chinese(text, _ROWS))
