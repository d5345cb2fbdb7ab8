"""MOTChallenge text as truth: boxes on the road through a camera of our own."""

from pathlib import Path

import numpy as np
import pytest

from hw.tape import Read, Round, SystemClock
from hw.video import VideoView, encode
from perception.objects import RoadUser
from perception.sensing.scan import rotation_of
from perception.sensor import Intrinsics, Mount
from perception.video.view import CameraView
from rsu.bus.tape import Outcome, Tape
from rsu.lab import mot
from rsu.lab.errors import TruthError
from rsu.site import config

LENS = Intrinsics(fx=1000, fy=1000, cx=640, cy=360)
MOUNT = Mount(east_m=3.0, north_m=-20.0, height_m=8.0, yaw_deg=30.0, pitch_deg=18.0)
FILM = mot.Film(LENS, MOUNT, 5.0, 1_000_000_000)
CONFIGS = Path(__file__).parents[3] / "configs"


def line(frame, number, place, rest, height_px=80.0):
    """A box of 30 px width whose foot stands at a place (2,) m, site frame, as the data set counts pixels."""
    own = (np.array(place) - [MOUNT.east_m, MOUNT.north_m]) @ rotation_of(MOUNT)
    u, v = CameraView(LENS, MOUNT, (1280, 720)).to_picture(np.array([*own, 0.0])) + 1.5
    return f"{frame},{number},{u - 15:.4f},{v - height_px:.4f},30,{height_px},{rest}\n"


def test_people_stand_where_their_boxes_do(tmp_path):
    path = tmp_path / "gt.txt"
    rest = "1,-4.2,7.1,0"  # a place in some other frame
    path.write_text("".join(line(frame, 7, (8.0, 0.5 * frame), rest) for frame in (1, 2, 3)))
    (life,) = mot.load(path, FILM).lives
    assert life.stamp_ns.tolist() == [1_000_000_000, 1_200_000_000, 1_400_000_000]
    assert life.kind == RoadUser.PEDESTRIAN
    assert np.abs(np.stack([life.place.real, life.place.imag], -1) - [[8, 0.5], [8, 1], [8, 1.5]]).max() < 0.01


def test_classes_and_what_is_not_judged(tmp_path):
    path = tmp_path / "gt.txt"
    rests = {1: "1,3,0.9", 2: "1,9,1", 3: "0,1,1"}  # a car, a static thing, a person not to be judged
    path.write_text("".join(line(frame, n, (12.0 + n, 4.0), rest) for frame in (1, 2) for n, rest in rests.items()))
    (car,) = mot.load(path, FILM).lives
    assert car.kind == RoadUser.CAR
    away = np.hypot(car.place[0].real - MOUNT.east_m, car.place[0].imag - MOUNT.north_m)
    assert away == pytest.approx(np.hypot(13.0 - MOUNT.east_m, 4.0 - MOUNT.north_m) + 2.3, abs=0.01)


@pytest.mark.parametrize("text", ["frame,id\n", "1,2,3\n", "0,1,10,10,30,80,1,-1,-1,-1\n"])
def test_what_is_no_such_text_is_refused(tmp_path, text):
    path = tmp_path / "gt.txt"
    path.write_text(text)
    with pytest.raises(TruthError, match=r"gt\.txt"):
        mot.load(path, FILM)


def tape(now_ns, datagram):
    reads = [Read("video-north", "pictures", now_ns, datagram)]
    clock = SystemClock(correction_ns=7)
    return Tape(b"", 0, [Round(now_ns, [], reads)], [], Outcome(now_ns, [], [], []), clock)


def test_a_film_begins_with_its_cameras_first_picture_in_the_recording():
    site = config.load(CONFIGS / "demo.yaml")
    nobody = {
        "kind": 0,
        "confidence": 0,
        "position_m": (0, 2),
        "covariance_m2": (0, 2, 2),
        "size_m": (0, 3),
        "box_px": (0, 4),
        "number": 0,
    }
    nothing = {name: np.zeros(shape) for name, shape in nobody.items()}
    views = [VideoView(stamp_ns=5_000 + n, state=1, **nothing) for n in range(2)]
    tapes = [tape(9_000, b"torn"), *(tape(9_000 + n, encode(view)) for n, view in enumerate(views))]
    film = mot.film_of(mot.FilmOf("video-north", 5.0), site, tapes)
    assert (film.begin_ns, film.rate_hz) == (4_993, 5.0)
    assert film.mount == next(sensor.mount for sensor in site.site.sensors if sensor.device == "video-north")
    with pytest.raises(TruthError, match="no picture of video-north"):
        mot.film_of(mot.FilmOf("video-north", 5.0), site, tapes[:1])
    with pytest.raises(TruthError, match="calibrated cameras are video-north"):
        mot.film_of(mot.FilmOf("nobody", 5.0), site, tapes)
