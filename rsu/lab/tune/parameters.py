"""Parameters to tune: named as in the site file, by device name or section and key; ranges as people write them.

radar-north.mount.yaw_deg=-5..5     the mount of a sensor; `radar.north.yaw_deg` and `radar-north.yaw_deg` as well
tracking.gate_probability=0.99..0.9999
camera-east.latency_ms=20..80       a setting of the device's driver
tracking.least_scans=2,3,5          one of several
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from hw.detail import Detail, placed
from hw.registry import driver_class
from rsu.lab.errors import ParameterError
from rsu.site.config import Config
from rsu.site.model import Site

Path_ = tuple[str | int, ...]  # of keys and indexes from the site file's top
Number = bool | int | float
DIGITS = 4  # that count of a proposed value
MEANT = 3  # names offered for an unknown one

_UNKNOWN = Detail(
    'unknown parameter "{name}": did you mean {there}?',
    '未知的参数 "{name}"：是否为 {there}？',
)
_FORM = Detail(
    "--param {text}: expected NAME=LOW..HIGH or NAME=A,B,C",
    "--param {text}：应为 NAME=LOW..HIGH 或 NAME=A,B,C",
)
_NOT_BELOW = Detail(
    "--param {text}: {low} is not below {high}",
    "--param {text}：{low} 不小于 {high}",
)
_NO_BOOL = Detail(
    "expected true or false, got {text}",
    "应为 true 或 false，实为 {text}",
)
_WHICH = Detail(
    '"{name}" may be {there}: say which',
    '"{name}" 可能是 {there}：请写明是哪一个',
)


class SiteNumber(NamedTuple):
    """One number of a site."""

    name: str
    path: Path_
    now: Number


class Parameter(NamedTuple):
    """One number that may be changed, and its permitted values."""

    name: str
    path: Path_
    now: Number
    low: float
    high: float
    choices: tuple[Number, ...] = ()  # instead of a range

    @property
    def integer(self) -> bool:
        """Return whether only whole numbers will do."""
        return isinstance(self.now, int) and not isinstance(self.now, bool)


def parse(text: str, config: Config) -> Parameter:
    """Read NAME=LOW..HIGH or NAME=A,B,C. ParameterError: the mistake, and the probably meant name."""
    name, equals, wish = text.partition("=")
    if not equals or not wish:
        raise ParameterError(_FORM.of(text=text))
    known = _find(name.strip(), list(numbers(config)))
    low, dots, high = wish.partition("..")
    try:
        if dots:
            found = Parameter(*known, float(low), float(high))
        else:
            choices = tuple(_typed(each.strip(), known.now) for each in wish.split(","))
            found = Parameter(*known, float(min(choices)), float(max(choices)), choices)
    except ValueError as error:
        raise ParameterError(placed(f"--param {text}", error)) from error
    if not found.choices and not found.low < found.high:
        raise ParameterError(_NOT_BELOW.of(text=text, low=low, high=high))
    for end in found.choices or (found.low, found.high):
        try:
            applied(config, {found.path: _typed(str(end), known.now)})
        except (ValidationError, ValueError) as error:
            raise ParameterError(placed(f"--param {text}", _why(error))) from error
    return found


def numbers(config: Config) -> Iterator[SiteNumber]:
    """Yield every number of a site; those of sensors and drivers under their device's name."""
    data = config.site.model_dump()
    for index, sensor in enumerate(data.pop("sensors")):
        yield from _leaves(sensor["device"], ("sensors", index), sensor)
    for device in data.pop("devices"):
        yield from _leaves(device, ("devices", device, "driver"), config.drivers[device].model_dump())
    for section, value in data.items():
        yield from _leaves(section, (section,), value)


def applied(config: Config, values: Mapping[Path_, Number]) -> Config:
    """Return the site with other numbers. ValidationError: it does not accept them."""
    data = config.site.model_dump()
    for path, value in values.items():
        _set(data, path, value)
    site = Site.model_validate(data)
    drivers = dict(config.drivers)
    for name in {str(path[1]) for path in values if path[0] == "devices"}:
        settings = driver_class(site.devices[name].kind).Settings
        context = {"folder": config.path.parent, "recorded": True}
        drivers[name] = settings.model_validate(site.devices[name].driver, context=context)
    return config._replace(site=site, drivers=drivers)


def rounded(parameter: Parameter, value: float) -> Number:
    """Return a value as it would be written into the site file."""
    if parameter.choices:
        return value
    return round(value) if parameter.integer else float(f"{value:.{DIGITS}g}")


def _leaves(name: str, path: Path_, value: object) -> Iterator[SiteNumber]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{name}.{key}", (*path, key), inner)
    elif isinstance(value, bool | int | float):
        yield SiteNumber(name, path, value)


def _set(data: Any, path: Path_, value: Number) -> None:
    for key in path[:-1]:
        data = data.setdefault(key, {}) if isinstance(data, dict) else data[key]
    data[path[-1]] = value


def _find(name: str, known: Sequence[SiteNumber]) -> SiteNumber:
    """Return the number that a name means: its words in order, the last one perhaps shortened."""
    wanted = _words(name)
    fitting = [each for each in known if _fits(wanted, _words(each.name))]
    fewest = min((len(_words(each.name)) for each in fitting), default=0)
    best = [each for each in fitting if len(_words(each.name)) == fewest]
    exact = [each for each in best if _words(each.name)[-1] == wanted[-1]] or best
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise ParameterError(_WHICH.of(name=name, there=", ".join(each.name for each in exact)))
    close = sorted(known, key=lambda each: -_likeness(wanted, _words(each.name)))[:MEANT]
    raise ParameterError(_UNKNOWN.of(name=name, there=" or ".join(each.name for each in close)))


def _words(name: str) -> list[str]:
    return name.lower().replace("-", ".").split(".")


def _fits(wanted: list[str], words: list[str]) -> bool:
    """Say whether the wanted words stand among the words, in order, from the first to the last."""
    if wanted[0] != words[0] or not (words[-1] == wanted[-1] or words[-1].startswith(f"{wanted[-1]}_")):
        return False
    rest = iter(words[:-1])
    return all(word in rest for word in wanted[:-1])


def _likeness(wanted: list[str], words: list[str]) -> float:
    """Return how alike two names are: by their ends, and as a whole."""
    last, other = wanted[-1], words[-1]
    ends = difflib.SequenceMatcher(None, last, other[: len(last)]).ratio()
    if len(wanted) == 1:
        return ends
    return ends + difflib.SequenceMatcher(None, ".".join(wanted[:-1]), ".".join(words[:-1])).ratio()


def _typed(text: str, like: Number) -> Number:
    if isinstance(like, bool):
        if text.lower() not in ("true", "false"):
            raise ValueError(_NO_BOOL.of(text=text))
        return text.lower() == "true"
    return int(float(text)) if isinstance(like, int) else float(text)


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{item['msg']}, got {item['input']}" for item in error.errors(include_url=False))
    return str(error)
