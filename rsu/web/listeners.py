"""The page's listeners: loopback in plain, other machines by TLS; one application behind both."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import structlog
import uvicorn
from starlette.applications import Starlette

from rsu.site.web import HttpsSettings, WebSettings
from rsu.web.limits import HEAD_OCTETS, Door

SHUTDOWN_S = 1
_log = structlog.get_logger()


class WebListener(NamedTuple):
    """A listening socket, and the options of the server behind it."""

    socket: socket.socket
    options: dict[str, Any]


@contextmanager
def opened(settings: WebSettings, folder: Path) -> Iterator[list[WebListener]]:
    """Open the listeners that the site asks for. `folder`: of the certificate. OSError: the loopback port is taken."""
    with ExitStack() as stack:
        plain = {"ws_per_message_deflate": False}  # compressing costs more on loopback than it saves
        found = [WebListener(stack.enter_context(_listen(settings.host, settings.port)), plain)]
        if settings.https is not None:
            found += _encrypted(settings.https, folder, stack)
        yield found


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family)


def _encrypted(settings: HttpsSettings, folder: Path, stack: ExitStack) -> list[WebListener]:
    """Return the listener for other machines; none where it cannot be: the page on loopback goes on."""
    from rsu.access import certificate  # the library is loaded where it is needed

    try:
        files = certificate.ensure(folder, settings.names)
        listener = stack.enter_context(_listen(settings.host, settings.port))
    except OSError as error:
        _log.error("page not reachable from other machines", port=settings.port, why=str(error))
        return []
    _log.info("page for other machines", port=settings.port, fingerprint=files.fingerprint())
    options = {"ssl_certfile": str(files.certificate), "ssl_keyfile": str(files.key), "ws_per_message_deflate": True}
    return [WebListener(listener, options)]


def servers(app: Starlette, listeners: Sequence[WebListener]) -> list[uvicorn.Server]:
    """Return a server for each listener."""
    return [uvicorn.Server(_options(app, listener.options)) for listener in listeners]


async def serve(servers: Sequence[uvicorn.Server], listeners: Sequence[WebListener]) -> None:
    """Serve until every server ends."""
    both = zip(servers, listeners, strict=True)
    await asyncio.gather(*(server.serve(sockets=[listener.socket]) for server, listener in both))


def _options(app: Starlette, further: dict[str, Any]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=Door,
        h11_max_incomplete_event_size=HEAD_OCTETS,
        ws_max_size=1024,  # a page only acknowledges
        timeout_graceful_shutdown=SHUTDOWN_S,
        **further,
    )
