"""`rsu msg`: messages between hex and JSON, taken apart for people, compared, and live."""

from rsu.cli.common.shape import group
from rsu.cli.msg import decode, diff, encode, explain, watch

HELP = "Decode, explain, compare, watch and encode messages."
COMMANDS = (decode, explain, diff, watch, encode)  # in the order of use

app = group(HELP, COMMANDS)
