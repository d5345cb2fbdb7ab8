"""Films for tests, made by ffmpeg: every picture's grey level tells its number."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

FFMPEG = shutil.which("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="no ffmpeg: apt-get install ffmpeg")
FIRST, STEP = 60, 8  # grey level of the first picture, and from each to the next


def shade(number: int) -> int:
    return FIRST + STEP * number


def film(path: Path, options: str, count: int = 12, rate: float = 10.0, size: tuple[int, int] = (320, 180)) -> Path:
    """Make a film of pictures that are darker on the left, with ffmpeg's `options`."""
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    data = bytearray()
    for number in range(count):
        picture[:, : width // 2], picture[:, width // 2 :] = shade(number) - 40, shade(number) + 40
        data += picture.tobytes()
    command = [FFMPEG, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}"]
    command += ["-r", str(rate), "-i", "-", *options.split(), str(path)]
    subprocess.run([part for part in command if part], input=bytes(data), check=True, timeout=60)
    return path


def number_of(picture: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> int:
    """Return the number of a picture; -1 where it is none of the film's."""
    left, right = (float(half.mean()) for half in np.array_split(picture, 2, axis=1))
    number = round(((left + right) / 2 - FIRST) / STEP)
    return number if abs(left - shade(number) + 40) < 4 and abs(right - shade(number) - 40) < 4 else -1
