"""Why there is no connection to a platform without a broker, and the remedy: the words in both languages."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.broker import Cause

_AGAIN = Detail("it is tried again", "将自动重试")
_PLATFORM_LOG = Detail("see the platform's log", "查看平台日志")
_ADDRESS = Detail(
    "check host, port and dialect of the platform in the site file", "请核对站点文件中平台的 host、port 和 dialect"
)

CLOSED = Cause(Detail("the platform has closed the connection", "平台关闭了连接"), _PLATFORM_LOG)
OTHER_PROTOCOL = Cause(
    Detail("the answer is not of this dialect: {}", "应答不符合该上报协议：{}"),
    _ADDRESS,
    True,
)
LOGIN_REFUSED = Cause(
    Detail("the platform refuses the login: {}", "平台拒绝登录：{}"),
    Detail("check username and password_file", "请核对 username 和 password_file"),
    True,
)
NO_HEARTBEAT = Cause(
    Detail("the platform has not answered {} heartbeats", "平台连续 {} 次未应答心跳"),
    _AGAIN,
)
NO_HTTP = Cause(Detail("the answer is no HTTP: {}", "应答不是 HTTP：{}"), _ADDRESS, True)
