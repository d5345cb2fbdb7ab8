"""The drill: every fault of the table made at the bench site, the daemon's reports of it, the output on air."""
