"""The one table of wire steps and unavailable codes (YD/T 3709-2020; other editions where they differ or add).

Scale(step, lowest count, highest count, code for unavailable); physical value = count * step. The lowest and the
highest count also stand for everything beyond. `blank`: the count sent for no number where there is no such code.
"""

from __future__ import annotations

from v2x.fields import Count, DescriptionText, Priority, Scale

# place (DefPosition, DefPositionOffset)
LATITUDE = Scale("1e-7", -900_000_000, 900_000_000, 900_000_001)  # deg, north +
LONGITUDE = Scale("1e-7", -1_799_999_999, 1_800_000_000, 1_800_000_001)  # deg, east +
ELEVATION = Scale("0.1", -4095, 61439, -4096)  # m above the ellipsoid
AXIS = Scale("0.05", 0, 254, 255)  # m, 1 sigma
AXIS_ORIENTATION = Scale("360/65535", 0, 65534, 65535, circular=True)  # deg clockwise from north

# motion (DefMotion, DefAcceleration, VehSafetyExt)
SPEED = Scale("0.02", 0, 8190, 8191)  # m/s
HEADING = Scale("0.0125", 0, 28799, 28800, circular=True)  # deg clockwise from true north
COARSE_HEADING = Scale("1.5", 0, 239, 240, circular=True)  # deg clockwise from true north
STEERING = Scale("1.5", -126, 126, 127)  # deg, right (clockwise) +
ACCELERATION = Scale("0.01", -2000, 2000, 2001)  # m/s2; forward +, right +
VERTICAL_ACCELERATION = Scale("0.196133", -126, 127, -127)  # m/s2 in steps of 0.02 g; along gravity +
YAW_RATE = Scale("0.01", -32767, 32767, blank=0)  # deg/s, clockwise +
CURVE_RADIUS = Scale("0.1", -32766, 32766, 32767)  # m, curve to the right +; the code means straight ahead

# size
WIDTH = Scale("0.01", 1, 1023, 0)  # m
LENGTH = Scale("0.01", 1, 4095, 0)  # m
HEIGHT = Scale("0.05", 1, 127, 0)  # m
LANE_WIDTH = Scale("0.01", 0, 32767, blank=0)  # m
RADIUS = Scale("0.1", 0, 65535, blank=0)  # m, around a point or to both sides of a path

# time (DefTime)
SEC_MARK = Count(0, 59_999, 65535)  # ms inside the UTC minute
MOY = Count(0, 527_039, 527_040)  # elapsed minutes of the UTC year
TIME_MARK = Scale("0.1", 0, 36000, 36001)  # s inside the UTC hour, or s from now; 3600 = more than an hour, or for ever
TIME_OFFSET = Scale("0.01", 1, 65534, 65535)  # s into the past; in phase II from secMark on
YEAR = Count(1, 4095, 0)
MONTH = Count(1, 12, 0)
DAY = Count(1, 31, 0)
HOUR = Count(0, 23, 24)
MINUTE = Count(0, 59, 60)
ZONE = Count(-840, 840)  # minutes, east of UTC +
ZONE_CSAE53_2020 = Count(-720, 721)

# the rest
PERCENT = Scale("0.5", 0, 200, blank=0)  # %
PRIORITY = Priority()  # 0..7, 7 highest
TEXT = DescriptionText()

# T/CSAE 53-2017
RADIUS_CSAE53_2017 = Scale("0.1", 0, 1024, blank=0)  # m, to both sides of a path

# phase II: T/CSAE 157-2020
S_AXIS = Scale("0.1", -1024, 65535, blank=0)  # m along the reference line
T_AXIS = Scale("0.01", -32768, 32767, blank=0)  # m across it, left +
OBJECT_SIZE = Scale("0.1", 0, 1023, blank=0)  # m
OVERALL_RADIUS = Scale("0.1", 0, 200, blank=0)  # m around a person
CLEARANCE = Scale("0.1", 0, 100)  # m
DISTANCE = Scale("0.1", 0, 10000)  # m
TILT = Scale("0.0125", -7200, 7200, blank=0)  # deg, pitch and roll
YAW = Scale("0.0125", -14400, 14400, blank=0)  # deg
PLANNING_DURATION = Scale("0.1", 0, 600)  # s
TRACKING = Count(1, 65535)  # s
DECIMETRES = Scale("0.1", 0, 65535, blank=0)  # m, length of a vehicle
SHORT_DECIMETRES = Scale("0.1", 0, 255, blank=0)  # m, its width and height
