"""`rsu corridor`: the key pair of a box, and its neighbours as it sees them."""

from rsu.cli.common.shape import group
from rsu.cli.corridor import key, show

HELP = "Make a box's key, show its neighbours and their road users."
COMMANDS = (key, show)  # in the order of use

app = group(HELP, COMMANDS)
