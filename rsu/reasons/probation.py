"""Why a configuration on probation is not kept, in words of both languages; details stand as `{}`."""

from __future__ import annotations

from hw.detail import Detail

NOT_IN_USE = Detail("not all processes use it", "并非所有进程都已采用")
SILENT = Detail("no {} is heard", "未收到 {}")
LOST = Detail("worked before and does not any more: {}", "之前正常、现已失效：{}")
UNREACHED = Detail("the platform is not reached: {}", "无法连接平台：{}")
NOT_LONG = Detail("it did well, but not for long enough", "运行正常，但持续时间不足")
NO_RECORD = Detail("it acknowledges no record", "平台未确认任何记录")
NOT_TAKEN = Detail("the daemon does not take it: {}", "守护程序不采用：{}")
IN_TIME = Detail("not proven within its time: {}", "未在期限内通过验证：{}")
RESTARTED = Detail("its time ran out while the daemon did not run", "守护程序未运行期间试运行期已满")
