"""Errors with which msgspec refuses octets from outside: not the format or type, no UTF-8, nested too deep."""

from __future__ import annotations

import msgspec

UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
