"""SensorThings 1.1 over HTTP: sets, entities, links and query options, on records of a golden recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

pytest.importorskip("duckdb", reason="the extra `city` is not installed")

import json
import time

from rsu.city.api import application
from rsu.city.archive import TrackArchive
from rsu.city.embedded.city import EmbeddedLog, EmbeddedView
from rsu.city.embedded.tables import SqliteTables
from rsu.city.ingest import Ingest, InMessage
from rsu.city.live import LiveView
from rsu.city.sensorthings.pages import routes
from rsu.city.sensorthings.query import QueryError, parsed
from tests.rsu.city.paged import Browser, browsing
from tests.rsu.city.test_ingest import BOX, message, recorded


def traffic(now_ms: int, back: int) -> dict[str, Any]:
    """Return a traffic record of the recording, its period moved to so many minutes ago."""
    [found, *_] = [each for each in recorded("traffic") if each["laneFlowData"]]
    end_ms = now_ms - back * 60_000
    return found | {"startTime": end_ms - 60_000, "endTime": end_ms}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder, now_ms = tmp_path_factory.mktemp("city"), time.time_ns() // 1_000_000
    store, live = SqliteTables(folder / "city.db"), LiveView()
    ingest = Ingest(EmbeddedLog(store, live))
    ingest.take([message("basic-status", recorded("basic-status")[0])], now_ms)
    ingest.take([message("participant", recorded("participant")[-1], 2)], now_ms)
    ingest.take([message("traffic", traffic(now_ms, back), 3 + back) for back in range(5)], now_ms)
    status = recorded("basic-status")[0] | {"rscuSn": "OTHER", "bootId": "b", "seqNum": 1}
    ingest.take([InMessage("rscu/OTHER/basic-status/up", json.dumps(status).encode())], now_ms)
    with browsing(application(EmbeddedView(store, TrackArchive(folder), live, ingest), routes(store, live))) as browser:
        yield browser
    store.close()


def get(page: Browser, path: str, **options: object) -> Any:
    query = "&".join(f"${name}={quote(str(value), safe='')}" for name, value in options.items())
    reply = page.ask("GET", f"/v1.1{path}" + (f"?{query}" if query else ""))
    assert reply.status == 200, reply
    return reply.said


def test_the_root_names_every_set_and_each_is_there(page: Browser) -> None:
    for each in get(page, "")["value"]:
        assert get(page, f"/{each['name']}")["value"], each


def test_every_link_of_every_entity_leads_on(page: Browser) -> None:
    for of in ("Things", "Locations", "Datastreams", "Sensors", "ObservedProperties", "Observations"):
        entity = get(page, f"/{of}", top=1)["value"][0]
        assert page.ask("GET", urlsplit(entity["@iot.selfLink"]).path).said["@iot.id"] == entity["@iot.id"]
        for name in [name for name in entity if name.endswith("navigationLink")]:
            said = page.ask("GET", urlsplit(entity[name]).path).said
            assert said.get("value") or said["@iot.id"], name


def test_next_links_lead_through_a_whole_set(page: Browser) -> None:
    names, path = [], "/v1.1/Datastreams?$top=7&$orderby=name&$count=true&$select=name"
    while path:
        said = page.ask("GET", path).said
        names += [each["name"] for each in said["value"]]
        link = urlsplit(said.get("@iot.nextLink", ""))
        path = f"{link.path}?{link.query}" if link.path else ""
    assert len(names) == len(set(names)) == said["@iot.count"] > 14 and names == sorted(names)


def test_filters(page: Browser) -> None:
    assert [each["@iot.id"] for each in get(page, "/Things", filter=f"name eq '{BOX}'")["value"]] == [BOX]
    assert len(get(page, "/Things", filter="properties/state eq 'online'")["value"]) == 2
    some = get(page, "/Datastreams", filter="substringof('queue',name) and Thing/name ne 'OTHER'")["value"]
    assert some and all("queue" in each["name"] for each in some)
    stream = get(page, "/Datastreams", filter="startswith(id,'RSCU') and ObservedProperty/name eq 'volume'")["value"][0]
    path = f"/Datastreams('{stream['@iot.id']}')/Observations"
    whole = get(page, path)["value"]
    middle = whole[2]["resultTime"][:19] + "Z"
    later = get(page, path, filter=f"resultTime ge {middle} and result ge 0", orderby="resultTime asc")["value"]
    assert len(whole) == 5 and [each["@iot.id"] for each in later] == [each["@iot.id"] for each in whole[2::-1]]
    assert get(page, "/Things", filter="name gt 5")["value"] == []


def test_expanding(page: Browser) -> None:
    wish = (
        "Datastreams($filter=ObservedProperty/name eq 'users';$expand=Observations($top=1),ObservedProperty),Locations"
    )
    thing = get(page, f"/Things('{BOX}')", expand=wish)
    [stream] = thing["Datastreams"]
    assert stream["Observations"][0]["result"] > 0 and stream["ObservedProperty"]["name"] == "users"
    assert len(thing["Locations"][0]["location"]["coordinates"]) == 2
    [same] = get(page, "/Datastreams", filter=f"id eq '{BOX}:state'", expand="Thing/Locations")["value"]
    assert same["Thing"]["Locations"][0]["@iot.id"] == BOX


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/Things('X')", 404),
        ("/Planes", 404),
        ("/Things('X')/Datastreams/Observations", 404),
        ("/Datastreams('RSCU-DEMO-1:x:1:speed')", 404),
        ("/Things?$top=-1", 400),
        ("/Things?$filter=name%20like%20'a'", 400),
        ("/Things?$expand=Planes", 400),
        ("/Things?$apply=x", 400),
        ("/Things?$resultFormat=dataArray", 400),
    ],
)
def test_refusals(page: Browser, path: str, status: int) -> None:
    reply = page.ask("GET", f"/v1.1{path}")
    assert (reply.status, reply.said["code"]) == (status, status)


@pytest.mark.parametrize(
    "query",
    [
        "$filter=(((",
        "$filter=a eq 'b",
        "$expand=A(B",
        "$expand=" + "A(" * 9 + ")" * 9,
        "$expand=" + "A/" * 9 + "A",
        "$skip=x",
        "$top=" + "9" * 5000,
    ],
)
def test_options_that_are_not_understood(query: str) -> None:
    if "A(" * 9 in query:
        query = query.replace("A(", "A($expand=")
    with pytest.raises(QueryError):
        parsed(query)
