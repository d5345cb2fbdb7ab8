"""`rsu city`: the supervision platform of a city."""

from rsu.cli.city import run
from rsu.cli.common.shape import group

HELP = "Supervise the boxes of a city."
COMMANDS = (run,)

app = group(HELP, COMMANDS)
