"""`rsu rec`: recordings - start and stop the recorder, list, describe, check, cut and recover its files."""

from rsu.cli.common.shape import group
from rsu.cli.rec import cut, import_, info, keep, ls, recover, report, start, stop, verify

HELP = "Record; list, verify, cut, recover and import recordings."
COMMANDS = (start, stop, keep, ls, info, verify, report, cut, recover, import_)  # in the order of use

app = group(HELP, COMMANDS)
