"""Entries of the log: records of a batch as the city keeps them, MessagePack in zstd. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import zstandard

from rsu.city.records import STATE, CityRecord
from rsu.city.store import CityRefusal

_MOST_OCTETS = 400_000  # before compression, beside the last record: NATS takes 1 MiB
_LEVEL = 1
_MOST_UNPACKED = 64 << 20


class _Packed(msgspec.Struct, array_like=True):
    received_ms: int
    records: list[msgspec.Raw]
    refused: list[tuple[str, str]]


class CityEntry(NamedTuple):
    """Records that were taken together."""

    received_ms: int
    records: list[CityRecord]
    refused: list[CityRefusal]


_RECORD = msgspec.msgpack.Encoder(enc_hook=lambda states: states.tobytes())
_OF_RECORD = msgspec.msgpack.Decoder(CityRecord, dec_hook=lambda kind, octets: np.frombuffer(octets, STATE))
_PACKED, _OF_PACKED = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(_Packed)


def pack(records: Sequence[CityRecord], refusals: Sequence[CityRefusal], received_ms: int) -> Iterator[bytes]:
    """Yield the entries of a batch, each of a size that the log takes."""
    waiting: list[msgspec.Raw] = []
    size, refused = 0, [(each.kind, each.reason) for each in refusals]
    for record in records:
        octets = _RECORD.encode(record)
        waiting.append(msgspec.Raw(octets))
        size += len(octets)
        if size > _MOST_OCTETS:
            yield _compressed(_Packed(received_ms, waiting, refused))
            waiting, size, refused = [], 0, []
    if waiting or refused:
        yield _compressed(_Packed(received_ms, waiting, refused))


def unpack(octets: bytes) -> CityEntry:
    """Return an entry. msgspec.DecodeError, zstandard.ZstdError: it is none of ours."""
    packed = _OF_PACKED.decode(zstandard.ZstdDecompressor().decompress(octets, _MOST_UNPACKED))
    records = [_OF_RECORD.decode(each) for each in packed.records]
    return CityEntry(packed.received_ms, records, [CityRefusal(*each) for each in packed.refused])


def _compressed(packed: _Packed) -> bytes:
    octets: Any = zstandard.ZstdCompressor(_LEVEL).compress(_PACKED.encode(packed))
    return bytes(octets)
