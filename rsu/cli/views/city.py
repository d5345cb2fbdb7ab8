"""The work of `rsu city run`: settings, signals, a word when it is up and when it ends."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import typer

from hw.detail import Detail
from rsu.city import settings
from rsu.city.embedded.broker import BrokerPlace
from rsu.city.embedded.process import City, CitySettings
from rsu.city.settings import CityFile
from rsu.cli.common.errors import fail, said
from rsu.cli.common.language import spoken
from rsu.core.addresses import is_loopback
from rsu.core.exits import Exit

_OPEN = Detail(
    "{address}: boxes beyond this machine need --passwords (mosquitto_passwd -c FILE RSCUSN)",
    "{address}：本机以外的设备接入需要 --passwords（mosquitto_passwd -c FILE RSCUSN）",
)
_PAGE_OPEN = Detail(
    "{address}: the page has no TLS; keep it on loopback behind a proxy that has it",
    "{address}：页面不支持 TLS；请保持在本机回环地址，并由支持 TLS 的代理转发",
)
_UP = Detail("city: boxes at {mqtt}, page at {page}", "城市平台：设备接入 {mqtt}，页面 {page}")
_CODE = Detail("one-time code for the first user of the page: {}", "页面首个用户的一次性代码：{}")
_END = Detail("records: {taken}; refused: {refused}", "记录：{taken}；拒绝：{refused}")


_PARTS = ("ingest", "keeper", "page")
_NO_PART = Detail(
    "engine: distributed: name the process to run, --part {}",
    "engine: distributed：请指定要运行的进程，--part {}",
)
_PART = Detail("--part: engine: embedded is one process", "--part：engine: embedded 为单一进程")
_MISSING = Detail(
    "engine: distributed needs {}: pip install 'rsu-edge[city-distributed]'",
    "engine: distributed 需要 {}：pip install 'rsu-edge[city-distributed]'",
)
_PART_UP = Detail("city: {} runs", "城市平台：{} 已运行")


def start(path: Path, part: str | None, seconds: float | None, as_json: bool) -> None:
    """Run a city as its file says. ConfigError, NotReachableError, OSError."""
    file = settings.load(path)
    if file.engine == "embedded":
        if part is not None:
            fail(Exit.USAGE, _PART)
        own = file.boxes
        place = BrokerPlace(own.address, own.port, own.passwords, own.tls)
        run(file.data, place, (file.page.address, file.page.port, file.page.login), seconds, as_json)
    elif part is None:
        fail(Exit.USAGE, _NO_PART.of(", ".join(_PARTS)))
    else:
        _start_part(file, part, seconds, as_json)


def _start_part(file: CityFile, part: str, seconds: float | None, as_json: bool) -> None:
    if part == "page" and not is_loopback(file.page.address):
        fail(Exit.USAGE, _PAGE_OPEN.of(address=file.page.address))
    try:
        from rsu.city.distributed import parts
    except ImportError as error:
        fail(Exit.USAGE, _MISSING.of(error.name))
    stop = _stop(seconds)
    typer.echo(json.dumps({"part": part}) if as_json else said(_PART_UP.of(part), spoken()), err=not as_json)
    {"ingest": parts.ingest, "keeper": parts.keeper, "page": parts.show}[part](file, stop)


def run(data: Path, place: BrokerPlace, page: tuple[str, int, bool], seconds: float | None, as_json: bool) -> None:
    """Run a city until a signal, or for some seconds. NotReachableError, OSError."""
    if not is_loopback(place.address) and place.passwords is None:
        fail(Exit.USAGE, _OPEN.of(address=place.address))
    if not is_loopback(page[0]):
        fail(Exit.USAGE, _PAGE_OPEN.of(address=page[0]))
    stop = _stop(seconds)
    whole = place._replace(passwords=_whole(place.passwords), tls=_whole(place.tls))  # Mosquitto wants whole paths
    city = City(CitySettings(data.resolve(), whole, *page))
    where = {"mqtt": f"mqtt://{place.address}:{place.port}", "page": f"http://{page[0]}:{page[1]}/"}
    if (code := city.door.code()) is not None:
        typer.echo(said(_CODE.of(code), spoken()), err=True)
    typer.echo(json.dumps(where) if as_json else said(_UP.of(**where), spoken()), err=not as_json)
    city.serve(stop)
    counts = {"taken": city.ingest.taken.total(), "refused": city.ingest.refused.total()}
    typer.echo(json.dumps(counts) if as_json else said(_END.of(**counts), spoken()), err=not as_json)


def _stop(seconds: float | None) -> threading.Event:
    """Return the event that a signal, or the end of the time, sets."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if seconds is not None:
        timer = threading.Timer(seconds, stop.set)
        timer.daemon = True
        timer.start()
    return stop


def _whole(path: Path | None) -> Path | None:
    return None if path is None else path.resolve()
