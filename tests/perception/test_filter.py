import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from perception.tracking import filter

RNG = np.random.default_rng(3)


def covariances(count, size, rng=RNG):
    root = rng.normal(size=(count, size, size))
    return root @ root.transpose(0, 2, 1) + 0.1 * np.eye(size)


def textbook(state, covariance, observation, measured, noise):
    innovation = observation @ covariance @ observation.T + noise
    gain = covariance @ observation.T @ np.linalg.inv(innovation)
    return state + gain @ (measured - observation @ state), (np.eye(4) - gain @ observation) @ covariance


def test_predicts_as_the_textbook_does():
    state, covariance = RNG.normal(size=(5, 4)), covariances(5, 4)
    dt, density = np.linspace(0.0, 0.4, 5), np.linspace(1.0, 3.0, 5)
    moved, spread = filter.predict(state, covariance, dt, density)
    for row in range(5):
        step = np.eye(4) + np.diag([dt[row]] * 2, 2)
        place, mixed, speed = density[row] * dt[row] ** 3 / 3, density[row] * dt[row] ** 2 / 2, density[row] * dt[row]
        noise = np.kron([[place, mixed], [mixed, speed]], np.eye(2))
        assert moved[row] == pytest.approx(step @ state[row])
        assert spread[row] == pytest.approx(step @ covariance[row] @ step.T + noise)


def test_predicting_twice_is_predicting_once():
    state, covariance, density = RNG.normal(size=(3, 4)), covariances(3, 4), np.array([1.0, 2.0, 3.0])
    once = filter.predict(state, covariance, np.full(3, 0.3), density)
    twice = filter.predict(*filter.predict(state, covariance, np.full(3, 0.1), density), np.full(3, 0.2), density)
    assert twice[0] == pytest.approx(once[0])
    assert twice[1] == pytest.approx(once[1])


def test_updates_as_the_textbook_does():
    state, covariance = RNG.normal(size=(6, 4)), covariances(6, 4)
    measured, noise, lag = RNG.normal(size=(6, 2)), covariances(6, 2), -np.linspace(0.0, 0.3, 6)
    by_place = filter.update_position(state, covariance, lag, measured, noise)
    by_speed = filter.update_velocity(state, covariance, measured, noise)
    for row in range(6):
        place = np.hstack([np.eye(2), lag[row] * np.eye(2)])
        speed = np.hstack([np.zeros((2, 2)), np.eye(2)])
        for result, observation in ((by_place, place), (by_speed, speed)):
            expected = textbook(state[row], covariance[row], observation, measured[row], noise[row])
            assert result[0][row] == pytest.approx(expected[0])
            assert result[1][row] == pytest.approx(expected[1])


def test_late_measurements_count_as_if_they_had_been_in_time():
    """Without process noise the order of arrival cannot matter."""
    state, covariance = np.zeros((1, 4)), np.diag([1.0, 1.0, 25.0, 25.0])[None]
    noise, still = 0.04 * np.eye(2)[None], np.zeros(1)
    first, second = np.array([[1.0, 0.5]]), np.array([[1.8, 0.9]])
    in_time = filter.predict(state, covariance, np.array([0.1]), still)
    in_time = filter.update_position(*in_time, still, first, noise)
    in_time = filter.predict(*in_time, np.array([0.1]), still)
    in_time = filter.update_position(*in_time, still, second, noise)
    late = filter.predict(state, covariance, np.array([0.2]), still)
    late = filter.update_position(*late, still, second, noise)
    late = filter.update_position(*late, np.array([-0.1]), first, noise)
    assert late[0] == pytest.approx(in_time[0])
    assert late[1] == pytest.approx(in_time[1])


numbers = st.floats(-200.0, 200.0)
step = st.tuples(
    st.sampled_from(["predict", "position", "velocity"]),
    st.floats(0.0, 2.0),
    arrays(float, (1, 2), elements=numbers),
    st.floats(1e-3, 2500.0),
    st.floats(1e-3, 2500.0),
    st.floats(0.0, np.pi),
)


@settings(max_examples=200)
@given(st.lists(step, min_size=1, max_size=30))
def test_the_covariance_stays_positive_definite(steps):
    state, covariance = np.zeros((1, 4)), np.diag([0.25, 0.25, 100.0, 100.0])[None]
    for kind, dt, measured, along, across, angle in steps:
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        noise = (turn @ np.diag([along, across]) @ turn.T)[None]
        if kind == "predict":
            state, covariance = filter.predict(state, covariance, np.array([dt]), np.array([3.0]))
        elif kind == "position":
            state, covariance = filter.update_position(state, covariance, -np.array([dt]), measured, noise)
        else:
            state, covariance = filter.update_velocity(state, covariance, measured, noise)
        assert np.linalg.eigvalsh(covariance[0]).min() > 0
        assert covariance == pytest.approx(covariance.transpose(0, 2, 1), rel=1e-9)
