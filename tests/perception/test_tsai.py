"""Tsai's camera as pinhole, lens and mount: the same pixels as the formulas of the paper, written out here."""

import math

import numpy as np
import pytest

from perception.sensing.scan import rotation_of
from perception.tsai import calibrated
from perception.video.view import CameraView

FOCAL, KAPPA, SX, DPX, DPY, CX, CY = 6.2, 0.004, 1.05, 0.006, 0.005, 330.0, 270.0
TURN, MOVED = (1.9, -0.7, -0.3), (900.0, -2500.0, 30000.0)
XML = f"""<Camera name="one">
  <Geometry width="720" height="576" ncx="7.2e2" nfx="7.2e2" dx="{DPX}" dy="{DPY}" dpx="{DPX}" dpy="{DPY}"/>
  <Intrinsic focal="{FOCAL}" kappa1="{KAPPA}" cx="{CX}" cy="{CY}" sx="{SX}"/>
  <Extrinsic tx="{MOVED[0]}" ty="{MOVED[1]}" tz="{MOVED[2]}" rx="{TURN[0]}" ry="{TURN[1]}" rz="{TURN[2]}"/>
</Camera>"""


def tsai_pixel(x, y):
    """The paper's equations for a point of the ground, mm; the distorted radius by bisection."""
    (sa, sb, sg), (ca, cb, cg) = ([f(a) for a in TURN] for f in (math.sin, math.cos))
    right = cb * cg * x + (sa * sb * cg - ca * sg) * y + MOVED[0]
    down = cb * sg * x + (sa * sb * sg + ca * cg) * y + MOVED[1]
    depth = -sb * x + sa * cb * y + MOVED[2]
    u, v = FOCAL * right / depth, FOCAL * down / depth
    radius, low, high = math.hypot(u, v), 0.0, math.hypot(u, v)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if middle * (1 + KAPPA * middle**2) < radius else (low, middle)
    share = low / radius
    return SX * u * share / DPX + CX, v * share / DPY + CY


def test_same_pixels_as_the_paper():
    lens, mount = calibrated(XML)
    view = CameraView(lens, mount, (720, 576))
    for own in np.random.default_rng(3).uniform([10, -6], [40, 6], (50, 2)):
        east, north = rotation_of(mount) @ own + [mount.east_m, mount.north_m]
        pixel = tsai_pixel(east * 1000, north * 1000)
        if 0 < pixel[0] < 720 and 0 < pixel[1] < 576:
            assert view.to_picture(np.array([*own, 0.0])) == pytest.approx(pixel, abs=0.02)


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        ("not XML", "not XML"),
        ("<Camera/>", "no element Geometry"),
        (XML.replace('focal="6.2"', ""), "focal"),
        (XML.replace('tz="30000.0"', 'tz="-30000.0"'), "below the road"),
    ],
)
def test_what_is_no_calibration_is_refused(xml, why):
    with pytest.raises(ValueError, match=why):
        calibrated(xml)
