"""The bench's platforms that are spoken to over HTTP: they check every field of each request, reply, count.

    python -m sim.http_platforms NAME --port N [--address A] [--json]    (NAME: of PLATFORMS)

`cooperative`: the police's objects; `tits0180-http`: records of T/ITS 0180.1 as `sim/standard.py` has its tables.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from sim import standard
from sim.counts import Counts, context, until_told, wanted
from sim.fields import Check, Misfit, table, text, whole
from sim.openv2x_standard import HeardTopic

_LOOK_S = 0.1
_SECONDS = whole(1_500_000_000, 4_102_444_800)
_PLACE = text(r"-?\d{1,3}\.\d{1,9},-?\d{1,2}\.\d{1,9}")
OBJECTS: dict[str, Check] = {
    "IM_1004": table(
        {"RecordTime": _SECONDS, "LinkID": text(".{1,64}"), "Speed": whole(0, 300), "Status": whole(0, 3)},
        {
            "SectionCode": text(".{1,64}"), "StartPositon": _PLACE, "EndPositon": _PLACE, "Length": whole(0, 100_000),
        },
    ),
    "IM_2001": table(
        {
            "RecordTime": _SECONDS, "Type": text("A010(01|02|03|05|07|09|10|11)"), "Desc": text(".{1,256}"),
            "Location": _PLACE,
        },
        {},
    ),
}  # fmt: skip


class HttpRuling(NamedTuple):
    """The reply to one request."""

    heard: HeardTopic
    status: int
    body: dict[str, Any]


def cooperative(path: str, key: str | None, content: Any) -> HttpRuling:
    """Return the reply of the police's platform. `key`: the header api-key."""
    name = path.removeprefix("/")
    faults = [] if key else [Misfit("api-key", "is missing")]
    check = OBJECTS.get(name)
    faults += [Misfit("", f"no object is called {name}")] if check is None else check(content)
    heard = HeardTopic(name if check else "", "", content, faults)
    if not key:
        return HttpRuling(heard, 401, {"code": "00401", "message": "no key", "data": None})
    if faults:
        return HttpRuling(heard, 200, {"code": "00400", "message": str(faults[0]), "data": None})
    return HttpRuling(heard, 200, {"code": "00200", "message": "ok", "data": None})


def tits0180(path: str, key: str | None, content: Any) -> HttpRuling:
    """Return the reply of a platform of T/ITS 0180.1. `key`: the header Authorization."""
    parts = path.strip("/").split("/")
    kind = parts[2] if len(parts) == 4 and parts[0] == "rscu" and parts[3] == "up" else ""
    envelope = table({"timeStamp": whole(1_500_000_000_000, 4_102_444_800_000), "data": lambda _: iter(())}, {})
    faults = list(envelope(content))
    faults += [Misfit("", f"no path of a record is {path}")] if not kind else []
    faults += standard.faults(kind, content["data"]) if kind and not faults else []
    heard = HeardTopic(kind, parts[1] if kind else "", content, faults)
    body = {"status": 1 if faults else 0, "responseTime": time.time_ns() // 1_000_000}
    return HttpRuling(heard, 400 if faults else 200, body | ({"data": str(faults[0])} if faults else {}))


Judge = Callable[[str, str | None, Any], HttpRuling]
PLATFORMS: dict[str, tuple[str, Judge]] = {
    "cooperative": ("api-key", cooperative),
    "tits0180-http": ("Authorization", tits0180),
}


def server(name: str, address: str, port: int, counts: Counts) -> ThreadingHTTPServer:
    """Return a server that judges each request."""
    header, judge = PLATFORMS[name]
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                content = json.loads(body)
            except ValueError:
                content = None
            ruling = judge(self.path, self.headers.get(header), content)
            with lock:
                counts.take(self.path, ruling.heard)
            octets = json.dumps(ruling.body).encode()
            self.send_response(ruling.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the counts do."""

    return ThreadingHTTPServer((address, port), Handler)


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT, then print the summary."""
    options = wanted("sim.http_platforms", PLATFORMS, arguments)
    counts = Counts()
    served = server(options.name, options.address, options.port, counts)
    if options.tls is not None:
        served.socket = context(options.tls).wrap_socket(served.socket, server_side=True)
    threading.Thread(target=served.serve_forever, kwargs={"poll_interval": _LOOK_S}, daemon=True).start()
    for _ in until_told():
        time.sleep(_LOOK_S)
    served.shutdown()
    counts.print(options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
