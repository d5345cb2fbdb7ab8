"""`rsu audit`: the log of changes that people and the platform have ordered."""

from rsu.cli.audit import list_, verify

HELP = "Show the log of changes that people and the platform have ordered, and verify its chain."
COMMANDS = (list_, verify)
