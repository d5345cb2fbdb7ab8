"""`python -m sim.record_world`: write the recording that stands in where SUMO cannot be installed. For developers."""

from __future__ import annotations

from itertools import islice

from sim import recorded, traffic


def main() -> None:
    """Record the live world from its first frame on."""
    recorded.write(recorded.PATH, list(islice(traffic.scenes(recorded.SEED), recorded.FRAMES)))


if __name__ == "__main__":
    main()
