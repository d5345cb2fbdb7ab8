"""The gate's reasons of the radio and its channel, of settings, and of other messages."""

from __future__ import annotations

from hw.modality import Gives
from rsu.reasons.words import Reason, Words


class RadioReason(Reason):
    """Why messages find no way to the air."""

    RADIO_LOST = Words(
        "radio-lost",
        "the radio does not answer",
        "check its power, cable, address and port",
        "射频单元无应答",
        "检查其电源、线缆、地址和端口",
        by=Gives.RADIO,
    )
    ONE_RADIO_LOST = Words(
        "one-radio-lost",
        "one of the radios that send this message does not answer; others send it",
        "check its power, cable, address and port",
        "发送该消息的射频单元之一无应答，其余仍在发送",
        "检查其电源、线缆、地址和端口",
        by=Gives.RADIO,
    )
    RADIO_FAULT = Words(
        "radio-fault",
        "the radio answers, but reports that it does not send correctly",
        "see its error in the device list of `rsu status`",
        "射频单元有应答，但报告发送异常",
        "查看 `rsu status` 设备列表中的错误信息",
        by=Gives.RADIO,
    )
    CHANNEL_BUSY = Words(
        "channel-busy",
        "the channel is busy: fewer road users are broadcast in each cycle, those at risk first",
        "look for nearby units that send at a high rate; the limits stand in messages.channel of the site file",
        "信道繁忙，每周期播报的交通参与者减少，优先播报有风险者",
        "查找附近大量发送的设备；限值见站点文件 messages.channel",
        by=Gives.RADIO,
    )
    SHARE_FULL = Words(
        "share-full",
        "there are more road users than fit this unit's share of the channel; the rest wait for the next cycle",
        "nothing, unless it lasts: the share stands in messages.channel of the site file",
        "交通参与者超出本单元的信道份额，其余者顺延至下一周期",
        "一般无需处理；若持续出现，份额见站点文件 messages.channel",
    )
    SWITCHED_OFF = Words("switched-off", "switched off in the site file", "", "已在站点文件中关闭", "")
    ORDERED_OFF = Words("ordered-off", "switched off by a command of the platform", "", "已由平台指令关闭", "")
    NOTHING_TO_SAY = Words("nothing-to-say", "nothing to announce now", "", "当前无内容可发布", "")
    MAP_SILENT = Words(
        "map-silent",
        "MAP is not on air, and this message refers to it",
        "see why MAP is silent",
        "MAP 未发送，而该消息依赖 MAP",
        "查看 MAP 静默的原因",
        after=("no-position", "position-mismatch", "site-in-gcj02", "radio-lost"),
    )
