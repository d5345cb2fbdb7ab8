"""`rsu signal`: which phases must not be green together, and the latch that such greens close."""

from rsu.cli.common.shape import group
from rsu.cli.signal import conflicts, release

HELP = "List conflicting phases, release the latch that they close."
COMMANDS = (conflicts, release)  # in the order of use

app = group(HELP, COMMANDS)
