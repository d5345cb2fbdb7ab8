"""The versions of the parts that make the messages."""

from __future__ import annotations

import platform
from importlib.metadata import version

import v2x
from perception.kernel.native import kernel

# engine of the codec -> its effect on the box; figures of `make bench-codec`
_CODECS = {
    "native": "native",
    "plain": "plain (no C extension: 64 to 211 times the processor time for each message)",
}


def versions() -> dict[str, str]:
    """Return the versions by name: this product's, its codec's and those of the libraries that messages depend on."""
    names = ("rsu-edge", "asn1tools", "numpy", "scipy", "pyzmq", "paho-mqtt")
    own = {
        "codec": _CODECS[v2x.engine_name()],
        "fusion": "native" if kernel else "plain (no C extension)",
        "python": platform.python_version(),
    }
    return own | {name: version(name) for name in names}
