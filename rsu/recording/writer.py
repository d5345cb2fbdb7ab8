"""Writing one recording: an MCAP file of short sections, sealed at its end.

A section is a chunk and its indexes, or anything else written between two flushes. The seal, an MCAP metadata
record at the end, has the SHA-256 of every section, so that a changed byte is found with its place. Until it is
finished a recording is called `*.mcap.part`.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast

from mcap.writer import CompressionType, Writer

from rsu.bus.tape import Tape
from rsu.core import durable
from rsu.recording import schemas
from rsu.recording.tick import Entry, to_entries

CHUNK = 65536
PART = ".part"
SEAL, ABOUT = "rsu.seal", "rsu.about"
SELF = "seal"  # key of the seal's own digest, beside those of the sections


class _Sections:
    """A file that notes the ends of sections, and their hashes."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # against recovery at the same time
        self._hash = hashlib.sha256()
        self._start = self._at = 0
        self.sections: dict[str, str] = {}  # "first byte+length" -> SHA-256

    def write(self, data: bytes) -> int:
        """Write all of it."""
        view = memoryview(data)
        try:
            while view:  # a file without a buffer may take a part
                view = view[self._file.write(view) :]
        except OSError as error:
            error.filename = str(self._file.name)
            raise
        self._hash.update(data)
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._at

    def flush(self) -> None:
        """There is no buffer."""

    def cut(self) -> None:
        """End a section."""
        if self._at > self._start:
            self.sections[f"{self._start}+{self._at - self._start}"] = self._hash.hexdigest()
            self._start, self._hash = self._at, hashlib.sha256()

    def sync(self) -> None:
        """Wait until everything is on the disk."""
        os.fsync(self._file.fileno())

    def stands_at(self, path: Path) -> bool:
        """Return whether this file is the one at a path."""
        return path.exists() and os.path.samestat(path.stat(), os.fstat(self._file.fileno()))

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


class RecordingWriter:
    """One recording being written; `path` is its final name. OSError: the disk is full or fails."""

    def __init__(self, path: Path, about: Mapping[str, str], attachments: Mapping[str, bytes], now_ns: int) -> None:
        """Begin. `about`: its subject; `attachments`: the files that the station was made from, by name."""
        self.path = path
        self._part = path.with_name(path.name + PART)
        self._file = _Sections(self._part)
        self._writer = Writer(
            cast(IO[bytes], self._file),
            chunk_size=4 * CHUNK,  # sections are cut by `flush`, before this
            compression=CompressionType.ZSTD,
            enable_data_crcs=True,
        )
        self._channels: dict[str, int] = {}
        self._schemas: dict[str, int] = {}
        self._pending = 0  # bytes in the open chunk
        self.size = 0  # bytes written
        self._writer.start(profile="", library="rsu-edge")
        self._writer.add_metadata(ABOUT, dict(about))
        for name, data in attachments.items():
            self._writer.add_attachment(now_ns, now_ns, name, "application/octet-stream", data)
        self.flush()

    def add(self, tape: Tape) -> None:
        """Add a tick."""
        self.put_all([(entry, tape.seq) for entry in to_entries(tape)])

    def put_all(self, entries: Sequence[tuple[Entry, int]]) -> None:
        """Add messages with their sequence numbers, all in one section."""
        if self._pending + sum(len(entry.data) for entry, _ in entries) > CHUNK:
            self.flush()
        for entry, seq in entries:
            self.put(entry, seq)

    def put(self, entry: Entry, seq: int = 0) -> None:
        """Add one message."""
        channel = self._channels.get(entry.topic) or self._register(entry.topic)
        self._writer.add_message(channel, entry.log_ns, entry.data, entry.log_ns, seq & 0xFFFFFFFF)
        self._pending += len(entry.data)

    def note(self, name: str, facts: Mapping[str, str]) -> None:
        """Add a metadata record."""
        self._writer.add_metadata(name, dict(facts))

    def flush(self) -> None:
        """End the section: the added records survive a crash of this process."""
        self._writer.flush()
        self._file.cut()
        self._pending = 0
        self.size = self._file.tell()

    def sync(self) -> None:
        """End the section and wait for the disk: the added records survive a power cut."""
        self.flush()
        self._file.sync()

    def check(self) -> None:
        """Raise OSError if the file was deleted under our hands: records written now would never be seen."""
        if not self._file.stands_at(self._part):
            raise OSError(errno.ENOENT, "was deleted while it was written", str(self._part))

    def close(self) -> None:
        """Seal the recording and give it its name."""
        self.flush()
        self._writer.add_metadata(SEAL, self._file.sections | {SELF: seal_digest(self._file.sections)})
        self._writer.finish()
        self.flush()
        self._file.sync()
        self._file.close()
        self._part.rename(self.path)
        durable.sync(self.path.parent)

    def abandon(self) -> None:
        """Leave the file as a power cut would."""
        self._file.close()

    def _register(self, topic: str) -> int:
        kind = schemas.of_topic(topic)
        schema = 0
        if kind.schema:
            schema = self._schemas.get(kind.schema) or self._writer.register_schema(
                kind.schema, "jsonschema", schemas.text(kind.schema)
            )
            self._schemas[kind.schema] = schema
        self._channels[topic] = self._writer.register_channel(topic, kind.encoding, schema)
        return self._channels[topic]


def seal_digest(sections: Mapping[str, str]) -> str:
    """Return the SHA-256 of a seal's content."""
    return hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in sections.items()).encode()).hexdigest()
