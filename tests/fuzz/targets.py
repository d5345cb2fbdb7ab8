"""The one table of fuzzed parsers: every parser of octets that come from outside.

A target is a factory, so that its modules are imported when it is asked for (and instrumented while they are); it
returns the function that takes one input. An input is a failure when anything but the target's own errors escapes,
when an accepted input does not encode to the same again, or when it takes longer than the limit.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tests.fuzz import devices, files, messages, platforms
from tests.fuzz.parser import Parser
from v2x.profiles import PROFILES

_DATAGRAM, _STREAM, _FILE, _MAP = 1500, 4096, 4096, 16384  # octets


class Target(NamedTuple):
    """One row of the table."""

    make: Callable[[], Parser]
    limit_ms: float  # CPU time for one input
    longest: int  # octets of an input
    corpus: str  # folder of its inputs; targets with inputs of one kind share it


# driver, port, corpus
_PORTS = [
    ("radio-agent", "link", "radio"),
    ("camera-onvif", "link", "camera-onvif"),
    ("pwd", "link", "pwd"),
    ("wxt", "link", "wxt"),
    ("rsu41", "link", "rsu41"),
    ("camera-json", "link", "camera-json"),
    ("gat1743", "link", "gat1743"),
    ("tscbm", "link", "tscbm"),
    ("gb20999", "link", "gb20999"),
    ("gnss", "link", "gnss"),
    ("ti-mmwave", "data", "ti-data"),
    ("ti-mmwave", "cli", "ti-cli"),
    ("video", "pictures", "video"),
    ("ars408", "link", "ars408"),
    ("radar-c0", "link", "radar-c0"),
    ("acc7320", "link", "acc7320"),
    ("radar-json", "link", "radar-json"),
    ("radar-video", "link", "radar-video"),
    ("camera-mapped", "link", "camera-mapped"),
    ("ops243", "link", "ops243"),
    ("ss125", "link", "ss125"),
]
# format of a foreign map, end of the file's name
_MAPS = [
    ("opendrive", ".xodr"),
    ("lanelet2", ".osm"),
    ("osm", ".osm"),
    ("sumo", ".net.xml"),
    ("map", ".json"),
    ("boundaries", ".geojson"),
    ("geojson", ".geojson"),
    ("points", ".csv"),
]
_ROWS: list[tuple[str, Callable[[], Parser], float, int, str]] = [
    *((f"uper-{one}", partial(messages.uper, one), 5, 1400, f"uper-{one}") for one in PROFILES),
    *((f"engines-{one}", partial(messages.engines, one), 20, 1400, f"uper-{one}") for one in PROFILES),
    *((f"walk-{one}", partial(messages.walk, one), 50, 1400, f"uper-{one}") for one in PROFILES),
    *((f"records-{one}", partial(messages.records, one), 20, 1400, f"uper-{one}") for one in PROFILES),
    ("explain", messages.explain, 200, 1400, f"uper-{PROFILES[-1]}"),  # for people; tries every profile
    ("dsmp", messages.dsmp, 5, 1500, "dsmp"),
    ("json-values", messages.json_values, 20, _FILE, "json-values"),
    ("sources", files.sources, 20, _FILE, "sources"),
    ("pcap", files.capture, 20, _FILE, "pcap"),
    ("air", devices.air, 20, 1500, "dsmp"),
    ("radio-requests", devices.agent_requests, 20, _DATAGRAM, "radio"),
    *((f"{corpus}-driver", partial(devices.driver, kind, port), 20, _STREAM, corpus) for kind, port, corpus in _PORTS),
    *(
        (f"{corpus}-session", partial(devices.session, kind, port), 20, _STREAM, corpus)
        for kind, port, corpus in _PORTS
    ),
    ("ti-profile", devices.profile, 20, _FILE, "ti-profile"),
    ("uplink-ack", files.acknowledgement, 20, _FILE, "uplink-ack"),
    *((f"{name}-answers", partial(platforms.answers, name), 20, _FILE, "uplink-ack") for name in ("tits0117", "dris")),
    *((f"{name}-stream", partial(platforms.stream, name), 20, _FILE, name) for name in ("rcu2cloud", "gat1049")),
    *(
        (f"{name}-reply", partial(platforms.reply, name), 20, _FILE, "uplink-ack")
        for name in ("cooperative", "tits0180-http")
    ),
    ("commands", platforms.commands, 100, _FILE, "commands"),
    ("neighbour", platforms.neighbour, 20, _FILE, "neighbour"),
    ("city-record", platforms.city_record, 100, _FILE, "city-record"),
    ("recording", files.recording, 100, 8192, "recording"),
    ("foreign-json", partial(files.foreign, ".json"), 100, _FILE, "foreign-json"),
    ("foreign-csv", partial(files.foreign, ".csv"), 100, _FILE, "foreign-csv"),
    ("foreign-mot", partial(files.labels, "mot"), 1000, _FILE, "foreign-mot"),  # as many frames as numbers left out
    ("foreign-kitti", partial(files.labels, "kitti"), 1000, _FILE, "foreign-kitti"),
    # read once, from the operator's own disk, by a YAML parser that keeps comments: bounded, not fast
    ("site-yaml", partial(files.site, "demo.yaml"), 3000, 8192, "site-yaml"),
    *((f"map-{name}", partial(files.foreign_map, name, suffix), 3000, _MAP, f"map-{name}") for name, suffix in _MAPS),
    ("map-city-model", partial(files.foreign_map, "auto", ".json"), 3000, _MAP, "map-city-model"),
    ("lane-map", partial(files.site, "demo-lanes.json"), 3000, 8192, "lane-map"),
]
TARGETS = {row[0]: Target(*row[1:]) for row in _ROWS}
