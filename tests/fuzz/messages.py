"""The message codec: values, records, explanations, frames. Each function makes a parser, see `targets`."""

from __future__ import annotations

from tests.fuzz.parser import Parser
from v2x.profiles import Profile


def uper(profile: Profile) -> Parser:
    """The codec in wire units: an accepted message encodes to the same octets, unless something had to be skipped."""
    from v2x.errors import CodecError
    from v2x.schema import decode_value, encode_value, schema

    def again(value: object) -> bytes | None:
        try:
            return encode_value(value, profile)
        except CodecError:
            return None

    def parse(data: bytes) -> None:
        try:
            value = decode_value(data, profile)
        except CodecError:
            return
        assert again(value) == data or schema(profile).read(data).skipped

    return parse


def engines(profile: Profile) -> Parser:
    """Both engines: the same value, or the same refusal."""
    from v2x.engine.engines import ENGINES
    from v2x.errors import CodecError
    from v2x.schema import FRAME, Schema, schema

    engines = [schema(profile, name) for name in ENGINES]

    def verdict(engine: Schema, data: bytes) -> object:
        try:
            return engine.decode(data, FRAME)
        except CodecError as error:
            return str(error)

    def parse(data: bytes) -> None:
        first, *others = [verdict(engine, data) for engine in engines]
        assert all(other == first for other in others)

    return parse


def walk(profile: Profile) -> Parser:
    """The walk over the bits, against the codec: the walk reads every accepted message alike."""
    from v2x.errors import CodecError
    from v2x.schema import decode_value
    from v2x.walk import value_of, walk

    def parse(data: bytes) -> None:
        found = walk(data, profile)
        try:
            value = decode_value(data, profile)
        except CodecError:
            return
        assert found.error is None
        assert found.rest < 8
        assert value_of(found.root) == value

    return parse


def records(profile: Profile) -> Parser:
    """The whole way to records and back: an accepted message can be sent again, and then stays the same.

    Fields of a later edition are gone from the record, and may be missing.
    """
    from v2x.errors import CodecError, EncodeError
    from v2x.messages import decode, encode
    from v2x.schema import schema

    def parse(data: bytes) -> None:
        try:
            record = decode(data, profile)
        except CodecError:
            return
        try:
            once = encode(record, profile)
        except EncodeError:
            assert schema(profile).read(data).skipped
            return
        assert encode(decode(once, profile), profile) == once, "changes when it is sent again"

    return parse


def explain() -> Parser:
    from v2x.explain import explain

    return explain


def dsmp() -> Parser:
    from v2x import dsmp
    from v2x.errors import DecodeError

    def parse(data: bytes) -> None:
        try:
            dsm = dsmp.parse(data)
        except DecodeError:
            return
        assert dsmp.parse(dsmp.frame(*dsm)) == dsm

    return parse


def json_values() -> Parser:
    """A line of `rsu msg encode -`."""
    import json

    from v2x.errors import EncodeError
    from v2x.values import from_json

    def parse(data: bytes) -> None:
        try:
            from_json(json.loads(data))
        except (EncodeError, ValueError, RecursionError):  # the last two of json
            return

    return parse
