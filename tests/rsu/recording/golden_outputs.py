"""Golden recordings: the station's outputs in seven short scenes, byte for byte.

    python -m tests.rsu.recording.golden_outputs                changes to come; exit code 1 when something would
    python -m tests.rsu.recording.golden_outputs --yes          say it, then replace the outputs
    python -m tests.rsu.recording.golden_outputs --world --yes  make the scenes anew, their inputs too (needs SUMO)

Names of scenes behind the options: those only.

`make golden-update` asks before it replaces.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from rsu.cli.views import replay
from rsu.replay.rerun import Job, RerunResult, rerun
from tests.rsu.recording.scenes import SCENES, make

FOLDER = Path(__file__).parent / "golden"


def compare(name: str, out: Path | None = None) -> RerunResult:
    """Replay a golden recording with its own site file."""
    return rerun(Job([FOLDER / f"{name}.mcap"], out=out))


def _update(name: str, yes: bool, folder: Path) -> bool:
    """Print the changes of a scene, replace it if wanted; return whether it changed."""
    new = folder / f"{name}.mcap"
    result = compare(name, new)
    if result.recorded == result.replayed:
        print(f"{name}: as it was")
        return False
    kinds = Counter(each.what.split(" ")[0] for each in result.first)
    print(f"{name}: {result.different} outputs differ, among the first {len(result.first)}: {dict(kinds)}")
    replay.show(result, verify=True, as_json=False)
    if yes:
        new.replace(FOLDER / new.name)
    return True


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.rsu.recording.golden_outputs", description="Golden recordings."
    )
    parser.add_argument("--yes", action="store_true", help="replace what changed")
    parser.add_argument("--world", action="store_true", help="make the scenes anew from the bench world")
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []], metavar="SCENE")
    options = parser.parse_args()
    chosen = {name: scene for name, scene in SCENES.items() if name in (options.scenes or SCENES)}
    FOLDER.mkdir(exist_ok=True)
    if options.world:
        if not options.yes:
            parser.error("--world replaces the inputs too: say --yes")
        for name, scene in chosen.items():
            make(name, scene, FOLDER / f"{name}.mcap")
            print(f"{name}: made, {(FOLDER / f'{name}.mcap').stat().st_size / 1e6:.2f} MB")
        return 0
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        changed = [name for name in chosen if _update(name, options.yes, Path(folder))]
    if changed and not options.yes and sys.stdin.isatty() and input("replace these outputs? [y/N] ").lower() == "y":
        with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
            for name in changed:
                _update(name, True, Path(folder))
        changed = []
    return 1 if changed and not options.yes else 0


if __name__ == "__main__":
    sys.exit(main())
