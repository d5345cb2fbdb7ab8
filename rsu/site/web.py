"""Settings of the web page."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated

from pydantic import Field, field_validator

from hw.detail import Detail
from perception.sensor import Settings

_NOT_LOOPBACK = Detail(
    "must be a loopback address (the plain page is not encrypted; for other addresses set page.https)",
    "须为环回地址（此页面不加密；从其他地址访问请设置 page.https）",
)
_NO_ADDRESS = Detail("expected an IP address, got {got}", "应为 IP 地址，实为 {got}")
_Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", max_length=253)]


class HttpsSettings(Settings):
    """The page for other machines: encrypted, with login. Its certificate is made at the first start."""

    host: str = Field("0.0.0.0", description="address to listen on; 0.0.0.0: every IPv4 address of the box")
    port: int = Field(18443, ge=1, le=65535, description="TCP port to listen on")
    names: list[_Name] = Field(
        [], max_length=8, description="names under which browsers open the page, beside its addresses"
    )

    @field_validator("host")
    @classmethod
    def _address(cls, host: str) -> str:
        try:
            ip_address(host)
        except ValueError as error:
            raise ValueError(_NO_ADDRESS.of(got=host)) from error
        return host


class WebSettings(Settings):
    """Where the page listens: on loopback, and for other machines where `https` stands."""

    host: str = Field("127.0.0.1", description="loopback address to listen on")
    port: int = Field(18080, ge=1, le=65535, description="TCP port to listen on")
    login: bool = Field(False, description="ask for a login on the loopback address too")
    https: HttpsSettings | None = None

    @field_validator("host")
    @classmethod
    def _loopback(cls, host: str) -> str:
        if not ip_address(host).is_loopback:
            raise ValueError(_NOT_LOOPBACK)
        return host
