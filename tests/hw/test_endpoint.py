"""Addresses and endpoints as a site file says them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from hw.endpoint import Endpoint, split_address


@pytest.mark.parametrize("text", ["camera.local:80", "10.0.0.1", "10.0.0.1:x", "10.0.0.1:70000", ""])
def test_addresses_are_numbers(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|appear"):
        split_address(text)


def test_ipv6_addresses_stand_in_brackets() -> None:
    assert split_address("[::1]:80") == ("::1", 80)


@pytest.mark.parametrize("data", [{}, {"tcp": "1.2.3.4:5", "serial": {"path": "x"}}, {"usb": 1}])
def test_an_endpoint_is_exactly_one_known_way(data: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Endpoint.model_validate(data)
