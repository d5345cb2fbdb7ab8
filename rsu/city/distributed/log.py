"""The log between ingest and database: NATS JetStream, three replicas, each of which writes to its disk first."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Coroutine, Sequence
from typing import Any

import nats.errors
import nats.js.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from hw.detail import Detail
from rsu.city.distributed import entries
from rsu.city.records import CityRecord
from rsu.city.settings import LogSettings, secret
from rsu.city.store import CityRefusal, NotKeptError
from rsu.core.errors import NotReachableError

_STREAM, _SUBJECT = "CITY", "city.records"
_PARTS, _PART = "CITY-PARTS", "city.part"  # which parts of split records are in the log
_KEEPER = "keeper"
_BEGIN_S, _ANSWER_S, _AGAIN_S = 30.0, 2.0, 0.2
_FETCHED, _WAIT_S = 20, 0.5
_ACK_S = 30.0  # an entry that the database has not taken after so long is given again
_PARTS_S = 3600.0
_NO_LOG = Detail(
    "{}: no log of the city there ({}); are the NATS servers up, with JetStream and as many as `replicas`?",
    "{}：没有可用的平台日志（{}）；NATS 服务器是否已启动、开启 JetStream，且数量不少于 replicas？",
)


class CityLog:
    """One connection, on a thread of its own. `RecordLog` for the ingest; `fetch` and `done` for the keeper."""

    def __init__(self, settings: LogSettings) -> None:
        """Connect, and make the streams where they are missing. NotReachableError."""
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._nats = Client()
        self._pull: Any = None
        try:
            self._run(self._begin(), _BEGIN_S)
        except NotKeptError as error:
            raise NotReachableError(_NO_LOG.of(", ".join(settings.servers), error)) from None
        self._jet = self._nats.jetstream(timeout=_ANSWER_S)

    def keep(self, records: Sequence[CityRecord], refusals: Sequence[CityRefusal], now_ms: int) -> None:
        """Return when most replicas have written the batch. NotKeptError."""
        for octets in entries.pack(records, refusals, now_ms):
            self._run(self._jet.publish(_SUBJECT, octets, stream=_STREAM))
        for record in records:
            if record.numbers.parts > 1:
                subject = f"{_PART}.{_digest(record)}.{record.numbers.part}"
                self._run(self._jet.publish(subject, b"", stream=_PARTS))

    def parts(self, record: CityRecord) -> int:
        """Return how many parts of a record are in the log. NotKeptError."""
        found = self._run(self._jet.stream_info(_PARTS, subjects_filter=f"{_PART}.{_digest(record)}.*"))
        return len(found.state.subjects or ())

    def fetch(self) -> list[Msg]:
        """Return the next entries, none after half a second without any. NotKeptError: no log now."""
        try:
            return list(self._run(self._fetch()))
        except NotKeptError as error:
            if isinstance(error.__cause__, TimeoutError):
                return []
            raise

    def done(self, messages: Sequence[Msg]) -> None:
        """Take entries out of the log. NotKeptError: some will come again."""
        for message in messages:
            self._run(message.ack())

    def close(self) -> None:
        """Disconnect."""
        self._run(self._nats.close())

    async def _begin(self) -> None:
        told = self._settings
        access: dict[str, Any] = {}
        if told.username:
            access = {"user": told.username, "password": secret(told.password_file)}
        if told.ca is not None:
            access["tls"] = told.context()
        await self._nats.connect(
            servers=list(told.servers), max_reconnect_attempts=-1, reconnect_time_wait=_AGAIN_S,
            connect_timeout=_ANSWER_S, error_cb=_quiet, **access,
        )  # fmt: skip
        for config in (_records(told.replicas), _parts(told.replicas)):
            await self._made(config)

    async def _made(self, config: StreamConfig) -> None:
        """Make a stream as soon as the servers have a leader."""
        while True:
            try:
                await self._nats.jetstream(timeout=_ANSWER_S).add_stream(config)
            except (nats.js.errors.ServiceUnavailableError, nats.errors.TimeoutError):
                await asyncio.sleep(_AGAIN_S)
            else:
                return

    async def _fetch(self) -> list[Msg]:
        if self._pull is None:
            config = ConsumerConfig(ack_wait=_ACK_S)
            self._pull = await self._jet.pull_subscribe(_SUBJECT, durable=_KEEPER, stream=_STREAM, config=config)
        fetched: list[Msg] = await self._pull.fetch(_FETCHED, timeout=_WAIT_S)
        return fetched

    def _run(self, work: Coroutine[Any, Any, Any], longest_s: float = 2 * _ANSWER_S) -> Any:
        task = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return task.result(longest_s)
        except (nats.errors.Error, TimeoutError, OSError) as error:
            task.cancel()
            raise NotKeptError(str(error) or type(error).__name__) from error


def _records(replicas: int) -> StreamConfig:
    """An entry stays until the database has it; a full disk refuses new ones, so that boxes hold theirs."""
    return StreamConfig(
        name=_STREAM, subjects=[_SUBJECT], num_replicas=replicas, storage=StorageType.FILE,
        retention=RetentionPolicy.WORK_QUEUE, discard=DiscardPolicy.NEW,
    )  # fmt: skip


def _parts(replicas: int) -> StreamConfig:
    return StreamConfig(
        name=_PARTS, subjects=[f"{_PART}.*.*"], num_replicas=replicas, storage=StorageType.FILE,
        max_msgs_per_subject=1, max_age=_PARTS_S,
    )  # fmt: skip


def _digest(record: CityRecord) -> str:
    numbers = record.numbers
    return hashlib.sha256(f"{numbers.box}\0{numbers.boot}\0{numbers.seq}".encode()).hexdigest()[:32]


async def _quiet(error: Exception) -> None:
    """A lost connection is told where a batch waits for it."""
