"""`rsu config`: the site file by its keys, and its versions."""

from rsu.cli.config import diff, explain, export, history, import_, rollback, schema, set_, show

HELP = "Look into a site file, change it, and go back to an earlier version."
COMMANDS = (show, explain, set_, diff, history, rollback, export, import_, schema)
