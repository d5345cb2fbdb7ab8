"""`rsu calibrate`: where cameras stand and how they see, from points picked in their pictures."""

from rsu.cli.calibrate import camera, points
from rsu.cli.common.shape import group

HELP = "Calibrate cameras from points picked in their pictures."
COMMANDS = (camera, points)

app = group(HELP, COMMANDS)
