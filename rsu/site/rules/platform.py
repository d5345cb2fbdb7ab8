"""The cloud platform's broker: ports, TLS, passwords, files."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from hw import system
from hw.credential import place
from hw.detail import Detail
from rsu.core.errors import Finding
from rsu.site.dialects import DIALECTS
from rsu.site.reading import OfSite
from rsu.site.source import Path_
from rsu.site.uplink import PlatformSettings, TlsSettings

_BROKERS_PAGE = Detail("the broker's page", "消息服务器的管理页面")
_PLAIN, _TLS = 1883, 8883
_OTHERS = {
    80: "HTTP", 443: "HTTPS", 8080: "HTTP", 8083: "MQTT over WebSocket", 8084: "MQTT over WebSocket",
    9001: "MQTT over WebSocket", 18083: _BROKERS_PAGE, 22: "SSH", 5672: "AMQP",
}  # fmt: skip

_NO_HOST = Detail(
    'expected the name or address alone, got "{host}" (scheme, port and user have keys of their own)',
    '应只写名称或地址，实为 "{host}"（协议、端口和用户各有其键）',
)
_GROUP_HOST = Detail(
    "expected the address of the broker, got {host}",
    "应为消息服务器的地址，实为 {host}",
)
_TLS_MISSING = Detail(
    "expected a section tls with port {port}, got none: the broker will not answer (without TLS: {plain})",
    "端口 {port} 应配有 tls 一节，实际没有：消息服务器不会应答（不用 TLS 时为 {plain}）",
)
_PLAIN_PORT = Detail(
    "expected port {wanted} with tls, got {port}: the broker will not answer",
    "使用 tls 时端口应为 {wanted}，实为 {port}：消息服务器不会应答",
)
_OTHER_PORT = Detail(
    "expected {plain} or {tls} as MQTT has, got {port}, the usual one of {protocol}",
    "应为 MQTT 所用的 {plain} 或 {tls}，实为 {port}，通常用于{protocol}",
)
_RARE_STATUS = Detail(
    "expected uplink.run_status_s below {longest:g} with it, got {period:g}: the platform would take the box "
    "for offline between two of them",
    "此时 uplink.run_status_s 应小于 {longest:g}，实为 {period:g}：两次上报之间平台会将本设备判为离线",
)
_CLEAR_PASSWORD = Detail(
    "expected a section tls with a user, got none: name and password go over the network in clear",
    "配有用户时应有 tls 一节，实际没有：用户名和密码将在网络中明文传输",
)
_NO_USER = Detail(
    "expected a username with it, got none: the password is not sent",
    "应同时给出 username，实际没有：密码不会发送",
)
_NO_PASSWORD = Detail(
    "expected a password_file with it, got none",
    "应同时给出 password_file，实际没有",
)
_RELATIVE = Detail(
    "a relative path is looked for where the daemon was started; write the whole path",
    "相对路径按守护程序启动时所在的目录查找，请写完整路径",
)
_NOT_HERE = Detail("{reason} (on this machine)", "{reason}（在本机上）")
_NO_FILE = Detail(
    "expected a file, got {path}: {problem}",
    "应为文件，实为 {path}：{problem}",
)
_EMPTY_PASSWORD = Detail(
    "expected the password in the first line, got none in {path}",
    "密码应在第一行，{path} 中没有",
)
_NO_PEM = Detail(
    "expected certificates in PEM, got {path}: {reason}",
    "应为 PEM 格式的证书，实为 {path}：{reason}",
)
_NO_PAIR = Detail(
    "expected a certificate and its key in PEM, got {certificate} and {key}: {reason}",
    "应为 PEM 格式的证书及其私钥，实为 {certificate} 和 {key}：{reason}",
)


def _platforms(of: OfSite) -> Iterator[tuple[Path_, PlatformSettings]]:
    """Yield where a platform stands in the site file, and its settings."""
    uplink = of.site.uplink
    for name, platform in (("platform", uplink.platform), ("second", uplink.second)):
        if platform is not None:
            yield ("uplink", name), platform


def broker(of: OfSite) -> Iterator[Finding]:
    """Find a host that is none, and ports that go with another protocol."""
    for at, platform in _platforms(of):
        yield from _broker(of, at, platform)


def _broker(of: OfSite, at: Path_, platform: PlatformSettings) -> Iterator[Finding]:
    host, port = platform.host, platform.port
    if re.search(r"[/@\s]|:\d+$|^\w+:", host) and not _is_address(host):
        yield of.source.warning((*at, "host"), _NO_HOST.of(host=host))
    elif _is_address(host) and (ip_address(host).is_unspecified or ip_address(host).is_multicast):
        yield of.source.warning((*at, "host"), _GROUP_HOST.of(host=host))
    if DIALECTS[platform.dialect].transport != "mqtt":
        return  # any port may be that of the platform itself
    if port == _TLS and platform.tls is None:
        yield of.source.warning(
            (*at, "port") if of.source.mark((*at, "port")) else at, _TLS_MISSING.of(port=_TLS, plain=_PLAIN)
        )
    elif port == _PLAIN and platform.tls is not None:
        yield of.source.warning((*at, "port"), _PLAIN_PORT.of(wanted=_TLS, port=port))
    elif port in _OTHERS:
        yield of.source.warning(
            (*at, "port"), _OTHER_PORT.of(plain=_PLAIN, tls=_TLS, port=port, protocol=_OTHERS[port])
        )


def heartbeat(of: OfSite) -> Iterator[Finding]:
    """Find a run status that is too rare for the platform's dialect."""
    period_s = of.site.uplink.run_status_s
    for at, platform in _platforms(of):
        longest_s = DIALECTS[platform.dialect].status_s
        if longest_s is not None and period_s >= longest_s:
            yield of.source.warning((*at, "dialect"), _RARE_STATUS.of(longest=longest_s, period=period_s))


def passwords(of: OfSite) -> Iterator[Finding]:
    """Find passwords that go in clear, or without a user."""
    for at, platform in _platforms(of):
        yield from _passwords(of, at, platform)


def _passwords(of: OfSite, at: Path_, platform: PlatformSettings) -> Iterator[Finding]:
    near = _is_address(platform.host) and ip_address(platform.host).is_loopback
    if platform.username is not None and platform.tls is None and not (near or platform.host == "localhost"):
        yield of.source.warning((*at, "username"), _CLEAR_PASSWORD)
    if platform.password_file is not None and platform.username is None and not DIALECTS[platform.dialect].key:
        yield of.source.warning((*at, "password_file"), _NO_USER)
    elif platform.username is not None and platform.password_file is None and platform.tls is None:
        yield of.source.warning((*at, "username"), _NO_PASSWORD)


def files(of: OfSite) -> Iterator[Finding]:
    """Find certificates and password files that are not there, or are none."""
    for at, platform in _platforms(of):
        yield from _all_files(of, at, platform)


def _all_files(of: OfSite, at: Path_, platform: PlatformSettings) -> Iterator[Finding]:
    missing = False
    for key, path in _files(platform):
        problem = _problem(path)
        if problem:
            missing = True
            yield of.source.warning((*at, *key), _NO_FILE.of(path=path, problem=problem))
        elif key == ("password_file",) and not path.read_bytes().split(b"\n")[0].strip():
            yield of.source.warning((*at, *key), _EMPTY_PASSWORD.of(path=path))
    if platform.tls is not None and not missing:
        yield from _certificates(of, at, platform.tls)


def _files(platform: PlatformSettings) -> Iterator[tuple[Path_, Path]]:
    if platform.password_file is not None:
        yield ("password_file",), place(platform.password_file)
    for key in ("ca", "certificate", "key"):
        path = getattr(platform.tls, key, None)
        if path is not None:
            yield ("tls", key), place(path)


def _problem(path: Path) -> Detail | None:
    if not path.is_absolute():
        return _RELATIVE
    try:
        path.open("rb").close()
    except (OSError, ValueError) as error:
        return _NOT_HERE.of(reason=system.said(error))
    return None


def _certificates(of: OfSite, at: Path_, tls: TlsSettings) -> Iterator[Finding]:
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=str(place(tls.ca)))
    except (ssl.SSLError, OSError) as error:
        yield of.source.warning((*at, "tls", "ca"), _NO_PEM.of(path=tls.ca, reason=_reason(error)))
    if tls.certificate is not None and tls.key is not None:
        try:
            context.load_cert_chain(place(tls.certificate), place(tls.key), password="")
        except (ssl.SSLError, OSError, ValueError) as error:
            yield of.source.warning(
                (*at, "tls", "certificate"),
                _NO_PAIR.of(certificate=tls.certificate, key=tls.key, reason=_reason(error)),
            )


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", None) or error).lower().replace("_", " ")


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
