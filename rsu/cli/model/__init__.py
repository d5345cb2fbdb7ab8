"""`rsu model`: neural detectors for video cameras."""

from rsu.cli.common.shape import group
from rsu.cli.model import build

HELP = "Make models for video cameras."
COMMANDS = (build,)

app = group(HELP, COMMANDS)
