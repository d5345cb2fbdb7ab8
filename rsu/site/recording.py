"""Settings of the recorder: the `recording:` part of a site file."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from perception.sensor import Settings


class DiskSettings(Settings):
    """The disk space of recordings, and the space that they must leave free."""

    max_gib: float = Field(20, gt=0, description="of all recordings")
    min_free_gib: float = Field(5, ge=0, description="free disk that is left alone")
    min_free_percent: float = Field(10, ge=0, le=90, description="free disk that is left alone, of the whole disk")


class RecordingSettings(Settings):
    """Whether the box records, in which pieces, and how long it keeps them."""

    enabled: bool = Field(False, description="record from the start on; `rsu rec start` and `stop` change it later")
    path: Path = Field(Path("recordings"), description="from the data folder")
    file_minutes: float = Field(10, gt=0, le=1440, description="a new file after so long")
    file_mib: float = Field(256, ge=0.1, le=4096, description="a new file after so much")
    keep_before_s: float = Field(90, ge=0, le=3600, description="so much before an event is kept with it")
    keep_after_s: float = Field(30, ge=0, le=3600, description="so much after an event is kept with it")
    max_age_h: float = Field(72, gt=0, description="of files without an event")
    event_max_age_h: float = Field(720, gt=0, description="of files with an event")
    disk: DiskSettings = DiskSettings()


class ReplaySettings(Settings):
    """A device whose hardware is a recording: `rsu run` plays its bytes on the device's own ports."""

    recording: Path = Field(description="from the site file's folder")
    device: str | None = Field(None, description="its name in the recording; the same where not given")
    loop: bool = Field(False, description="begin again at its end, at the next whole second")
