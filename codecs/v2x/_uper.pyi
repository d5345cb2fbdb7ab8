"""The C extension, see `engine/native/module.c`."""

from typing import Any

class Program:
    """A table of types, and the exception for what it does not handle."""

    def __new__(cls, rows: tuple[Any, ...], irregular: type[Exception], /) -> Program: ...
    def encode(self, value: Any, /) -> bytes: ...
    def decode(self, data: bytes, /) -> Any: ...
