"""Events, levels and values of log lines in Chinese: one row each; the English text is the line's own.

`tests/rsu/reasons/test_logged.py` holds the rows to the calls in the code.
"""

from __future__ import annotations

from functools import lru_cache

from hw import detail
from hw.detail import Detail
from rsu.reasons import details, terms

LEVELS = {
    "debug": Detail("debug", "调试"),
    "info": Detail("info", "信息"),
    "warning": Detail("warning", "警告"),
    "error": Detail("error", "错误"),
    "critical": Detail("critical", "严重"),
}
EVENTS = (
    Detail("device {} alarms", "设备 {} 的告警"),
    Detail("device {}", "设备 {}"),
    Detail("message {}", "消息 {}"),
    Detail("process {}", "进程 {}"),
    Detail("clock-step", "系统时钟跳变"),
    Detail("clock-slew", "系统时钟正被调整"),
    Detail("leap-second", "闰秒"),
    Detail("gnss-leap-seconds", "GNSS 闰秒变化"),
    Detail("gnss-time-jump", "GNSS 时间跳变"),
    Detail("gnss-week-rollover", "GNSS 周数翻转"),
    Detail(
        "conflicting greens: SPAT is silent until rsu signal release", "绿灯冲突：SPAT 静默，直至 rsu signal release"
    ),
    Detail("signal latch cannot be read: taken for closed", "信号锁定文件无法读取：按已锁定处理"),
    Detail(
        "signal latch is closed since before this start: rsu signal release",
        "信号在本次启动前已锁定：rsu signal release",
    ),
    Detail("signal latch not kept over a restart", "信号锁定状态未能保存，重启后失效"),
    Detail("signal latch released by order", "信号锁定已按指令解除"),
    Detail("station goes on with a new site", "站点进程以新站点文件继续工作"),
    Detail("site file not readable", "站点文件无法读取"),
    Detail("site file not valid, recovery page", "站点文件无效，已启用恢复页面"),
    Detail("new site not taken over at work", "运行中未能切换到新站点文件"),
    Detail("signal latch released: the configuration is another one", "信号锁定已解除：配置已变更"),
    Detail("folder was deleted, made again", "文件夹被删除，已重新创建"),
    Detail("folder", "文件夹"),
    Detail("message not encoded", "消息未能编码"),
    Detail("command", "平台指令"),
    Detail("answer not given", "应答未发出"),
    Detail("command not judged", "平台指令无法审核"),
    Detail("site kept", "试运行的站点已保留"),
    Detail("site returned", "已恢复之前的站点"),
    Detail("site not returned", "未能恢复之前的站点"),
    Detail("site not tried out", "未能试运行站点"),
    Detail("site on probation not looked after", "无法检查试运行的站点"),
    Detail("commands not taken: journal", "未接收平台指令：指令日志不可用"),
    Detail("history not written", "历史未能写入"),
    Detail("restart by a command", "按指令重启"),
    Detail("tracks are not exchanged with neighbours", "未与邻站交换航迹"),
    Detail("tracks of a neighbour not used", "邻站航迹未被采用"),
    Detail("records of the city not kept", "城市平台记录未能保存"),
    Detail("record of the city unfit for the database", "城市平台记录无法写入数据库"),
    Detail("days of the city not archived", "城市平台历史数据未能归档"),
    Detail("broker refused the city", "消息代理拒绝城市平台接入"),
    Detail("measurement adjusted", "测量值已调整"),
    Detail("misbehaviour not kept", "异常行为记录未能保存"),
    Detail("process killed but not exited", "进程已强制结束但未退出"),
    Detail("process killed", "进程已强制结束"),
    Detail("process not started", "进程未能启动"),
    Detail("process stuck", "进程停滞"),
    Detail("stood still", "曾停滞"),
    Detail("station runs", "站点进程运行"),
    Detail("record refused by the platform", "平台拒收记录"),
    Detail("record too large for the broker", "记录超过代理服务器上限"),
    Detail("acknowledgement not usable", "确认消息不可用"),
    Detail("platform connected", "平台已连接"),
    Detail("platform not connected", "平台未连接"),
    Detail("spool", "缓存"),
    Detail("spool was deleted, it is put back", "缓存文件被删除，已恢复"),
    Detail("spool set aside", "缓存文件已另存"),
    Detail("spool works again", "缓存恢复正常"),
    Detail("recording failed", "录制失败"),
    Detail("recording not recovered", "录制未能恢复"),
    Detail("recording recovered", "录制已恢复"),
    Detail("recording given up", "录制已删除"),
    Detail("replay ended", "回放结束"),
    Detail("site file", "站点文件"),
    Detail("site changes", "站点变更"),
    Detail("site file is read again", "站点文件正在重新读取"),
    Detail("site file unchanged", "站点文件无变化"),
    Detail("site file changed, not in use", "站点文件已变更，尚未生效"),
    Detail("site file not taken, the one before is used again", "站点文件未被采用，恢复使用之前的文件"),
    Detail("site file not taken, the one before stays in use", "站点文件未被采用，继续使用之前的文件"),
    Detail("site file not usable, the last good one is used", "站点文件不可用，使用最近一次有效的文件"),
    Detail("site file not readable", "站点文件无法读取"),
    Detail("site file not valid, recovery page", "站点文件无效，已提供恢复页面"),
    Detail("driver failed", "驱动异常"),
    Detail("camera", "摄像机"),
    Detail("camera runs", "摄像机进程运行"),
    Detail("road not kept", "路面背景未能保存"),
    Detail("page", "页面"),
    Detail("page for other machines", "供其他设备访问的页面"),
    Detail("page not reachable from other machines", "其他设备无法访问页面"),
    Detail(
        "no user of the page yet: make the first with this one-time code", "页面尚无用户：请用此一次性代码创建首个用户"
    ),
)


def event(text: str, language: str) -> str:
    """Return a line's event in a language; one without a row stands for itself."""
    return detail.chinese(text, EVENTS) if language == "zh" else text


@lru_cache(maxsize=1024)
def value(text: str, language: str) -> str:
    """Return a value of a line in a language: a state, or a fault in words."""
    for table in (terms.DEVICES, terms.PROCESSES, terms.DECISIONS):
        if text in table:
            return terms.said(table, text, language)
    return details.said(text, language)
