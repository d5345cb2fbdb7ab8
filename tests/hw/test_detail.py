"""Details said in English are found again in Chinese, with their figures."""

from __future__ import annotations

import pytest

from hw import channel, checkup, hints, link, registry, video, watch
from hw.detail import Detail, chinese
from hw.radar import ti_lists

ROWS = tuple(dict.fromkeys([*checkup.DETAILS, *(row for kind in registry.DRIVERS for row in registry.details(kind))]))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.en[:40])
def test_every_row_is_found_by_what_it_says(row: Detail) -> None:
    figures = [str(number) for number in range(101, 101 + row.en.count("{}"))]
    said = chinese(row.say(*figures), ROWS)
    assert said == row.zh.format(*figures)
    assert all(figure in said for figure in figures)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said) or row.zh == "JSON"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"no picture: {video.NO_STREAM.en}", "无图像：视频流无法打开"),
        (f"pictures: {link.SILENT.say('3.2')}", "pictures：已静默 3.2 s"),
        ("link: Connection refused", "link：连接被拒绝"),
        (f"link: {channel.GONE.say('ttyUSB0')}", "link：ttyUSB0 已不存在"),
        (checkup.NOT_UNDERSTOOD.say(hints.OTHER_TEXT.en), "其数据完全无法解析：其他格式的文本"),
        (
            f"{watch.LOSSES.say(7, 20)}: {hints.DAMAGED['torn'].en}",
            "20 条报文中有 7 条被拒：帧不完整：传输中有字节丢失",
        ),
        (ti_lists.explain("list", b"\x03\x04\x00\x00\x08\x00\x00\x00"), None),
        ("lens: the wiper is worn", "lens：the wiper is worn"),
        ("a thing that no row says", "a thing that no row says"),
    ],
)
def test_what_devices_say_is_put_together_of_rows(text: str | None, said: str | None) -> None:
    assert text is not None
    found = chinese(text, ROWS)
    assert found == said if said is not None else "TLV 1027：未知类型，8 字节；本驱动从 TLV" in found
