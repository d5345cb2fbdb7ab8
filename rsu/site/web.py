"""Settings of the web page."""

from __future__ import annotations

from ipaddress import ip_address

from pydantic import Field, field_validator

from hw.detail import Detail
from perception.sensor import Settings

_NOT_LOOPBACK = Detail(
    "must be a loopback address (the page has no login; use an SSH tunnel from elsewhere)",
    "须为环回地址（页面无登录；从别处访问请用 SSH 隧道）",
)


class WebSettings(Settings):
    """Where the page listens: loopback only, because the page has no login. Others reach it by an SSH tunnel."""

    host: str = Field("127.0.0.1", description="loopback address to listen on")
    port: int = Field(18080, ge=1, le=65535, description="TCP port to listen on")

    @field_validator("host")
    @classmethod
    def _loopback(cls, host: str) -> str:
        if not ip_address(host).is_loopback:
            raise ValueError(_NOT_LOOPBACK)
        return host
