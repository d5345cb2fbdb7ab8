"""Why there is no connection to the platform's broker, and the remedy: the words in both languages.

Records carry the English text; figures in it stand as `{}`, so that the Chinese is found again (`hw.detail`).
"""

from __future__ import annotations

from typing import NamedTuple

from hw.detail import Detail


class Cause(NamedTuple):
    """One fault. `stubborn`: trying again soon will not help, an engineer has to act."""

    cause: Detail
    remedy: Detail
    stubborn: bool = False

    def __str__(self) -> str:
        return f"{self.cause}: {self.remedy}"

    def of(self, *figures: object) -> Cause:
        """Return the fault with the figures of its cause."""
        return self._replace(cause=self.cause.of(*figures))


_AGAIN = Detail("it is tried again", "将自动重试")
_LOG = Detail("see the broker's log", "查看消息服务器日志")
_MQTT_PORT = Detail(
    "use the broker's MQTT port (8883 with TLS, 1883)", "请用消息服务器的 MQTT 端口（TLS 为 8883，否则 1883）"
)
_TLS_PORT = Detail(
    "use the broker's TLS port (8883), or leave out tls: in the platform",
    "请用消息服务器的 TLS 端口 (8883)，或删去 platform 中的 tls:",
)

NO_MQTT_5 = Cause(
    Detail("the broker offers MQTT 3.1.1 only", "消息服务器只支持 MQTT 3.1.1"),
    Detail(
        "this box needs MQTT 5: use a broker that has it, or switch it on there",
        "本设备要求 MQTT 5：请使用支持它的消息服务器，或在其上启用",
    ),
    True,
)
TAKEN_OVER = Cause(
    Detail("another client has connected under this box's name", "另一客户端以本设备的名称建立了连接"),
    Detail(
        "every box needs an rscu_sn of its own; look for a second box or a test client with the same one",
        "每台设备的 rscu_sn 须唯一；请查找使用相同编号的设备或测试客户端",
    ),
    True,
)
UNREADABLE = Cause(
    Detail("the broker's answer to CONNECT cannot be read", "无法解析消息服务器对 CONNECT 的应答"),
    Detail("see its log; is it one for MQTT 5?", "查看其日志；它是否支持 MQTT 5？"),
    True,
)
QOS_0_ONLY = Cause(
    Detail("the broker takes QoS 0 only", "消息服务器只接受 QoS 0"), Detail("it is used from now on", "此后改用 QoS 0")
)
REFUSED = Cause(Detail("the broker refuses: {} (0x{})", "消息服务器拒绝连接：{} (0x{})"), _LOG, True)
NOT_YET = Cause(Detail("not connected yet", "尚未连接"), Detail("it is being tried", "正在尝试"))
PUT_RIGHT = Detail("put it right; it is tried again", "请改正；将自动重试")
SPEAKS_TLS = Cause(
    Detail("port {} speaks TLS", "端口 {} 使用 TLS"),
    Detail(
        "add tls: with ca: to the platform, or use the broker's plain port",
        "请在 platform 中加入 tls: 和 ca:，或使用消息服务器的非加密端口",
    ),
    True,
)
SPEAKS_HTTP = Cause(
    Detail("port {} speaks HTTP: this is no MQTT broker", "端口 {} 使用 HTTP：对端不是 MQTT 消息服务器"),
    _MQTT_PORT,
    True,
)
SPEAKS_SSH = Cause(
    Detail("port {} speaks SSH: this is no MQTT broker", "端口 {} 使用 SSH：对端不是 MQTT 消息服务器"), _MQTT_PORT, True
)
SPEAKS_OTHER = Cause(
    Detail("this is no MQTT broker: it answers {}", "对端不是 MQTT 消息服务器：其应答为 {}"),
    Detail("check host and port {}", "请检查 host 和端口 {}"),
    True,
)
SILENT = Cause(
    Detail("the port accepts connections but sends nothing for {} s", "端口接受连接，但 {} s 内无任何数据"),
    Detail(
        "the broker hangs, or it is no MQTT port, or a firewall drops the packets",
        "消息服务器无响应，或并非 MQTT 端口，或防火墙丢弃了报文",
    ),
)
_CLOSED = Detail("the connection is closed before the broker has answered", "消息服务器应答之前连接已被关闭")
CLOSED_WITH_TLS = Cause(
    _CLOSED,
    Detail(
        "is it a broker for MQTT 5, does it let this address in, does it want no TLS?",
        "它是否支持 MQTT 5，是否允许本机地址，是否不使用 TLS？",
    ),
)
CLOSED_WITHOUT_TLS = Cause(
    _CLOSED,
    Detail(
        "is it a broker for MQTT 5, does it let this address in, does it want TLS (tls:)?",
        "它是否支持 MQTT 5，是否允许本机地址，是否要求 TLS (tls:)？",
    ),
)
UNSTABLE = Cause(
    Detail("the connection was ended {} times soon after it came up", "连接建立后不久即断开，已连续 {} 次"),
    Detail(
        "look for another client under this box's name (rscu_sn), or a broker or firewall that rejects it",
        "请查找使用本设备名称 (rscu_sn) 的其他客户端，或拒绝本设备的消息服务器、防火墙",
    ),
    True,
)
LOST = Cause(
    Detail("the connection is lost ({})", "连接中断 ({})"),
    Detail("it is tried again; the network or the broker is down", "将自动重试；网络或消息服务器已断"),
)
CLOSED_BY_PEER = Detail("closed by the other side", "被对端关闭")
ENDED = Cause(Detail("the connection ended ({})", "连接已结束 ({})"), _AGAIN)
NO_NAME = Cause(
    Detail("the name {} cannot be resolved ({})", "无法解析域名 {} ({})"),
    Detail("check platform.host, and the box's name server", "请检查 platform.host 和本设备的域名服务器"),
)
NO_LISTENER = Cause(
    Detail("nothing listens at {}", "{} 上没有服务在侦听"),
    Detail("check host and port; is the broker running?", "请检查 host 和 port；消息服务器是否在运行？"),
)
NO_ANSWER = Cause(
    Detail("no answer from {}", "{} 无应答"),
    Detail("check the address, the network and firewalls on the way", "请检查地址、网络及沿途防火墙"),
)
NO_WAY = Cause(
    Detail("no way to {} ({})", "无法到达 {} ({})"),
    Detail("check the box's network and its default route", "请检查本设备的网络和默认路由"),
)
NOT_REACHED = Cause(Detail("{} cannot be reached ({})", "{} 无法连接 ({})"), Detail("check the network", "请检查网络"))
NO_TLS = Cause(Detail("port {} speaks no TLS", "端口 {} 不使用 TLS"), _TLS_PORT, True)
TLS_SILENT = Cause(Detail("port {} does not answer with TLS", "端口 {} 未以 TLS 应答"), _TLS_PORT, True)
OUR_CERTIFICATE = Cause(
    Detail("the broker does not accept this box's certificate ({})", "消息服务器不接受本设备的证书 ({})"),
    Detail(
        "tls.certificate must be there, valid, and of an authority that the broker knows",
        "tls.certificate 须存在、有效，且由消息服务器信任的机构签发",
    ),
    True,
)
TLS_FAILS = Cause(Detail("TLS fails ({})", "TLS 握手失败 ({})"), _LOG, True)
EXPIRED = Cause(
    Detail(
        "the broker's certificate has expired ({} UTC by this box's clock)",
        "消息服务器的证书已过期（本设备时钟 {} UTC）",
    ),
    Detail("renew it there, or set the box's clock", "请更新其证书，或校准本设备时钟"),
    True,
)
NOT_VALID_YET = Cause(
    Detail(
        "the broker's certificate is not valid yet ({} UTC by this box's clock)",
        "消息服务器的证书尚未生效（本设备时钟 {} UTC）",
    ),
    Detail("set the box's clock, or check it there", "请校准本设备时钟，或检查该证书"),
    True,
)
OTHER_AUTHORITY = Cause(
    Detail("the broker's certificate is not of an authority in {}", "消息服务器的证书并非由 {} 中的机构签发"),
    Detail(
        "put the broker's authority there; if it changed unexpectedly, the connection may be intercepted",
        "请将其签发机构加入该文件；若属意外变更，连接可能被劫持",
    ),
    True,
)
OTHER_NAME = Cause(
    Detail("the broker's certificate is for another name than {}", "消息服务器的证书与名称 {} 不符"),
    Detail("platform.host must be a name that stands in it", "platform.host 须为证书中的名称"),
    True,
)
NOT_ACCEPTED = Cause(
    Detail("the broker's certificate is not accepted ({})", "消息服务器的证书未被接受 ({})"),
    Detail("check it there", "请检查该证书"),
    True,
)
