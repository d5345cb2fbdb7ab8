"""The files of a site out of a recording (`rsu.site.content` takes them in)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from hw.detail import Detail
from rsu.core.errors import ConfigError, Finding
from rsu.recording import salvage
from rsu.recording.errors import NotARecordingError
from rsu.site import config
from rsu.site.config import Config

_NO_SENSOR = Detail(
    "none of the sensors is in the recording, which has {there}", "录制中没有任何一台传感器，只有 {there}"
)

_OUTSIDE = Detail(
    "{name} does not lie in the site file's folder; name the site with --site",
    "{name} 不在站点文件所在目录中；请用 --site 指定站点",
)


def strangers(site: Config, recordings: Iterable[Path]) -> list[str]:
    """Return the devices in recordings that a site does not have. ConfigError: its sensors are none of them."""
    spoken = {name for path in recordings for name in salvage.devices(path)}
    sensors = {sensor.device for sensor in site.site.sensors}
    if spoken and sensors and not sensors & spoken:
        text = _NO_SENSOR.of(there=", ".join(sorted(spoken)))
        raise ConfigError([Finding(str(site.path), 1, 1, "sensors", *text)])
    return sorted(spoken - set(site.site.devices))


def load(about: Mapping[str, str], files: Mapping[str, bytes], folder: Path) -> Config:
    """Lay the files out in a folder and load the site. ConfigError: this version does not accept it.

    NotARecordingError: a file would lie outside of the folder.
    """
    for name, data in files.items():
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise NotARecordingError(_OUTSIDE.of(name=name))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        return config.load(folder / about["site"], recorded=True)
    except ConfigError as error:
        inside = f"{folder}/"  # gone before it could be read
        findings = [each._replace(file=each.file.removeprefix(inside)) for each in error.findings]
        raise ConfigError([each._replace(text=each.text.replace(inside, "")) for each in findings]) from error
