"""The addresses of SensorThings: `/v1.1/SET`, `/v1.1/SET('ID')`, `/v1.1/SET('ID')/NAME`, with links to the rest."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rsu.city.live import LiveView
from rsu.city.sensorthings.catalogue import RELATIONS, Catalogue
from rsu.city.sensorthings.query import Options, QueryError, parsed
from rsu.city.store import TableRows

ROOT = "/v1.1"
Json = dict[str, Any]
_CONFORMANCE = [
    f"http://www.opengis.net/spec/iot_sensing/1.1/req/{each}" for each in ("datamodel", "resource-path", "request-data")
]
_STEP = re.compile(r"(\w+)(?:\('((?:[^']|'')*)'\))?\Z")


class _Views:
    """The requests. Each sees the city as it is when it comes."""

    def __init__(self, store: TableRows, live: LiveView) -> None:
        self._store, self._live = store, live

    def root(self, request: Request) -> Response:
        """Name the sets."""
        base = _base(request)
        sets = [{"name": name, "url": f"{base}/{name}"} for name in RELATIONS]
        return JSONResponse({"value": sets, "serverSettings": {"conformance": _CONFORMANCE}})

    def found(self, request: Request) -> Response:
        """Return a set, or an entity."""
        try:
            options = parsed(request.url.query)
            answer = self._answer(request, options)
        except QueryError as error:
            return JSONResponse({"code": 400, "type": "error", "message": str(error)}, 400)
        if answer is None:
            return JSONResponse({"code": 404, "type": "error", "message": "no such entity"}, 404)
        return Response(msgspec.json.encode(answer), media_type="application/json")

    def _answer(self, request: Request, options: Options) -> Json | None:
        first, *rest = request.path_params["path"].split("/")
        step = _STEP.match(first)
        if step is None or step[1] not in RELATIONS or len(rest) > 1:
            return None
        catalogue = Catalogue(self._store, self._live, time.time_ns() // 1_000_000)
        view = _View(catalogue, _base(request))
        of, id = step[1], step[2]
        if id is None:
            return None if rest else view.set(of, catalogue.entities(of), options, request)
        entity = catalogue.one(of, id.replace("''", "'"))
        if entity is None or not rest:
            return None if entity is None else view.whole(of, entity, options)
        name = rest[0]
        if name not in RELATIONS[of]:
            return {name: entity[name]} if name in entity else None
        there, many = RELATIONS[of][name]
        related = catalogue.related(of, entity, name)
        if many:
            return view.set(there, related, options, request)
        return view.whole(there, related[0], options) if related else None


class _View:
    """Entities as an answer has them."""

    def __init__(self, catalogue: Catalogue, base: str) -> None:
        self._catalogue, self._base = catalogue, base

    def set(self, of: str, entities: Sequence[Json], options: Options, request: Request) -> Json:
        """Return a set, and the link to its next part."""
        chosen = self._chosen(of, entities, options)
        answer: Json = {"@iot.count": len(chosen)} if options.counted else {}
        end = options.skip + options.top
        if end < len(chosen):
            query = dict(parse_qsl(request.url.query, keep_blank_values=True))
            query |= {"$top": str(options.top), "$skip": str(end)}
            answer["@iot.nextLink"] = f"{_site(request)}{request.url.path}?{urlencode(query, quote_via=quote)}"
        return answer | {"value": [self.whole(of, each, options) for each in chosen[options.skip : end]]}

    def whole(self, of: str, entity: Json, options: Options) -> Json:
        """Return an entity with its links, its selected properties, and the entities that are asked for with it."""
        link = f"{self._base}/{of}('{quote(entity['@iot.id'].replace(chr(39), chr(39) * 2), safe=':@')}')"
        links = {f"{name}@iot.navigationLink": f"{link}/{name}" for name in RELATIONS[of]}
        plain = entity if not options.select else {key: entity[key] for key in options.select if key in entity}
        return {
            "@iot.id": entity["@iot.id"],
            "@iot.selfLink": link,
            **plain,
            **links,
            **self._expanded(of, entity, options),
        }

    def _expanded(self, of: str, entity: Json, options: Options) -> Json:
        found: Json = {}
        for name, inner in options.expand.items():
            if name not in RELATIONS[of]:
                raise QueryError(f"$expand: {of} have no {name[:40]}")
            there, many = RELATIONS[of][name]
            chosen = self._chosen(there, self._catalogue.related(of, entity, name), inner)
            parts = [self.whole(there, each, inner) for each in chosen[inner.skip : inner.skip + inner.top]]
            if many and inner.counted:
                found[f"{name}@iot.count"] = len(chosen)
            found[name] = parts if many else (parts[0] if parts else None)
        return found

    def _chosen(self, of: str, entities: Sequence[Json], options: Options) -> list[Json]:
        chosen = [
            each for each in entities if all(term.test(self._value(of, each, term.path)) for term in options.terms)
        ]
        if options.order is not None:
            path, reverse = options.order
            chosen.sort(key=lambda each: _sortable(self._value(of, each, path)), reverse=reverse)
        return chosen

    def _value(self, of: str, entity: Json, path: tuple[str, ...]) -> Any:
        """Return the value at a path, over navigation properties that lead to one entity; None: there is none."""
        value: Any = entity
        for name in path:
            if of in RELATIONS and name in RELATIONS[of] and isinstance(value, dict):
                there, many = RELATIONS[of][name]
                related = [] if many else self._catalogue.related(of, value, name)
                of, value = there, related[0] if related else None
            else:
                of, value = "", value.get(name) if isinstance(value, dict) else None
        return value


def _sortable(value: Any) -> tuple[bool, str, Any]:
    """Return a key that puts values of one kind in order, and unknown ones first."""
    return value is not None, type(value).__name__ if isinstance(value, str) else "", value


def _site(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _base(request: Request) -> str:
    return f"{_site(request)}{ROOT}"


def routes(store: TableRows, live: LiveView) -> list[Route]:
    """Return the addresses."""
    views = _Views(store, live)
    return [Route(ROOT, views.root), Route(f"{ROOT}/", views.root), Route(f"{ROOT}/{{path:path}}", views.found)]
