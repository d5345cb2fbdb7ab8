"""`rsu page`: the way to the page, and the code for its first user."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from hw.detail import Detail
from rsu.cli.common.language import spoken
from rsu.cli.common.options import Data, Json, Site

EXAMPLES = (
    "rsu page site.yaml",
    "rsu page --new-code site.yaml    # when the administrator's password is lost",
)
_LOOPBACK = Detail("on this box: {url}", "在本设备上：{url}")
_HTTPS = Detail("from other machines: {urls}", "从其他设备：{urls}")
_FINGERPRINT = Detail(
    "SHA-256 fingerprint of the certificate; the browser must show the same:\n{fingerprint}",
    "证书的 SHA-256 指纹，浏览器中显示的须与此一致：\n{fingerprint}",
)
_NO_HTTPS = Detail(
    "from other machines: not reachable; add page.https to the site file",
    "其他设备无法访问；在站点文件中添加 page.https",
)
_NO_CERTIFICATE = Detail(
    "from other machines: no certificate yet; it is made when the daemon starts with page.https",
    "其他设备暂时无法访问：尚无证书；守护程序以 page.https 启动时生成",
)
_CODE = Detail("one-time code for a new administrator: {code}", "用于新建管理员的一次性代码：{code}")
NewCode = Annotated[bool, typer.Option("--new-code", help="make a one-time code for a new administrator")]


def command(site: Site, data: Data = None, new_code: NewCode = False, as_json: Json = False) -> None:
    """Show how browsers reach the page, and its first user's code.

    With the fingerprint of its certificate, also as a QR code to scan with a phone. The one-time code makes an
    administrator on the page, and is used up then.
    """
    from rsu.cli.views import page as work
    from rsu.core import folders

    found = work.way(site, data or folders.default_data(), new_code)
    if as_json:
        print(json.dumps(found.record()))
        return
    language = spoken()
    print(_LOOPBACK.of(url=found.loopback).told(language))
    if found.reach is None:
        print((_NO_CERTIFICATE if found.https else _NO_HTTPS).told(language))
    else:
        print(_HTTPS.of(urls=" ".join(found.reach.urls)).told(language))
        print(_FINGERPRINT.of(fingerprint=found.reach.fingerprint).told(language))
        print(found.reach.text())
    if found.code:
        print(_CODE.of(code=found.code).told(language))
