"""Why a command of the platform is refused or fails, in words of both languages; figures stand as `{}`."""

from __future__ import annotations

from hw.detail import Detail

# refused
RETAINED = Detail("retained messages are no commands", "保留消息不作为指令执行")
QOS = Detail("expected QoS 1, got {}", "应为 QoS 1，实为 {}")
TOO_LONG = Detail("{} octets, at most {} are read", "共 {} 字节，最多读取 {} 字节")
NOT_READ = Detail("content not understood: {}", "内容无法解析：{}")
OTHER_BOX = Detail("the command is for {}", "该指令的目标设备为 {}")
NO_NUMBER = Detail("no seqNum", "缺少 seqNum")
NOT_ALLOWED = Detail("the site file does not allow {} to {}", "站点文件未允许 {} 由 {} 下发")
NO_SIGNATURE = Detail("no signature; {} needs one", "缺少签名；{} 须带签名")
SIGNATURE_UNREAD = Detail("the signature is not understood: {}", "签名无法解析：{}")
NO_KEY = Detail("the site file has no key of {}", "站点文件中没有 {} 的公钥")
WRONG_SIGNATURE = Detail("the signature is wrong", "签名错误")
COUNTER_USED = Detail("counter {} is not above {}, the last one", "计数器 {} 未大于上次的 {}")
EXPIRED = Detail("expired {} s before it came", "到达前 {} s 已过期")
NO_UTC = Detail("this box does not know UTC, so no expiry can be judged", "本机没有 UTC 时间，无法判断有效期")
NUMBER_USED = Detail("seqNum {} was used for another command", "seqNum {} 已用于另一条指令")
# refused by its effect
NOTHING_IN_IT = Detail("there is nothing in it that this box does", "其中没有本机可执行的内容")
CANNOT = Detail("this box cannot do that: {}", "本机无法执行：{}")
NOT_AIRABLE = Detail("cannot go on air: {}", "不能播发：{}")
UNKNOWN_ORDER = Detail("no order {} is on air", "没有正在播发的指令 {}")
MISTAKE = Detail("a mistake in this box: {}", "本机程序出错：{}")
SEALED = Detail("{} is changed at the box only", "{} 只能在设备上更改")
NO_CHANGE = Detail("nothing is changed by it", "不改变任何内容")
NOT_VALID = Detail("the site would not be valid: {}", "站点将无效：{}")
NOT_WRITTEN = Detail("the site cannot be written: {}", "站点无法写入：{}")
NO_STATION = Detail("the station does not say how it is", "站点进程未报告状态")
TOO_SHORT = Detail("it expires in {} s: the probation takes {} s or more", "{} s 后过期：试运行至少需要 {} s")
# failed
NO_PACKAGE = Detail("the package cannot be fetched: {}", "无法下载升级包：{}")
OTHER_DIGEST = Detail("its {} is {}", "其 {} 为 {}")
NO_UPGRADE = Detail("the release is not used: {}", "未启用该版本：{}")
CUT_OFF = Detail("it was cut off before the site was changed", "在更改站点之前中断")
RETURNED = Detail("the site before is in use again: {}", "已恢复之前的站点：{}")
EXPIRED_WAITING = Detail("expired before it could be applied", "生效前已过期")
RECORDER = Detail("the recorder is {}", "录制进程状态为 {}")
NOT_RECORDED = Detail("no recording has any of this time", "没有任何录制包含该时间")
NO_UPLOAD = Detail("the address for uploads does not take it: {}", "上传地址未接收：{}")
ERRAND = Detail("rsu {} failed: {}", "rsu {} 失败：{}")
NO_PROCESS = Detail("no process can be started for it: {}", "无法为其启动进程：{}")
TOO_LATE = Detail("not applied within {} s", "未在 {} s 内生效")
