"""Faults of records for the platform, connection aside, in words of both languages; figures stand as `{}`."""

from __future__ import annotations

from hw.detail import Detail

NOT_CONNECTED = Detail("not connected", "未连接")
CHECK_DISK = Detail("check the disk of the data folder", "请检查数据目录所在磁盘")
REFUSED = Detail("the platform has refused {} ({})", "平台已拒绝 {} ({})")
ASK_OPERATOR = Detail("ask its operator, adapt uplink.standard", "请联系其运营方，并调整 uplink.standard")
SET_ASIDE = Detail("records cannot be sent, {}", "记录无法发送：{}")
LARGER_PACKETS = Detail(
    "raise the broker's largest packet, or check the disk", "请调大消息服务器的最大报文长度，或检查磁盘"
)
NOT_ACCEPTED = Detail("the broker accepts no records for {} s", "消息服务器已 {} s 未接受任何记录")
MAY_PUBLISH = Detail("may this box publish on {}?", "本设备是否有权在 {} 上发布？")
UNHEARD = Detail(
    "the platform acknowledges no records for {} s; the broker reports that no client subscribes to them",
    "平台已 {} s 未确认任何记录；消息服务器报告没有客户端订阅这些记录",
)
NOT_ACKNOWLEDGED = Detail("the platform acknowledges no records for {} s", "平台已 {} s 未确认任何记录")
IS_IT_RUNNING = Detail(
    "is it running, subscribed to {} and allowed to answer on {}?",
    "平台是否在运行，是否订阅 {}，是否有权在 {} 上应答？",
)
ALLOW = Detail("allow {} and its answers at the broker", "请在消息服务器上允许 {} 及其应答")
NOT_TAKEN = Detail("not taken: {}", "未被接受：{}")
NOT_HANDED_OVER = Detail("acknowledgements not handed over: {}", "确认未送达：{}")
KIND_SILENT = Detail("not acknowledged for {} s while others are", "已 {} s 未被确认，而其他记录正常")
MAY_PUBLISH_KIND = Detail(
    "may this box publish {}, and does the platform take it?", "本设备是否有权发布 {}，平台是否接收？"
)
CERTIFICATES = {
    "certificate": Detail("this box's certificate", "本设备的证书"),
    "ca": Detail("the broker's authority", "消息服务器的签发机构证书"),
    "broker": Detail("the broker's certificate", "消息服务器的证书"),
}
NOT_VALID_YET = Detail(
    "{} is not valid yet by this box's clock ({}): is the clock right?", "{}尚未生效（本设备时钟 {}）：时钟是否正确？"
)
EXPIRED = Detail("{} has expired on {} by this box's clock ({}): renew it", "{}已于 {} 过期（本设备时钟 {}）：请更新")
EXPIRES = Detail(
    "{} expires in {} days, on {}, by this box's clock ({}): renew it",
    "{}将在 {} 天后过期，即 {}（本设备时钟 {}）：请更新",
)
PASSWORD_FILE = Detail("password file {} cannot be read: {}", "无法读取密码文件 {}：{}")
PASSWORD_NOT_UTF8 = Detail("password file {} is not UTF-8", "密码文件 {} 不是 UTF-8 编码")
FILE = Detail("{} cannot be read: {}", "无法读取 {}：{}")
NO_CERTIFICATE = Detail("{} holds no certificate in PEM form: {}", "{} 中没有 PEM 格式的证书：{}")
UNFIT = Detail("{} and {} do not fit together: {}", "{} 与 {} 不匹配：{}")
KEY_LOCKED = Detail("the key wants a password; it must be stored without one", "私钥设有密码；须以无密码形式存放")
SPOOL_GONE = Detail("spool deleted, and it cannot be put back: {}", "缓存被删除，且无法恢复：{}")
SPOOL_READ_ONLY = Detail("spool not writable: {}", "缓存不可写：{}")
SPOOL_UNREADABLE = Detail("spool not readable: {}", "缓存不可读：{}")
SPOOL_CLOSED = Detail("spool cannot be opened: {}", "缓存无法打开：{}")
SPOOL_DAMAGED = Detail("spool damaged: {}", "缓存损坏：{}")
DISK_SMALL = Detail("the disk has {} MiB too little for recordings", "磁盘空间比录制所需少 {} MiB")
SYSTEM = Detail("[Errno {}] {}", "[Errno {}] {}")
