"""`rsu calibrate`: where cameras stand and how they see, from points picked in their pictures."""

from rsu.cli.calibrate import camera
from rsu.cli.common.shape import group

HELP = "Calibrate cameras from points picked in their pictures."
COMMANDS = (camera,)

app = group(HELP, COMMANDS)
