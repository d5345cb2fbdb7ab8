"""The report's own words, by the name under which its template asks for them."""

from __future__ import annotations

from hw.detail import Detail

JUDGED_WORDS = {
    "better": Detail("better", "更好"),
    "worse": Detail("worse", "更差"),
    "same": Detail("same", "相同"),
    "changed": Detail("changed", "有变化"),
}
SIGNS = {"better": "✓ ", "worse": "✗ ", "same": "= "}
TEXTS = {
    "against": Detail("against", "对比"),
    "truth": Detail("judged against the truth ({})", "按真值（{}）评判"),
    "no_truth": Detail(
        "no truth given: judged by vehicles that send their own position, and by how well the sensors agree",
        "未给出真值：按自报位置的车辆及传感器之间的一致性评判",
    ),
    "changes": Detail("Changed settings", "变更的设置"),
    "setting": Detail("setting", "设置"),
    "more": Detail("and {} more", "另有 {} 项"),
    "where": Detail("Where", "位置"),
    "near": Detail("where it is said to be, within 1 m", "位置正确（1 m 以内）"),
    "far": Detail("farther off", "偏差更大"),
    "false": Detail("false: no road user is there", "误报：该处没有交通参与者"),
    "missed": Detail("missed: a road user is there", "漏报：该处有交通参与者"),
    "both": Detail("in both", "两者均有"),
    "only_a": Detail("only A", "仅 A"),
    "only_b": Detail("only B", "仅 B"),
    "laid_over": Detail(
        "All {} s laid over each other, one dot a road user and moment; grey bands are lanes.",
        "全部 {} s 叠加显示，每个点为一个交通参与者的一个时刻；灰色带为车道。",
    ),
    "circle": Detail("The dashed circle is the judged region.", "虚线圆为评判区域。"),
    "figures": Detail("Figures", "指标"),
    "change": Detail("change", "变化"),
    "when": Detail("When", "时间"),
    "how_often": Detail("How often", "分布"),
    "only_one": Detail("Road users that only one of them has", "仅一方具有的交通参与者"),
    "counterparts": Detail(
        "On air for more than half of their life without a counterpart within 2.5 m. {} lives of A are several in B, "
        "{} lives of B are several in A.",
        "在空口存续期内，超过一半时间在 2.5 m 内无对应者。A 的 {} 条航迹在 B 中断为多条，"
        "B 的 {} 条航迹在 A 中断为多条。",
    ),
    "only_in": Detail("{} only in {}", "{} 个，仅在 {} 中"),
    "class": Detail("class", "类别"),
    "place": Detail("where (m east, m north)", "位置（东 m，北 m）"),
    "from": Detail("from", "起始"),
    "for": Detail("for", "时长"),
    "longest": Detail("the longest {}; all are in the JSON", "最长的 {} 条；全部见 JSON"),
    "events": Detail("Events", "事件"),
    "event": Detail("event", "事件"),
    "at": Detail("where", "位置"),
    "told_by": Detail("told by {}", "{} 播发"),
    "b_told": Detail("B told it", "B 播发"),
    "never": Detail("never", "从未"),
    "no_event": Detail("Neither told of an event.", "两者均未播发事件。"),
    "messages": Detail("Messages", "消息"),
    "message": Detail("message", "消息"),
    "frames": Detail("frames {}", "帧数 {}"),
    "octets": Detail("octets {}", "字节数 {}"),
    "differ": Detail("cycles that differ", "不同的周期"),
    "first": Detail("first", "首次"),
    "foot": Detail(
        "Only the output on air is judged. Positions and errors in metres; times in seconds since the beginning of the "
        "recording. Made by rsu compare; this file needs nothing else.",
        "仅评判空口输出。位置与误差单位为米，时间为自录制开始的秒数。由 rsu compare 生成，本文件无外部依赖。",
    ),
}
AT_ONCE = Detail("at the same time", "同时")
LATER = Detail("{} s later", "晚 {} s")
EARLIER = Detail("{} s earlier", "早 {} s")
DISTANCE = Detail("Distance from the truth", "与真值的距离")
GOSPA = Detail("GOSPA a second; lower is better", "每秒 GOSPA，越低越好")
APART = Detail("How far A and B are apart", "A 与 B 的差距")
APART_NOTE = Detail("mean distance between road users that both have", "两者共有的交通参与者之间的平均距离")
COUNTS = Detail("How many", "数量")
COUNTS_NOTE = Detail("road users on air at once", "空口同时存在的交通参与者")
JUDGED_NOTE = Detail(
    "road users in the judged region at once; grey: the true number", "评判区域内同时存在的交通参与者；灰色：真实数量"
)
USERS = Detail("road users", "交通参与者")
EVENTS_NOTE = Detail("from when they were first told to their end", "自首次播发至结束")
SECONDS = Detail("seconds of the recording", "录制时间，s")
EVENT_BAR = Detail("{} {} from {} s to {} s", "{} {}：{} s 至 {} s")
ERROR = Detail("Position error", "位置误差")
AGAINST = Detail("against {}, m", "相对{}，m")
THE_TRUTH = Detail("the truth", "真值")
OWN_POSITIONS = Detail("vehicles' own positions", "车辆自报位置")
LIFE = Detail("Life time", "存续时间")
LIFE_NOTE = Detail("of ids on air, s", "空口标识，s")
WAITS = Detail("From receipt to air", "从接收到播发")
WAITS_NOTE = Detail("newest measurement of a frame, ms", "帧内最新测量，ms")
LAST_BIN = Detail("{}, more counts as {}", "{}，超出部分计入 {}")
