"""Headings of the tables of `rsu status` and `rsu top`."""

from __future__ import annotations

from hw.detail import Detail

PROCESSES = Detail("processes", "进程")
MESSAGES = Detail("messages", "消息")
DEVICES = Detail("devices", "设备")
RATES = Detail("rates", "速率")
NAME = Detail("name", "名称")
KIND = Detail("kind", "驱动")
TYPE = Detail("type", "类型")
STATE = Detail("state", "状态")
RESTARTS = Detail("restarts", "重启次数")
BUDGET = Detail("budget", "预算")
PEAK = Detail("peak", "峰值")
DECISION = Detail("decision", "判定")
FRAMES = Detail("frames", "帧数")
REASONS = Detail("reasons", "原因")
AGE = Detail("age ms", "距最近字节 ms")
TROUBLE = Detail("trouble", "故障")
COUNT = Detail("count", "计数")
