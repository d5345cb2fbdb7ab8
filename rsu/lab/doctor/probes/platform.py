"""The cloud platform: its broker's answer and limits, TLS and certificates; then its records."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from hw.detail import Detail
from rsu.lab.doctor.facts import NO_TRY, NotApplicableError, SiteFacts
from rsu.lab.doctor.largest import USERS, largest, parts
from rsu.lab.doctor.probe import Margin, Measured, Probe, ProbeGroup, bad, figure, fine, warn
from rsu.lab.doctor.probes import records
from rsu.lab.doctor.probes.records import KEPT
from rsu.reasons import broker, details, uplink

_ANSWER = Margin(1000, 4000, "ms")
_DAYS = Margin(30, 7, "d", least=True)
_DAY_S = 86_400.0

_IN = Detail("connects", "可连接")
_MQTT_5 = figure("MQTT 5")
_ANY = Detail("any size; the largest record has {largest} octets", "不限；最大记录 {largest} 字节")
_WHOLE = Detail("{room} octets; the largest record has {largest}", "{room} 字节；最大记录 {largest} 字节")
_PARTS = Detail(
    "{room} octets; the largest record, {users} road users, has {largest} and goes in {count} parts",
    "{room} 字节；最大记录（{users} 个交通参与者）{largest} 字节，须分 {count} 部分发送",
)
_NEVER = Detail(
    "{room} octets; the largest record has {largest}, and not even its parts fit",
    "{room} 字节；最大记录 {largest} 字节，分部分也无法发送",
)
_NO_ANSWER = Detail("the broker does not answer", "消息服务器无应答")
_OPEN = Detail("not encrypted, address of this network", "未加密，本网地址")
_OPEN_OUTSIDE = Detail("not encrypted", "未加密")
_ENDS = Detail("{days:.0f} days left", "剩余 {days:.0f} 天")
_NO_CERTIFICATE = Detail("no certificate is used", "未使用证书")


def _connects(of: SiteFacts) -> Iterator[Measured]:
    where, state = f"{of.platform.host}:{of.platform.port}", of.newest.uplink
    if state is not None and state.connected:
        yield fine(_IN, where)
    elif state is not None and state.error and not of.has_broker:
        yield bad(Detail(state.error, details.said(state.error, "zh")), where)
    elif of.has_broker and of.broker is None and of.no_broker is not NO_TRY:
        yield bad(of.no_broker, where)
    else:
        cause = of.handshake.cause
        yield fine(_IN, where) if cause is None else bad(cause.cause, where)


def _answer(of: SiteFacts) -> Iterator[Measured]:
    if (took_ms := of.handshake.took_ms) is None:
        raise NotApplicableError(_NO_ANSWER)
    yield _ANSWER.measured(took_ms)


def _version(of: SiteFacts) -> Iterator[Measured]:
    if of.handshake.cause in (broker.NO_MQTT_5, broker.UNREADABLE):
        yield bad(broker.NO_MQTT_5.cause)
    elif of.handshake.took_ms is None:
        raise NotApplicableError(_NO_ANSWER)
    else:
        yield fine(_MQTT_5)


def _packets(of: SiteFacts) -> Iterator[Measured]:
    if of.handshake.took_ms is None:
        raise NotApplicableError(_NO_ANSWER)
    record = largest(of.config, of.now_ns)
    limits, octets = of.handshake.limits, len(record.payload)
    if limits.room is None:
        yield fine(_ANY.of(largest=octets))
    elif (count := parts(of.config, record, limits.room)) is None:
        yield bad(_NEVER.of(room=limits.max_packet, largest=octets))
    elif count > 1:
        yield warn(_PARTS.of(room=limits.max_packet, users=USERS, largest=octets, count=count))
    else:
        yield fine(_WHOLE.of(room=limits.max_packet, largest=octets))


def _encrypted(of: SiteFacts) -> Iterator[Measured]:
    if of.platform.tls is None:
        yield fine(_OPEN) if _is_near(of.platform.host) else warn(_OPEN_OUTSIDE)
    elif of.handshake.tls is None:
        raise NotApplicableError(_NO_ANSWER)
    else:
        yield fine(figure(of.handshake.tls))


def _is_near(host: str) -> bool:
    """Tell whether an address lies in a private network, or is this box."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def _certificates(of: SiteFacts) -> Iterator[Measured]:
    ends = dict(of.certificate_ends_s)
    if of.broker is not None and of.broker.until_s is not None:
        ends["broker"] = of.broker.until_s
    if not ends:
        raise NotApplicableError(_NO_CERTIFICATE)
    for name, end_s in ends.items():
        days = (end_s - of.now_ns / 1e9) / _DAY_S
        yield _DAYS.measured(days, uplink.CERTIFICATES[name], _ENDS.of(days=days))


_RENEW = Detail(
    "have it renewed, and put the new file in place of the old one: it is read at the next connect",
    "更新证书，并以新文件替换旧文件：下次连接时读取",
)

GROUP = ProbeGroup(
    "platform",
    Detail("Broker and platform", "消息服务器与平台"),
    (
        Probe(
            "broker-connects",
            Detail("connection to the broker, tried now", "立即尝试连接消息服务器"),
            KEPT,
            Detail(
                "check host, port, tls and password_file under uplink.platform; ask the broker's operator for its log",
                "检查 uplink.platform 的 host、port、tls 与 password_file；向运营方索取消息服务器日志",
            ),
            _IN,
            _connects,
        ),
        Probe(
            "broker-answer",
            Detail("time until the broker lets the box in", "消息服务器应答时间"),
            Detail("a slow way delays every record", "链路缓慢会延迟全部记录"),
            Detail("look at the mobile link and at the broker's load", "检查移动链路与消息服务器负载"),
            _ANSWER.words,
            _answer,
        ),
        Probe(
            "mqtt-version",
            Detail("version of MQTT", "MQTT 版本"),
            Detail("refusals and limits are told by MQTT 5 alone", "只有 MQTT 5 会说明拒绝原因与限值"),
            broker.NO_MQTT_5.remedy,
            _MQTT_5,
            _version,
        ),
        Probe(
            "packet-size",
            Detail("largest packet of the broker against the largest record", "消息服务器最大报文与最大记录"),
            Detail(
                "a larger record goes in parts, which the platform must put together, or not at all",
                "超出的记录须分部分发送并由平台拼接，或无法发送",
            ),
            Detail(
                "raise the broker's largest packet (Mosquitto: max_packet_size, EMQX: mqtt.max_packet_size)",
                "调大消息服务器的最大报文长度（Mosquitto：max_packet_size，EMQX：mqtt.max_packet_size）",
            ),
            Detail("the largest record fits", "可容纳最大记录"),
            _packets,
        ),
        Probe(
            "tls",
            Detail("encryption of the connection", "连接加密"),
            Detail(
                "outside of a private network records and password can be read on the way", "公网上记录与密码可能被窃听"
            ),
            Detail(
                "set tls: with ca: under uplink.platform, port 8883", "在 uplink.platform 下设置 tls: 与 ca:，端口 8883"
            ),
            Detail("TLS 1.2 or later", "TLS 1.2 或更高版本"),
            _encrypted,
        ),
        Probe(
            "certificates",
            Detail("certificates: this box's, the authority's, the broker's", "证书：本设备、签发机构、消息服务器"),
            Detail("when one expires the connection ends", "任一证书过期则连接中断"),
            _RENEW,
            _DAYS.words,
            _certificates,
        ),
        *records.PROBES,
    ),
)
