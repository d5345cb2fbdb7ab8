"""Driver of smart cameras of any maker that send JSON: the site file says which value means which fact."""

from __future__ import annotations

from typing import ClassVar

from hw.mapped.driver import MappedDriver
from hw.modality import CAMERA, Modality


class MappedCamera(MappedDriver):
    """One camera."""

    modality: ClassVar[Modality] = CAMERA
