"""`rsu city`: the supervision platform of a city."""

from rsu.cli.city import run, start
from rsu.cli.common.shape import group

HELP = "Supervise the boxes of a city."
COMMANDS = (run, start)

app = group(HELP, COMMANDS)
