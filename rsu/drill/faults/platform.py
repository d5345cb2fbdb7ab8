"""F27 to F33: the broker and the platform behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from hw.detail import Detail
from rsu.drill.acts import emulated, unplugged
from rsu.drill.fault import Fault, nothing, uplink
from rsu.drill.stage import Said

_KEPT = Detail(
    "records wait and are sent again; none is lost, broadcasting goes on", "记录缓存后重发；不丢失，播发不受影响"
)


def _changed(old: str, new: str) -> Callable[[Path], None]:
    def change(configs: Path) -> None:
        site = configs / "demo.yaml"
        text = site.read_text(encoding="utf-8")
        assert old in text
        site.write_text(text.replace(old, new), encoding="utf-8")

    return change


def _stray(before: Said, now: Said) -> str | None:
    """Find acknowledgements that free nothing."""
    old, new = (Counter(said.uplink.stray_acks if said.uplink else {}) for said in (before, now))
    more = new - old
    return f"uplink: acknowledgements that free nothing: {dict(more)}" if more else None


ROWS = [
    Fault(
        "F27", "the broker is gone", "消息服务器宕机",
        Detail(_KEPT.en + " (72 h of it: tests/rsu/uplink)", _KEPT.zh + "（72 h 中断见 tests/rsu/uplink）"),
        unplugged("broker"), uplink(), notice_s=5.0, hold_s=15.0, recover_s=20.0,
    ),
    Fault(
        "F28", "the platform's acknowledgements are lost", "平台应答丢失", _KEPT,
        emulated("platform", fault="lose-acks"), uplink("acknowledg"), notice_s=40.0, hold_s=40.0, recover_s=40.0,
    ),
    Fault(
        "F29", "the connection to the broker is half open", "TCP 半开连接", _KEPT,
        emulated("broker", fault="half-open"), uplink(), notice_s=25.0, hold_s=25.0, recover_s=30.0,
    ),
    Fault(
        "F30", "the broker's name cannot be resolved", "域名解析失败", _KEPT,
        None, uplink("name", "resolve"), notice_s=60.0, hold_s=20.0, recover_s=0.0,
        prepare=_changed("platform: {host: 127.0.0.1, port: 27041}", "platform: {host: broker.invalid, port: 27041}"),
    ),
    Fault(
        "F31", "the broker speaks no TLS where the site wants it", "TLS 证书/协议错误",
        Detail("named, with the remedy", "告警并给出处理办法"),
        None, uplink("TLS", "certificate"), notice_s=60.0, hold_s=20.0, recover_s=0.0,
        prepare=_changed(
            "platform: {host: 127.0.0.1, port: 27041}",
            "platform: {host: 127.0.0.1, port: 27041, tls: {ca: /etc/ssl/certs/ca-certificates.crt}}",
        ),
    ),
    Fault(
        "F32", "the platform sends invalid acknowledgements", "平台下发无效内容",
        Detail("counted; no effect", "计数；不产生影响"),
        emulated("platform", fault="bogus-acks"), _stray, notice_s=15.0, hold_s=15.0, recover_s=60.0,
    ),
    Fault(
        "F32b", "the platform refuses every record", "平台拒收全部记录",
        Detail(
            "records set aside, counted and named; not sent again without end", "记录另存、计数并告警；不无限重发"
        ),
        emulated("platform", fault="refuse-all"), uplink("refus"), notice_s=15.0, hold_s=10.0, recover_s=120.0,
    ),
    Fault(
        "F33", "the platform's clock is an hour off", "平台时钟偏差 1 小时", Detail("no effect", "不产生影响"),
        emulated("platform", fault="skewed"), nothing, hold_s=10.0, recover_s=30.0,
    ),
]  # fmt: skip
