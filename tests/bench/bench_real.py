"""Real: detectors and trackers on a real film with truth, beside public ones on the same pictures.

The film is fetched (`real_film.py`); its truth and calibration are files that the user names. Every detector's
detections go to every tracker. Figures are on the ground, in metres. `--shown N` writes pictures with the boxes of
every N-th picture. `--live` plays the film to the product's detectors through the camera process's reader, at its own
pace, in place of picture by picture.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from perception.objects import Floats, Ints, RoadUser
from perception.sensing.scan import in_site_frame
from perception.video.settings import MotionSettings
from tests.bench import fusion_trackers, real_score
from tests.bench.real_eyes import Components, Eyes, ProductEyes, Seen, network, watched
from tests.bench.real_film import RealFilm, fetched, load, pictures, stamp_ns
from tests.bench.real_live import played
from tests.bench_file import FOLDER, keep

ROOT = Path(__file__).parents[2]
FETCHED = ROOT / "build" / "real"
TRACKERS = "ours", "norfair", "bytetrack", "sort"
WANTED = {
    "motion": "recall >= 0.86, precision >= 0.985",
    "network": "recall >= 0.93, precision >= 0.98",
    "both": "recall >= 0.95, precision >= 0.985",
}


class Named(NamedTuple):
    """A detector; `learns`: the road, from the pictures."""

    name: str
    learns: bool
    make: Callable[[], Eyes]


def detectors(film: RealFilm, model: Path | None) -> list[Named]:
    """Return the subjects of the comparison."""
    named = [
        Named("motion", True, lambda: ProductEyes(film.sensor, None)),
        Named("mog2", True, lambda: Components(film.sensor)),
    ]
    if model is not None:
        settings = network(model)
        named.append(Named("network", False, lambda: ProductEyes(film.sensor, settings)))
        named.append(Named("both", True, lambda: ProductEyes(film.sensor, settings, motion=MotionSettings())))
    return named


def of_detections(film: RealFilm, seen: Seen) -> dict[str, float]:
    """Return a detector's figures; a picture without its word counts as one without detections."""
    verdicts = []
    for number, moment in film.truth.items():
        found = seen.found.get(number)
        place = np.zeros((0, 2)) if found is None else on_site(film, found.position_m)
        verdicts.append(real_score.judge(moment, np.arange(len(place)), place))
    return real_score.detections(verdicts) | {"cpu_ms": seen.cpu_ms}


def on_site(film: RealFilm, position: Floats) -> Floats:
    """Return places (n, 2) of the sensor's frame in the site's."""
    return in_site_frame(position, film.sensor.mount)


def of_tracks(film: RealFilm, seen: Seen, name: str) -> dict[str, float] | None:
    """Return a tracker's figures; None where it is not installed."""
    tracker = fusion_trackers.make(name, [film.sensor])
    if tracker is None:
        return None
    last, verdicts = max(film.truth), []
    for number, moment in film.truth.items():
        scans = [seen.found[number]] if number in seen.found else []
        owners: list[Ints] = [np.full(len(scan.kind), -1) for scan in scans]
        found = tracker.cycle(scans, owners, stamp_ns(last + 1 + number))
        verdicts.append(real_score.judge(moment, found.id, found.position))
    return real_score.tracks(verdicts)


def save(film: RealFilm, name: str, seen: Seen, every: int) -> None:
    """Write pictures with boxes: detections green, the feet of missed people red."""
    for number, shown in enumerate(pictures(film.path)):
        if number % every or number not in seen.found:
            continue
        found = seen.found[number]
        for box, kind in zip(np.round(found.box_px).astype(int).tolist(), found.kind.tolist(), strict=True):
            cv2.rectangle(shown, box[:2], box[2:], (0, 255, 0), 1)
            cv2.putText(shown, RoadUser(kind).name.lower(), box[:2], cv2.FONT_HERSHEY_PLAIN, 0.9, (0, 255, 255), 1)
        cv2.imwrite(str(FOLDER / f"real-{name}-{number}.png"), shown)


def table(title: str, rows: dict[str, dict[str, float]]) -> None:
    """Print figures, one row for each name."""
    names = list(next(iter(rows.values())))
    print(f"{title:24}" + "".join(f"{name:>11}" for name in names))
    for row, figures in rows.items():
        print(f"  {row:22}" + "".join(f"{figures[name]:11.4g}" for name in names) + f"  {WANTED.get(row, '')}")


def live(name: str, film: RealFilm, model: Path | None) -> Seen | None:
    """Return a product's detector's detections in the film as it is played; None: it is not the product's."""
    if name == "mog2":
        return None
    onnx = network(model) if model is not None and name != "motion" else None
    shown = played(film, onnx, None if name == "network" else MotionSettings())
    print(f"{name}: {shown.passed_over} of {len(film.truth)} pictures passed over")
    return shown.seen


def arguments() -> argparse.Namespace:
    """Return the parsed options."""
    parser = argparse.ArgumentParser(prog="bench real", description=__doc__)
    parser.add_argument("--film", type=Path, help="the film; default: fetched from Debian")
    parser.add_argument("--truth", type=Path, help="MOTChallenge text")
    parser.add_argument("--calibration", type=Path, help="Tsai's, XML")
    parser.add_argument("--model", type=Path, help="ONNX file of the network")
    parser.add_argument("--only", action="append", help="this detector alone; may be repeated")
    parser.add_argument("--live", action="store_true", help="play the film at its own pace to the product's detectors")
    parser.add_argument("--shown", type=int, metavar="N", help="write every N-th picture with boxes")
    return parser.parse_args()


def main() -> None:
    """Run, print and write the figures."""
    cv2.setNumThreads(1)
    asked = arguments()
    if asked.truth is None or asked.calibration is None:
        print("not measured: name the truth and the calibration of PETS S2L1 with --truth and --calibration")
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    film = load(asked.film or fetched(FETCHED), asked.truth, asked.calibration)
    found: dict[str, dict[str, float]] = {}
    followed: dict[str, dict[str, float]] = {}
    for one in detectors(film, asked.model):
        if asked.only and one.name not in asked.only:
            continue
        seen = live(one.name, film, asked.model) if asked.live else watched(one.make(), film, one.learns)
        if seen is None:
            continue
        found[one.name] = of_detections(film, seen)
        for tracker in TRACKERS:
            if (figures := of_tracks(film, seen, tracker)) is not None:
                followed[f"{one.name}, {tracker}"] = figures
        if asked.shown:
            save(film, one.name, seen, asked.shown)
    table("detections", found)
    table("tracks", followed)
    keep("real", {"detections": found, "tracks": followed})


if __name__ == "__main__":
    main()
