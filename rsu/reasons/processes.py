"""States of the daemon's processes, and the silence that they cause, in both languages; figures stand as `{}`."""

from __future__ import annotations

from hw.detail import Detail

STATES = {
    "running": Detail("running", "运行"),
    "starting": Detail("starting", "启动中"),
    "restarting": Detail("restarting", "重启中"),
    "degraded": Detail("degraded", "降级"),
    "retired": Detail("retired", "停用"),
}
TOOK = Detail("took {} MiB of memory, budget {}", "占用内存 {} MiB，预算 {}")
MEMORY = Detail("{} MiB of memory, budget {}", "内存 {} MiB，预算 {}")
PROCESSOR = Detail("{} % of a core, budget {}", "占用单核 {} %，预算 {}")
NUMBERS = Detail("process {}", "进程 {}")
NO_PROGRESS = Detail("no progress for {} s", "{} s 无进展")
NOT_AT_WORK = Detail("not at work {} s after its start", "启动 {} s 后仍未工作")
NOT_ENDED = Detail("did not end when asked to", "要求结束时未结束")
EXIT_CODE = Detail("exit code {}", "退出码 {}")
SIGNAL = Detail("signal {}", "信号 {}")
NOT_ON_IT = Detail("the station does not work on it: {}", "站点进程无法以其工作：{}")

ALL_MESSAGES = Detail("all messages", "全部消息")
RECORDS = Detail("records for the platform", "上报平台的记录")
RECORDINGS = Detail("recordings", "录制")
SILENT = Detail("{} silent", "{} 静默")
REDUCED = Detail("{} degraded", "{} 降级")
