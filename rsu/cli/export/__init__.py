"""`rsu export`: the site, road users, events and statistics in the forms of city models and of the web."""

from rsu.cli.common.shape import group
from rsu.cli.export import events, ngsi, sensorthings, site, tracks

HELP = "Write site, tracks, events, statistics for city models (CIM)."
COMMANDS = (site, tracks, events, sensorthings, ngsi)  # the site first, then a recording of it

app = group(HELP, COMMANDS)
