"""The codecs that ours is measured against, fed with the modules of the default profile."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pycrate_asn1c.asnproc import GLOBAL, PycrateGenerator, compile_text

import v2x
from tests.v2x.reference import reference

Pair = tuple[Callable[[], object], Callable[[], object]]  # encode, decode

LOOP = Path(__file__).with_name("asn1c_loop.c")


def modules() -> list[Path]:
    """Return the files of the default profile's modules."""
    folder = Path(v2x.__file__).parent / "asn1"
    return [path for path in sorted(folder.glob("*.asn")) if not path.name.startswith(v2x.PROFILES)]


class Asn1tools:
    """asn1tools, which compiles the modules into objects that walk over each other."""

    def __init__(self) -> None:
        self._specification = reference(v2x.DEFAULT_PROFILE).specification

    def work(self, octets: bytes) -> Pair:
        """Return the encoder and the decoder of a message."""
        value = self._specification.decode("MessageFrame", octets)
        return (
            lambda: self._specification.encode("MessageFrame", value),
            lambda: self._specification.decode("MessageFrame", octets),
        )


class Pycrate:
    """pycrate, which generates a module of objects."""

    def __init__(self, folder: Path) -> None:
        GLOBAL.clear()
        compile_text([path.read_text() for path in modules()])
        PycrateGenerator(str(folder / "pycrate_v2x.py"))
        sys.path.insert(0, str(folder))
        self._frame: Any = importlib.import_module("pycrate_v2x").MsgFrame.MessageFrame

    def work(self, octets: bytes) -> Pair:
        """Return the encoder and the decoder of a message."""
        frame = self._frame
        frame.from_uper(octets)
        value = frame.get_val()
        return lambda: (frame.set_val(value), frame.to_uper()), lambda: (frame.from_uper(octets), frame.get_val())


class Asn1c:
    """asn1c's generated C in a loop of C, without any Python."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._program = folder / "asn1c_loop"
        run = {"cwd": folder, "check": True, "capture_output": True}
        subprocess.run(["asn1c", "-fcompound-names", "-gen-PER", *modules()], **run)  # type: ignore[call-overload]
        sources = [path for path in folder.glob("*.c") if path.name != "converter-sample.c"]
        command = ["cc", "-O3", "-w", "-DNDEBUG", f"-I{folder}", *sources, LOOP, "-lm", "-o", self._program]
        subprocess.run(command, **run)  # type: ignore[call-overload]

    @staticmethod
    def is_there() -> bool:
        """Return whether asn1c and a C compiler are installed."""
        return bool(shutil.which("asn1c") and shutil.which("cc"))

    def times(self, messages: dict[str, bytes]) -> dict[str, tuple[float, float]]:
        """Return microseconds per encode and decode of each message; CalledProcessError if it makes other octets."""
        for name, octets in messages.items():
            (self._folder / name).write_bytes(octets)
        run = subprocess.run([self._program, *messages], cwd=self._folder, check=True, capture_output=True, text=True)
        pairs = [tuple(map(float, line.split())) for line in run.stdout.splitlines()]
        return {name: (encode, decode) for name, (encode, decode) in zip(messages, pairs, strict=True)}
