"""Mistakes in a mapping file: one row in both languages each."""

from __future__ import annotations

from hw.detail import Detail

NO_UNIT = Detail(
    'no unit "{unit}"; there are {there}; others as scale',
    '没有单位 "{unit}"；可用的有 {there}；其他单位请用 scale',
)
MINUTE_OFFSET = Detail(
    "minute has no offset: end it with Z or +08:00, or say `zone`",
    "minute 没有时区偏移：以 Z 或 +08:00 结尾，或写明 `zone`",
)
NO_ZONE = Detail(
    'no time zone "{zone}" on this machine; say an offset, as "+08:00"',
    '本机没有时区 "{zone}"；请写偏移，如 "+08:00"',
)
BEGIN_OFFSET = Detail(
    "begin has no offset: end it with Z or +08:00",
    "begin 没有时区偏移：以 Z 或 +08:00 结尾",
)
FRAME_NUMBERS = Detail(
    "of {device} are needed: begin, rate_hz; {format} has frame numbers only",
    "{device} 缺少 begin、rate_hz：{format} 只有帧号",
)
BAG_FRAME = Detail(
    "messages of a rosbag are in metres: frame is sensor or site",
    "rosbag 的消息以米为单位：frame 应为 sensor 或 site",
)
NEEDED = Detail(
    "of {device} are needed: time, fields.{first}, fields.{second}",
    "{device} 缺少 time、fields.{first}、fields.{second}",
)
SENSOR_HEADING = Detail(
    "headings are clockwise from north; in the sensor frame say vx and vy",
    "航向角以正北起顺时针计；在传感器坐标系中请给出 vx 和 vy",
)
BEFORE_1970 = Detail(
    "{value} is no time after 1970",
    "{value} 不是 1970 年之后的时间",
)
NO_TIME_NUMBER = Detail(
    '"{text}" is no number; of text say the `format`, "iso" or as "%Y-%m-%d %H:%M:%S"',
    '"{text}" 不是数字；文本时间请写明 `format`，如 "iso" 或 "%Y-%m-%d %H:%M:%S"',
)
NO_OFFSET = Detail(
    '{moment} has no offset; say `zone` in the mapping, as "UTC", "+08:00", "Asia/Shanghai"',
    '{moment} 没有时区偏移；请在映射中写明 `zone`，如 "UTC"、"+08:00"、"Asia/Shanghai"',
)
