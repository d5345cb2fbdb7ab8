import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from perception import algebra
from perception.state import filter

RNG = np.random.default_rng(3)


def covariances(count, size, rng=RNG):
    """Return (size, size, count) positive definite matrices."""
    root = rng.normal(size=(count, size, size))
    return np.ascontiguousarray(np.moveaxis(root @ root.transpose(0, 2, 1) + 0.1 * np.eye(size), 0, -1))


def isotropic(density):
    return np.eye(2)[:, :, None] * density


def textbook(state, covariance, observation, measured, noise):
    innovation = observation @ covariance @ observation.T + noise
    gain = covariance @ observation.T @ np.linalg.inv(innovation)
    return state + gain @ (measured - observation @ state), (np.eye(4) - gain @ observation) @ covariance


def test_small_matrices_as_linear_algebra_has_them():
    first, second, vector = RNG.normal(size=(2, 2, 5)), covariances(5, 2), RNG.normal(size=(2, 5))
    for n in range(5):
        a, b, v = first[:, :, n], second[:, :, n], vector[:, n]
        assert algebra.times(first, second)[:, :, n] == pytest.approx(a @ b)
        assert algebra.apply(first, vector)[:, n] == pytest.approx(a @ v)
        assert algebra.determinant(first)[n] == pytest.approx(np.linalg.det(a))
        assert algebra.inverse(first)[:, :, n] == pytest.approx(np.linalg.inv(a))
        assert algebra.form(second, vector)[n] == pytest.approx(v @ b @ v)
    whole = covariances(5, 4)
    place, mixed, speed = algebra.block_inverse(whole[:2, :2], whole[:2, 2:], whole[2:, 2:])
    for n in range(5):
        inverse = np.block([[place[:, :, n], mixed[:, :, n]], [mixed[:, :, n].T, speed[:, :, n]]])
        assert inverse == pytest.approx(np.linalg.inv(whole[:, :, n]))


def test_predicts_as_the_textbook_does():
    before, spread = RNG.normal(size=(4, 5)), covariances(5, 4)
    state, covariance = before.copy(), spread.copy()
    dt, density = np.linspace(0.0, 0.4, 5), np.linspace(1.0, 3.0, 5)
    filter.predict(state, covariance, dt, isotropic(density))
    for n in range(5):
        step = np.eye(4) + np.diag([dt[n]] * 2, 2)
        place, mixed, speed = density[n] * dt[n] ** 3 / 3, density[n] * dt[n] ** 2 / 2, density[n] * dt[n]
        noise = np.kron([[place, mixed], [mixed, speed]], np.eye(2))
        assert state[:, n] == pytest.approx(step @ before[:, n])
        assert covariance[:, :, n] == pytest.approx(step @ spread[:, :, n] @ step.T + noise)


def test_predicting_twice_is_predicting_once():
    once, spread = RNG.normal(size=(4, 3)), covariances(3, 4)
    twice, spread_twice, density = once.copy(), spread.copy(), isotropic(np.array([1.0, 2.0, 3.0]))
    filter.predict(once, spread, np.full(3, 0.3), density)
    filter.predict(twice, spread_twice, np.full(3, 0.1), density)
    filter.predict(twice, spread_twice, np.full(3, 0.2), density)
    assert twice == pytest.approx(once)
    assert spread_twice == pytest.approx(spread)


def told(state, lag, position, noise, velocity, certainty):
    """Return the estimate from measurements (2, n); `noise`: of the position, `certainty`: of the velocity."""
    expected = state[:2] + lag * state[2:]
    return filter.information(lag, position - expected, algebra.inverse(noise), velocity - state[2:], certainty)


def test_updates_as_the_textbook_does():
    before, spread = RNG.normal(size=(4, 6)), covariances(6, 4)
    position, velocity, lag = RNG.normal(size=(2, 6)), RNG.normal(size=(2, 6)), np.linspace(-0.3, 0.2, 6)
    place_noise, speed_noise = covariances(6, 2), covariances(6, 2)
    state, covariance = before.copy(), spread.copy()
    known = told(state, lag, position, place_noise, velocity, algebra.inverse(speed_noise))
    filter.update(state, covariance, known)
    for n in range(6):
        place = np.hstack([np.eye(2), lag[n] * np.eye(2)])
        speed = np.hstack([np.zeros((2, 2)), np.eye(2)])
        mean, error = textbook(before[:, n], spread[:, :, n], place, position[:, n], place_noise[:, :, n])
        mean, error = textbook(mean, error, speed, velocity[:, n], speed_noise[:, :, n])
        assert state[:, n] == pytest.approx(mean)
        assert covariance[:, :, n] == pytest.approx(error)


def test_measurements_added_up_are_measurements_one_after_the_other():
    state, covariance = RNG.normal(size=(4, 1)), covariances(1, 4)
    one, spread = state.copy(), covariance.copy()
    position, velocity, lag = RNG.normal(size=(2, 3)), RNG.normal(size=(2, 3)), np.array([-0.05, 0.0, 0.04])
    noise, certainty = covariances(3, 2), covariances(3, 2)
    each = told(state[:, [0, 0, 0]], lag, position, noise, velocity, certainty)
    filter.update(state, covariance, filter.summed(each, np.array([0])))
    for n in range(3):
        alone = [values[..., n : n + 1] for values in (position, noise, velocity, certainty)]
        filter.update(one, spread, told(one, lag[n : n + 1], *alone))
    assert state == pytest.approx(one)
    assert covariance == pytest.approx(spread)


def test_nothing_known_changes_nothing():
    before, spread = RNG.normal(size=(4, 2)), covariances(2, 4)
    state, covariance = before.copy(), spread.copy()
    nothing, none = np.zeros((2, 2, 2)), np.zeros((2, 2))
    filter.update(state, covariance, filter.information(np.zeros(2), none, nothing, none, nothing))
    assert state == pytest.approx(before)
    assert covariance == pytest.approx(spread)


numbers = st.floats(-200.0, 200.0)
step = st.tuples(
    st.sampled_from(["predict", "position", "velocity"]),
    st.floats(0.0, 2.0),
    arrays(float, (2, 1), elements=numbers),
    st.floats(1e-3, 2500.0),
    st.floats(1e-3, 2500.0),
    st.floats(0.0, np.pi),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(step, min_size=1, max_size=30))
def test_the_covariance_stays_positive_definite(steps):
    state, covariance = np.zeros((4, 1)), np.diag([0.25, 0.25, 100.0, 100.0])[:, :, None]
    nothing, none = np.zeros((2, 2, 1)), np.zeros((2, 1))
    for kind, dt, measured, along, across, angle in steps:
        ray = np.array([[np.cos(angle)], [np.sin(angle)]])
        certainty = algebra.along_and_across(ray, 1.0 / np.array([along]), 1.0 / np.array([across]))
        lag = np.array([-dt])
        if kind == "predict":
            filter.predict(state, covariance, np.array([dt]), isotropic(3.0))
        elif kind == "position":
            filter.update(state, covariance, filter.information(lag, measured, certainty, none, nothing))
        else:
            filter.update(state, covariance, filter.information(lag, none, nothing, measured, certainty))
        assert np.linalg.eigvalsh(covariance[:, :, 0]).min() > 0
        assert covariance == pytest.approx(covariance.transpose(1, 0, 2), rel=1e-9)
