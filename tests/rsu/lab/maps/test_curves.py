"""Reference lines of OpenDRIVE against their known shapes."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytest.importorskip("lxml", reason="the extra `map` is not installed")

from lxml import etree

from rsu.lab.maps.curves import Spine


def spine(shape: str, length: float, heading: float = 0.0) -> Spine:
    text = f'<geometry s="0" x="10" y="20" hdg="{heading}" length="{length}">{shape}</geometry>'
    return Spine(etree.fromstring(f'<road id="1"><planView>{text}</planView></road>'))


def end_of(line: Spine) -> tuple[float, float, float]:
    places, headings = line.at(np.array([line.length_m]))
    return float(places[0, 0]), float(places[0, 1]), float(headings[0])


def test_a_line_and_a_quarter_circle() -> None:
    assert end_of(spine("<line/>", 50.0, math.pi / 2)) == pytest.approx((10.0, 70.0, math.pi / 2))
    quarter = spine('<arc curvature="0.05"/>', 20.0 * math.pi / 2)
    assert end_of(quarter) == pytest.approx((30.0, 40.0, math.pi / 2), abs=1e-3)


def test_a_spiral_is_the_integral_of_its_curvature() -> None:
    """A clothoid from straight to radius 30 m over 40 m: its series, to the third term."""
    x, y, heading = end_of(spine(f'<spiral curvStart="0" curvEnd="{1 / 30}"/>', 40.0))
    turned = 40.0 / 60.0
    assert heading == pytest.approx(turned, abs=1e-4)
    assert x - 10.0 == pytest.approx(40.0 * (1 - turned**2 / 10 + turned**4 / 216 - turned**6 / 9360), abs=1e-3)
    assert y - 20.0 == pytest.approx(40.0 * (turned / 3 - turned**3 / 42 + turned**5 / 1320), abs=1e-3)


def test_cubics_by_length_and_by_share() -> None:
    cubic = spine('<poly3 a="0" b="0" c="0.01" d="0"/>', 30.0)
    places, _ = cubic.at(np.linspace(0.0, 30.0, 3001))
    assert float(np.hypot(*np.diff(places, axis=0).T).sum()) == pytest.approx(30.0, abs=1e-3)
    assert places[-1, 1] - 20.0 == pytest.approx(0.01 * (places[-1, 0] - 10.0) ** 2, abs=1e-6)
    terms = 'aU="0" bU="30" cU="0" dU="0" aV="0" bV="0" cV="6" dV="0"'
    assert end_of(spine(f'<paramPoly3 {terms} pRange="normalized"/>', 31.0))[:2] == pytest.approx((40.0, 26.0))
    terms = 'aU="0" bU="1" cU="0" dU="0" aV="0" bV="0" cV="0.01" dV="0"'
    assert end_of(spine(f'<paramPoly3 {terms} pRange="arcLength"/>', 20.0))[:2] == pytest.approx((30.0, 24.0))
