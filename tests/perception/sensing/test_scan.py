import msgspec
import numpy as np
import pytest
from pydantic import ValidationError

from perception.objects import PointCloud, RoadUser
from perception.sensing.cluster import Background, ClusterSettings, cluster
from perception.sensing.scan import DeviceScan, project
from perception.sensing.sensors import Sensors
from perception.sensor import FieldOfView, Mount, Noise, Sensor
from tests.perception.scenario import START_NS, detections


def sensor(yaw=0.0, **noise):
    return Sensor(
        device="radar",
        mount=Mount(east_m=10.0, north_m=-20.0, height_m=6.0, yaw_deg=yaw),
        field_of_view=FieldOfView(range_m=100.0, width_deg=100.0),
        noise=Noise(**noise),
    )


def projected(seen, *sensors, radial=False):
    """Return each sensor's scan of the same detections."""
    return project([DeviceScan(k, seen, radial) for k in range(len(sensors))], Sensors(sensors, 9.2, 9.2, 1.0))


@pytest.mark.parametrize(
    ("yaw", "site"), [(0.0, (8.0, 10.0)), (90.0, (40.0, -18.0)), (180.0, (12.0, -50.0)), (270.0, (-20.0, -22.0))]
)
def test_forward_and_left_become_east_and_north(yaw, site):
    scan = projected(detections("radar", START_NS, np.array([[30.0, 2.0]])), sensor(yaw))
    assert scan.position_m[:, 0] == pytest.approx(site)


def test_each_sensor_stands_where_it_stands():
    scan = projected(detections("radar", START_NS, np.array([[30.0, 2.0], [5.0, 0.0]])), sensor(0.0), sensor(90.0))
    assert scan.sensor.tolist() == [0, 0, 1, 1]
    assert scan.position_m == pytest.approx(np.array([(8, 10), (10, -15), (40, -18), (15, -20)]).T)


def test_velocity_turns_with_the_boresight_but_does_not_shift():
    scan = projected(detections("radar", START_NS, [[30.0, 0.0]], velocity=np.array([[5.0, 1.0]])), sensor(90.0))
    assert scan.velocity_mps[:, 0] == pytest.approx([5.0, 1.0])


def test_errors_lie_along_and_across_the_line_of_sight():
    scan = projected(
        detections("radar", START_NS, [[50.0, 0.0]], velocity=np.zeros((1, 2))),
        sensor(along_m=0.3, across_m=0.1, azimuth_deg=1.0, speed_mps=0.1, speed_across_mps=0.4),
    )
    across = 0.1**2 + (50.0 * np.radians(1.0)) ** 2
    assert scan.covariance_m2[:, :, 0] == pytest.approx(np.diag([across, 0.3**2]))  # looks north
    assert np.linalg.inv(scan.velocity_certainty[:, :, 0]) == pytest.approx(np.diag([0.4**2, 0.1**2]))


def test_the_devices_own_covariance_wins():
    seen = detections("radar", START_NS, [[50.0, 0.0], [60.0, 0.0]])
    seen.covariance_m2[0] = [[4.0, 0.3], [0.3, 1.0]]
    scan = projected(seen, sensor(along_m=0.5, across_m=0.5))
    assert scan.covariance_m2[:, :, 0] == pytest.approx(np.array([[1.0, -0.3], [-0.3, 4.0]]))
    assert scan.covariance_m2[:, :, 1] == pytest.approx(np.diag([0.25, 0.25]))


def test_rows_without_a_place_are_left_out():
    seen = detections("radar", START_NS, [[np.nan, 1.0], [20.0, 0.0], [np.inf, 0.0]], kind=[1, 2, 3])
    assert projected(seen, sensor()).kind.tolist() == [RoadUser.TRUCK]


def test_half_a_velocity_is_none():
    seen = detections("radar", START_NS, [[20.0, 0.0]], velocity=np.array([[5.0, np.nan]]))
    assert not projected(seen, sensor()).velocity_certainty.any()


def test_an_empty_scan_stays_empty():
    assert len(projected(detections("radar", START_NS, np.zeros((0, 2))), sensor())) == 0


def test_radial_speed_says_nothing_across_the_line_of_sight():
    seen = detections("radar", START_NS, [[30.0, 30.0]], velocity=np.array([[-5.0, -5.0]]))
    scan = projected(seen, sensor(speed_mps=0.2), radial=True)
    along = np.array([-1.0, 1.0]) / np.sqrt(2)  # east, north of a place ahead on the left
    assert scan.velocity_mps[:, 0] == pytest.approx(-np.hypot(5.0, 5.0) * along)
    assert scan.velocity_certainty[:, :, 0] == pytest.approx(np.outer(along, along) / 0.04)


def cloud(points, doppler):
    points = np.asarray(points, dtype=float)
    return PointCloud(
        device="radar",
        stamp_ns=START_NS,
        receipt_ns=START_NS,
        points_m=np.column_stack([points, np.zeros(len(points))]),
        doppler_mps=np.asarray(doppler, dtype=float),
        snr_db=np.full(len(points), 20.0),
    )


def clustered(seen):
    """Return the detections in a cloud that is the first of its radar."""
    return cluster(seen, Background(sensor(), ClusterSettings()).standing(seen), ClusterSettings(), sensor())


def test_reflections_of_one_long_vehicle_are_one_detection():
    bus = [(40.0 + step, 2.0) for step in np.arange(0.0, 12.0, 1.5)]
    found = clustered(cloud(bus, np.full(len(bus), -8.0)))
    assert len(found.kind) == 1
    assert found.position_m[0] == pytest.approx([45.25, 2.0])
    assert found.velocity_mps[0] == pytest.approx([-8.0, -0.35], abs=0.05)


def test_neighbours_of_different_speed_are_two():
    points = [(40.0, 1.0), (40.5, 1.0), (40.0, 2.0), (40.5, 2.0)]
    assert len(clustered(cloud(points, [5.0, 5.1, -5.0, -5.1])).kind) == 2


def test_static_clutter_and_single_points_are_left_out():
    points = [(20.0, 0.0), (20.5, 0.0), (60.0, 5.0)]
    assert len(clustered(cloud(points, [0.0, 0.05, 9.0])).kind) == 0
    assert len(clustered(cloud(np.zeros((0, 2)), [])).kind) == 0


def test_a_wall_stays_background_and_a_car_that_stops_does_not():
    background, wall, car = Background(sensor(), ClusterSettings()), [(60.0, 5.0), (61.0, 5.0)], [(30.0, 0.0)]
    for tick in range(2500):
        points = wall + (car if tick >= 600 else [])
        seen = msgspec.structs.replace(cloud(points, np.zeros(len(points))), stamp_ns=START_NS + tick * 10**8)
        standing = background.standing(seen)
        assert standing[:2].all()
        if 600 <= tick < 1200:
            assert not standing[2:].any()
    assert standing.all()  # it parks


def test_settings_are_checked():
    with pytest.raises(ValidationError, match="Extra inputs"):
        Mount.model_validate({"east_m": 0.0, "north_m": 0.0, "yaw_deg": 0.0, "yaw": 3.0})
    with pytest.raises(ValidationError, match=r"mount\.height_m"):
        Sensor.model_validate(
            {
                "device": "camera",
                "mount": {"east_m": 0, "north_m": 0, "yaw_deg": 0},
                "field_of_view": {"range_m": 80, "width_deg": 60},
                "camera": {"fx": 1000, "fy": 1000, "cx": 960, "cy": 540},
            }
        )
