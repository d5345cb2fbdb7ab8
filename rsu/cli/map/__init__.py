"""`rsu map`: lane maps - import, begin from a template, check, draw."""

from rsu.cli.common.shape import group
from rsu.cli.map import check, import_, new, render

HELP = "Make, check and draw lane maps."
COMMANDS = (import_, new, check, render)  # in the order of use

app = group(HELP, COMMANDS)
