"""Refusals of a broker: the reason codes of CONNACK and DISCONNECT (MQTT 5, table 2-6), in both languages."""

from __future__ import annotations

from hw.detail import Detail
from rsu.reasons.broker import NO_MQTT_5, QOS_0_ONLY, TAKEN_OVER, Cause

_AGAIN = Detail("it is tried again", "将自动重试")
_LOG = Detail("see the broker's log", "查看消息服务器日志")

CODES: dict[int, Cause] = {
    0x80: Cause(Detail("the broker refuses without a reason", "消息服务器拒绝连接，未说明原因"), _LOG),
    0x81: Cause(
        Detail("the broker reports malformed packets", "消息服务器报告报文格式错误"),
        Detail("see the broker's log; is it a broker for MQTT 5?", "查看消息服务器日志；它是否支持 MQTT 5？"),
        True,
    ),
    0x82: Cause(Detail("the broker reports a protocol error", "消息服务器报告协议错误"), _LOG, True),
    0x84: NO_MQTT_5,
    0x85: Cause(
        Detail("the broker does not accept this box's name", "消息服务器不接受本设备的名称"),
        Detail("identity.rscu_sn must be one that it knows", "identity.rscu_sn 须已在其上登记"),
        True,
    ),
    0x86: Cause(
        Detail("the broker does not know user and password", "消息服务器不认可用户名和密码"),
        Detail("check username and password_file", "请检查 username 和 password_file"),
        True,
    ),
    0x87: Cause(
        Detail("the broker does not authorise this box", "消息服务器未授权本设备"),
        Detail("allow its user, certificate or rscu_sn at the broker", "请在消息服务器上授权其用户、证书或 rscu_sn"),
        True,
    ),
    0x88: Cause(Detail("the broker is not available", "消息服务器不可用"), _AGAIN),
    0x89: Cause(Detail("the broker is busy", "消息服务器繁忙"), _AGAIN),
    0x8A: Cause(
        Detail("the broker has banned this box", "消息服务器已禁止本设备接入"),
        Detail("ask its operator", "请联系其运营方"),
        True,
    ),
    0x8B: Cause(Detail("the broker shuts down", "消息服务器正在关闭"), _AGAIN),
    0x8C: Cause(
        Detail("the broker requires another authentication method", "消息服务器要求其他鉴权方式"),
        Detail("only passwords and certificates are supported", "本设备只支持密码和证书"),
        True,
    ),
    0x8D: Cause(
        Detail("the broker received nothing within the keep-alive time", "消息服务器在保活时间内未收到数据"),
        Detail("the network loses packets; raise keepalive_s", "网络丢包；请调大 keepalive_s"),
    ),
    0x8E: TAKEN_OVER,
    0x93: Cause(
        Detail("the broker reports too many records in flight", "消息服务器报告在途记录过多"),
        Detail("lower platform.in_flight", "请调小 platform.in_flight"),
        True,
    ),
    0x95: Cause(
        Detail("the broker reports a packet that is too large", "消息服务器报告报文过大"),
        Detail("raise its largest packet", "请调大其最大报文长度"),
        True,
    ),
    0x97: Cause(
        Detail("the broker's quota for this box is used up", "本设备在消息服务器上的配额已用完"),
        Detail("raise it there", "请在其上调大配额"),
        True,
    ),
    0x98: Cause(
        Detail("the broker's operator has ended the connection", "消息服务器的运营方结束了连接"),
        Detail("ask there", "请向其询问"),
        True,
    ),
    0x9B: QOS_0_ONLY,
    0x9C: Cause(
        Detail("the broker refers to another server", "消息服务器指示改用另一台服务器"),
        Detail("ask which, and change platform.host", "请询问其地址并修改 platform.host"),
        True,
    ),
    0x9D: Cause(
        Detail("the broker has moved", "消息服务器已迁移"),
        Detail("ask where, and change platform.host", "请询问新地址并修改 platform.host"),
        True,
    ),
    0x9F: Cause(Detail("the broker takes no more connections now", "消息服务器暂不接受新连接"), _AGAIN),
}
